package org.emslens.app.lens;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.emslens.engine.LoadedModel;
import org.emslens.hub.Catalogue;
import org.emslens.hub.FetchListener;
import org.emslens.hub.ModelStore;
import org.emslens.hub.UserFolders;
import org.emslens.model.ModelLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ways to a loaded model. */
final class OpenModel {
  private static final Logger LOG = LoggerFactory.getLogger(OpenModel.class);

  private OpenModel() {}

  /**
   * Loads a model file or folder.
   *
   * @param device its id, or null for the best
   */
  static LoadedModel open(Path path, String device, Job.Turn turn) throws IOException {
    LoadedModel made = LoadedModel.load(ModelLoader.open(path), device, turn);
    LOG.info(
        "Model ready, {} ms after the program's start",
        ManagementFactory.getRuntimeMXBean().getUptime());
    return made;
  }

  /** Loads the default model, fetched if it is missing. */
  static LoadedModel openDefault(String device, Job.Turn turn) throws IOException {
    Path file =
        new ModelStore(UserFolders.models()).resolve(Catalogue.shipped(), null, listener(turn));
    turn.say("Loading " + Catalogue.shipped().defaultEntry().title());
    return open(file, device, turn);
  }

  private static FetchListener listener(Job.Turn turn) {
    return (source, bytes, of) -> {
      turn.say(
          "Fetching the model from "
              + source
              + ": "
              + bytes / 1_000_000
              + " of "
              + of / 1_000_000
              + " MB");
      turn.at((double) bytes / of);
    };
  }
}
