package org.emslens.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.emslens.engine.LoadedModel;
import org.emslens.engine.Progress;
import org.emslens.experiment.Campaign;
import org.emslens.experiment.Outcome;
import org.emslens.experiment.ResultStore;
import org.emslens.experiment.Trial;
import org.emslens.format.Writable;
import org.emslens.model.ModelLoader;
import org.emslens.session.Manifest;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where an experiment's results go, and how it is run. */
final class ExperimentOption {
  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description =
          "Results and charts; what is there already is not run again, so that a killed experiment goes on where it was.")
  private Path out;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      defaultValue = "1",
      description = "Prompts at a time, each with a copy of the model of its own.")
  private int jobs;

  @Mixin private DeviceOption device;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  Path out() {
    return out;
  }

  /**
   * Runs what is left of the trials and returns their outcomes; what the folder holds of others,
   * told with other switches or about other texts, stays there.
   */
  List<Outcome> run(List<Trial> trials) throws IOException {
    if (jobs < 1 || jobs > 64) {
      throw new ParameterException(spec.commandLine(), "--jobs is " + jobs + "; expected 1 to 64.");
    }
    for (String model : trials.stream().map(Trial::model).distinct().toList()) {
      ModelOption.check(model);
    }
    Writable.folder(out);
    PrintWriter err = spec.commandLine().getErr();
    try (ResultStore store = ResultStore.open(out)) {
      if (!store.isEmpty()) {
        for (String model : trials.stream().map(Trial::model).distinct().toList()) {
          store.model(model, Manifest.digest(ModelOption.path(model, err)));
        }
      }
      int left = Campaign.left(trials, store).size();
      err.println(
          trials.size()
              + " runs, "
              + (trials.size() - left)
              + " of them done before; results in "
              + out.toAbsolutePath().normalize());
      err.flush();
      ProgressLine line = new ProgressLine(err, left);
      new Campaign(
              store,
              name -> {
                LoadedModel loaded =
                    LoadedModel.load(
                        ModelLoader.open(ModelOption.path(name, err)), device.id(), Progress.NONE);
                Manifest manifest = Manifest.of(loaded, Invocation.of(spec));
                store.model(name, manifest.sha256());
                store.about(manifest);
                return loaded;
              },
              line,
              Progress.NONE)
          .run(trials, jobs);
      line.end();
      Set<String> asked = trials.stream().map(Trial::key).collect(Collectors.toSet());
      List<Outcome> all = store.all().stream().filter(o -> asked.contains(o.key())).toList();
      told(trials, all);
      return all;
    }
  }

  /**
   * Why runs failed was said as they did.
   *
   * @throws IOException where nothing at all came out
   */
  private void told(List<Trial> trials, List<Outcome> all) throws IOException {
    long failed = all.stream().filter(o -> o.error() != null).count();
    if (failed == trials.size()) {
      throw new IOException(failed == 1 ? "The run failed." : "All " + failed + " runs failed.");
    }
    if (failed > 0) {
      spec.commandLine().getErr().println(failed + " of " + trials.size() + " runs failed.");
    }
  }
}
