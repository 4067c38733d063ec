package org.emslens.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.emslens.chart.BudgetChart;
import org.emslens.experiment.FileTask;
import org.emslens.experiment.GridFile;
import org.emslens.experiment.Outcome;
import org.emslens.experiment.Summary.Measure;
import org.emslens.experiment.Task;
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
      names = "--question",
      split = ",",
      paramLabel = "inside,after",
      defaultValue = "inside",
      description =
          "With --needle: whether the question is inside the compressed prompt, follows it, or both one after the other (default: ${DEFAULT-VALUE}).")
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
    files.forEach(f -> tasks.add(new FileTask(f, false, continuation, null)));
    texts.forEach(t -> tasks.add(new Task.TextTask("text " + (tasks.size() + 1), t, continuation)));
    prose.forEach(n -> tasks.add(new Task.ProseTask(n, continuation)));
    for (int n : needles) {
      questions.forEach(q -> tasks.add(new Task.NeedleTask(n, -1, GridFile.inside(q))));
    }
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException(
          "What to run is missing: a FILE, or --prompt, --prompt-file, --prose or --needle.");
    }
    above("--prose", prose);
    above("--needle", needles);
    if (continuation < 1) {
      throw new IllegalArgumentException(
          "--continuation is " + continuation + "; expected 1 or more.");
    }
    return tasks;
  }

  private static void above(String option, List<Integer> tokens) {
    for (int n : tokens) {
      if (n < 1) {
        throw new IllegalArgumentException(option + " has " + n + "; expected numbers above 0.");
      }
    }
  }
}
