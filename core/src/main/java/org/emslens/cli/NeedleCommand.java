package org.emslens.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.emslens.chart.NeedleChart;
import org.emslens.experiment.GridFile;
import org.emslens.experiment.Outcome;
import org.emslens.experiment.Task;
import org.emslens.experiment.Task.NeedleTask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "needle",
    mixinStandardHelpOptions = true,
    description =
        "Hides facts in generated prose and asks for them: answers right by context length and depth, per policy and budget; prints grids and writes CSV, JSON lines and a chart.")
final class NeedleCommand implements Callable<Integer> {
  @Option(
      names = "--lengths",
      split = ",",
      paramLabel = "N",
      defaultValue = "500,1000,2000",
      description = "Tokens of prose (default: ${DEFAULT-VALUE}).")
  private List<Integer> lengths;

  @Option(
      names = "--depths",
      split = ",",
      paramLabel = "X",
      defaultValue = "0,0.25,0.5,0.75,1",
      description = "Where the fact stands, 0 to 1 (default: ${DEFAULT-VALUE}).")
  private List<Double> depths;

  @Option(
      names = "--question",
      split = ",",
      paramLabel = "inside,after",
      defaultValue = "inside",
      description =
          "Whether the question is inside the compressed prompt, follows it, or both one after the other (default: ${DEFAULT-VALUE}).")
  private List<String> questions;

  @Mixin private GridOption grid;
  @Mixin private ExperimentOption experiment;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    List<Outcome> outcomes = experiment.run(grid.trials(this::tasks));
    String grids = NeedleTable.of(outcomes);
    // A file may ask other things, too, or nothing else.
    boolean others = outcomes.stream().anyMatch(o -> o.length() == null || o.ruler() != null);
    spec.commandLine().getOut().print(grids + (others ? SummaryTable.of(outcomes) : ""));
    spec.commandLine().getOut().flush();
    NeedleChart chart = NeedleChart.of(outcomes);
    if (chart != null) {
      chart.write(experiment.out(), "needle");
    }
    return 0;
  }

  private List<Task> tasks() {
    List<Task> tasks = new ArrayList<>();
    for (int n : lengths) {
      for (double d : depths) {
        if (n < 1 || d < 0 || d > 1) {
          throw new IllegalArgumentException(
              n < 1
                  ? "--lengths has " + n + "; expected numbers above 0."
                  : "--depths has " + d + "; expected numbers from 0 to 1.");
        }
        questions.forEach(q -> tasks.add(new NeedleTask(n, d, GridFile.inside(q))));
      }
    }
    return tasks;
  }
}
