package org.emslens.engine;

import java.io.IOException;
import org.emslens.model.Model;

/**
 * A model in an engine's memory; closing closes both.
 *
 * @param seconds that loading took
 */
public record LoadedEngine(Model model, Engine engine, double seconds) implements AutoCloseable {

  @Override
  public void close() throws IOException {
    engine.close();
    model.close();
  }
}
