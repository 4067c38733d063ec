package org.emslens.app.main;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.emslens.engine.LoadedEngine;
import org.emslens.engine.Progress;
import org.emslens.engine.nd4j.Nd4jEngine;
import org.emslens.hub.Catalogue;
import org.emslens.hub.FetchListener;
import org.emslens.hub.ModelStore;
import org.emslens.hub.UserFolders;
import org.emslens.model.ModelLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model that is open, if any. Another one takes its place only once it is loaded whole. Lives
 * on the engine's thread.
 */
final class OpenModel {
  private static final Logger LOG = LoggerFactory.getLogger(OpenModel.class);

  private LoadedEngine loaded;

  /**
   * @throws IllegalStateException where none is open
   */
  LoadedEngine get() {
    if (loaded == null) {
      throw new IllegalStateException("No model is open yet.");
    }
    return loaded;
  }

  /** Loads a model file or folder. */
  void open(Path path, Progress p) throws IOException {
    LoadedEngine made = Nd4jEngine.load(ModelLoader.open(path), p);
    LOG.info("Model ready after {} ms", ManagementFactory.getRuntimeMXBean().getUptime());
    LoadedEngine before = loaded;
    loaded = made;
    if (before != null) {
      before.close();
    }
  }

  /**
   * Loads the default model, fetched if it is missing.
   *
   * @param say told what is going on
   */
  void openDefault(Consumer<String> say, Progress p) throws IOException {
    Path file =
        new ModelStore(UserFolders.models()).resolve(Catalogue.shipped(), null, listener(say, p));
    say.accept("Loading the model");
    open(file, p);
  }

  private static FetchListener listener(Consumer<String> say, Progress p) {
    return (source, bytes, of) -> {
      say.accept(
          "Fetching the model from "
              + source
              + ": "
              + bytes / 1_000_000
              + " of "
              + of / 1_000_000
              + " MB");
      p.at((double) bytes / of);
    };
  }
}
