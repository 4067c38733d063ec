package org.emslens.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.emslens.cache.Policies;
import org.emslens.experiment.Contender;
import org.emslens.experiment.Grid;
import org.emslens.experiment.GridFile;
import org.emslens.experiment.Task;
import org.emslens.experiment.Trial;
import org.emslens.session.Budget;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What an experiment crosses: a file says it, or options do. */
final class GridOption {
  private static final Set<String> BESIDE = Set.of("--out", "--jobs", "--device");

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description =
          "The experiment as YAML (see samples/experiments); with it, only --out, --jobs and --device count.")
  private Path file;

  @Option(
      names = "--model",
      split = ",",
      paramLabel = "M",
      description = "GGUF files, folders or ids (the default model).")
  private List<String> models = new ArrayList<>();

  @Option(
      names = "--policies",
      split = ",",
      paramLabel = "P",
      defaultValue = "full,streaming-llm,h2o,tova,snapkv,pyramidkv,ada-snapkv,merge-on-evict,ems",
      description = "Policies (default: ${DEFAULT-VALUE}).")
  private List<String> policies;

  @Option(
      names = "--budgets",
      split = ",",
      paramLabel = "B",
      defaultValue = "64,128,256",
      description =
          "Slots per KV head, or shares of the prompt, such as 5%% or 0.05 (default: ${DEFAULT-VALUE}).")
  private List<String> budgets;

  @Option(
      names = "--switch",
      paramLabel = "NAME=X,Y",
      description = "Values of a switch, all tried with each policy; may be given again.")
  private List<String> switches = new ArrayList<>();

  @Option(
      names = "--seeds",
      split = ",",
      paramLabel = "S",
      defaultValue = "1-4",
      description = "Seeds of generated prompts (default: ${DEFAULT-VALUE}).")
  private List<String> seeds;

  @Option(names = "--once", description = "Compress after the prompt only, never again.")
  private boolean once;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /**
   * @param tasks the command's own, asked for where there is no file
   */
  List<Trial> trials(Supplier<List<Task>> tasks) throws IOException {
    if (file != null) {
      beside();
      return GridFile.read(file, ModelOption.DEFAULT).trials();
    }
    try {
      return grid(tasks.get()).trials();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /** What a file says is not said again. */
  private void beside() {
    spec.commandLine().getParseResult().matchedOptions().stream()
        .map(o -> o.longestName())
        .filter(o -> !BESIDE.contains(o))
        .findFirst()
        .ifPresent(
            o -> {
              throw new ParameterException(
                  spec.commandLine(),
                  o + " is given beside the experiment " + file + ", which says what is run.");
            });
  }

  private Grid grid(List<Task> tasks) {
    return new Grid(
        models.isEmpty() ? List.of(ModelOption.DEFAULT) : models,
        tasks,
        policies.stream().map(p -> new Contender(Policies.byId(p), Map.of())).toList(),
        Grid.variants(switches),
        budgets.stream().map(Budget::parse).toList(),
        seeds.stream().flatMap(s -> GridFile.seeds(s).stream()).toList(),
        once);
  }
}
