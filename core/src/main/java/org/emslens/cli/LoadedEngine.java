package org.emslens.cli;

import java.io.IOException;
import org.emslens.engine.Engine;
import org.emslens.engine.Progress;
import org.emslens.engine.nd4j.Nd4jEngine;
import org.emslens.model.Model;

/** A model in an engine's memory; closing closes both. */
record LoadedEngine(Model model, Engine engine, double seconds) implements AutoCloseable {

  static LoadedEngine of(Model model) throws IOException {
    long start = System.nanoTime();
    try {
      Engine engine = new Nd4jEngine(model.config(), model.weights(), Progress.NONE);
      return new LoadedEngine(model, engine, (System.nanoTime() - start) / 1e9);
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    engine.close();
    model.close();
  }
}
