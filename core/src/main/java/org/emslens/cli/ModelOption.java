package org.emslens.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.emslens.engine.LoadedModel;
import org.emslens.engine.Progress;
import org.emslens.hub.Catalogue;
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
    return store().resolve(Catalogue.shipped(), id(model), new FetchLines(err, false));
  }

  private static ModelStore store() {
    return new ModelStore(UserFolders.models());
  }

  private static String id(String model) {
    return DEFAULT.equals(model) ? null : model;
  }
}
