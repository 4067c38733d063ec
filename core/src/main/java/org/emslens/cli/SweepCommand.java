package org.emslens.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.emslens.chart.BudgetChart;
import org.emslens.experiment.FileTask;
import org.emslens.experiment.GridFile;
import org.emslens.experiment.Outcome;
import org.emslens.experiment.Ruler;
import org.emslens.experiment.RulerTask;
import org.emslens.experiment.Summary.Measure;
import org.emslens.experiment.Task;
import org.emslens.format.TextFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "sweep",
    mixinStandardHelpOptions = true,
    description =
        "Crosses models, prompts, policies, budgets, switches and seeds; prints a table and writes CSV, JSON lines and charts.")
final class SweepCommand implements Callable<Integer> {
  @Option(
      names = "--prompt-file",
      paramLabel = "F",
      description = "Texts whose end is predicted; may be given again.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "A text whose end is predicted; may be given again.")
  private List<String> texts = new ArrayList<>();

  @Option(
      names = "--afterwards",
      paramLabel = "TEXT",
      description =
          "What is asked of the texts of --prompt and --prompt-file, as it stands between these and the --answer.")
  private String afterwards;

  @Option(
      names = "--answer",
      paramLabel = "TEXT",
      description = "With --afterwards: what should follow.")
  private String answer;

  @Option(
      names = "--prose",
      paramLabel = "N",
      split = ",",
      description = "Generated prose of so many tokens.")
  private List<Integer> prose = new ArrayList<>();

  @Option(
      names = "--needle",
      paramLabel = "N",
      split = ",",
      description = "A fact hidden anywhere in prose of so many tokens, and a question.")
  private List<Integer> needles = new ArrayList<>();

  @Option(
      names = "--ruler",
      paramLabel = "TASK:N",
      split = ",",
      description =
          "Tasks of RULER (arXiv 2404.06654) in so many tokens, such as variables:1000: single, multi-key, multi-value, multi-query, variables, common, frequent; all:N for all of them.")
  private List<String> rulers = new ArrayList<>();

  @Option(
      names = "--question",
      split = ",",
      paramLabel = "inside,after",
      defaultValue = "inside",
      description =
          "With --needle, --ruler or --afterwards: whether the question is inside the compressed prompt, follows it, or both one after the other (default: ${DEFAULT-VALUE}).")
  private List<String> questions;

  @Option(
      names = "--continuation",
      paramLabel = "N",
      defaultValue = "128",
      description = "Tokens that are predicted (default: ${DEFAULT-VALUE}).")
  private int continuation;

  @Mixin private GridOption grid;
  @Mixin private ExperimentOption experiment;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    List<Outcome> outcomes = experiment.run(grid.trials(this::tasks));
    spec.commandLine().getOut().print(SummaryTable.of(outcomes));
    spec.commandLine().getOut().flush();
    for (Measure m : Measure.values()) {
      BudgetChart chart = BudgetChart.of(outcomes, m);
      if (chart != null) {
        String name = m.name().toLowerCase(Locale.ROOT).replace('_', '-');
        chart.write(experiment.out(), "budget-" + name);
      }
    }
    return 0;
  }

  private List<Task> tasks() {
    List<Task> tasks = new ArrayList<>();
    if ((afterwards == null) != (answer == null)) {
      throw new IllegalArgumentException("--afterwards and --answer belong together.");
    }
    if (afterwards != null && files.isEmpty() && texts.isEmpty()) {
      throw new IllegalArgumentException(
          "--afterwards is asked of a text; --prompt or --prompt-file is missing.");
    }
    boolean asks = afterwards != null || !needles.isEmpty() || !rulers.isEmpty();
    if (!asks && spec.commandLine().getParseResult().hasMatchedOption("--question")) {
      throw new IllegalArgumentException(
          "--question counts with --needle, --ruler or --afterwards; all are missing.");
    }
    files.forEach(f -> tasks.addAll(of(f)));
    for (int i = 0; i < texts.size(); i++) {
      String title = "text " + (i + 1);
      tasks.addAll(
          afterwards == null
              ? List.of(new Task.TextTask(title, texts.get(i), continuation))
              : asked(title, texts.get(i)));
    }
    prose.forEach(n -> tasks.add(new Task.ProseTask(n, continuation)));
    for (int n : needles) {
      questions.forEach(q -> tasks.add(new Task.NeedleTask(n, -1, GridFile.inside(q))));
    }
    rulers.forEach(r -> tasks.addAll(ruler(r)));
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException(
          "What to run is missing: a FILE, or --prompt, --prompt-file, --prose, --needle or --ruler.");
    }
    above("--prose", prose);
    above("--needle", needles);
    if (continuation < 1) {
      throw new IllegalArgumentException(
          "--continuation is " + continuation + "; expected 1 or more.");
    }
    return tasks;
  }

  private List<Task> ruler(String written) {
    String[] parts = written.split(":", 2);
    if (parts.length < 2 || !parts[1].matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException(
          "--ruler is '" + written + "'; expected a task and its tokens, such as variables:1000.");
    }
    int n = Integer.parseInt(parts[1]);
    List<Ruler> kinds =
        parts[0].equals("all") ? List.of(Ruler.values()) : List.of(Ruler.byId(parts[0]));
    return kinds.stream()
        .flatMap(k -> questions.stream().map(q -> (Task) new RulerTask(k, n, GridFile.inside(q))))
        .toList();
  }

  private List<Task> of(Path file) {
    if (afterwards == null) {
      return List.of(new FileTask(file, false, continuation, null));
    }
    try {
      return asked(file.getFileName().toString(), TextFiles.read(file).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Task> asked(String title, String text) {
    return questions.stream()
        .map(
            q ->
                (Task)
                    new Task.AskedTask(
                        title, text, afterwards, afterwards.strip(), answer, GridFile.inside(q)))
        .toList();
  }

  private static void above(String option, List<Integer> tokens) {
    for (int n : tokens) {
      if (n < 1) {
        throw new IllegalArgumentException(option + " has " + n + "; expected numbers above 0.");
      }
    }
  }
}
