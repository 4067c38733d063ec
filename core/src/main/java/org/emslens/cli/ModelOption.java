package org.emslens.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.emslens.engine.LoadedModel;
import org.emslens.engine.Progress;
import org.emslens.hub.Catalogue;
import org.emslens.hub.FetchListener;
import org.emslens.hub.ModelStore;
import org.emslens.hub.UserFolders;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Which model a command works with. */
final class ModelOption {
  /** Stands for the catalogue's first model. */
  static final String DEFAULT = "default";

  @Option(
      names = "--model",
      paramLabel = "M",
      description =
          "A GGUF file, a Hugging Face folder, or an id from 'emslens models'; left out: the default model.")
  private String model;

  @Mixin private DeviceOption device;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  Model open() throws IOException {
    return ModelLoader.open(path());
  }

  LoadedModel load() throws IOException {
    return LoadedModel.load(open(), device.id(), Progress.NONE);
  }

  /**
   * Says in one sentence that the model is not there, before a command does anything else; it is
   * not fetched yet.
   */
  void check() throws IOException {
    check(model);
  }

  /**
   * @param model null or {@link #DEFAULT} for the default model
   */
  static void check(String model) throws IOException {
    store().check(Catalogue.shipped(), id(model));
  }

  private Path path() throws IOException {
    return path(model, spec.commandLine().getErr());
  }

  /**
   * Where a model is, fetched if it is a catalogue's and missing.
   *
   * @param model null or {@link #DEFAULT} for the default model
   */
  static Path path(String model, PrintWriter err) throws IOException {
    return store().resolve(Catalogue.shipped(), id(model), listener(err));
  }

  private static ModelStore store() {
    return new ModelStore(UserFolders.models());
  }

  private static String id(String model) {
    return DEFAULT.equals(model) ? null : model;
  }

  /**
   * Progress on stderr: a line that rewrites itself where somebody watches, a line per source
   * elsewhere.
   */
  static FetchListener listener(PrintWriter err) {
    boolean watched = System.console() != null && System.console().isTerminal();
    return new FetchListener() {
      private String last = "";

      @Override
      public void at(String source, long bytes, long of) {
        String line =
            watched
                ? String.format(
                    Locale.ROOT,
                    "Fetching from %s: %d of %d MB",
                    source,
                    bytes / 1_000_000,
                    of / 1_000_000)
                : "Fetching the model from " + source + " ...";
        if (!line.equals(last)) {
          err.print(watched ? "\r" + line + "   " : line + System.lineSeparator());
          err.flush();
          last = line;
          if (watched && bytes == of) {
            err.println();
          }
        }
      }

      @Override
      public void gaveUp(String source, String why) {
        err.println((watched ? System.lineSeparator() : "") + "Not from " + source + ": " + why);
        err.flush();
      }
    };
  }
}
