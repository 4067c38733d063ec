package org.emslens.engine.nd4j;

import java.io.IOException;
import org.emslens.cache.KvCache;
import org.emslens.engine.DecodeTap;
import org.emslens.engine.Engine;
import org.emslens.engine.LoadedEngine;
import org.emslens.engine.Prefill;
import org.emslens.engine.Progress;
import org.emslens.model.Model;
import org.emslens.model.ModelConfig;
import org.emslens.model.Weights;

/**
 * Matrix products by ND4J, on whichever backend is on the class path; everything between them on
 * flat Java arrays.
 */
public final class Nd4jEngine implements Engine {
  private final ModelConfig config;
  private final Decoder decoder;
  private final Prefiller prefiller;
  private final LoadedModel model;
  private final Workers workers;

  /**
   * Reads all weights into memory; `weights` stay open as long as this engine.
   *
   * @throws IllegalStateException where ND4J finds no backend that runs here
   */
  public Nd4jEngine(ModelConfig config, Weights weights, Progress progress) {
    this.config = config;
    Backend.check();
    boolean levels = !Backend.isCuda();
    int threads = Runtime.getRuntime().availableProcessors();
    workers = new Workers(threads - 1);
    model = new WeightsLoader(config, weights, workers, threads, levels).load(progress);
    Rope rope = new Rope(config);
    decoder = new Decoder(config, model, rope, workers);
    prefiller = new Prefiller(config, model, rope);
  }

  /**
   * Loads a model's weights; where that fails, the model is closed.
   *
   * @throws IllegalStateException where ND4J finds no backend that runs here
   */
  public static LoadedEngine load(Model model, Progress progress) throws IOException {
    long start = System.nanoTime();
    try {
      Engine engine = new Nd4jEngine(model.config(), model.weights(), progress);
      return new LoadedEngine(model, engine, (System.nanoTime() - start) / 1e9);
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  /**
   * Starts ND4J, which takes a second or two the first time: worth doing while something else goes
   * on.
   */
  public static void warmUp() {
    Backend.name();
  }

  /**
   * Which backend is on the class path.
   *
   * @throws IllegalStateException in one sentence, where none runs here
   */
  public static String backendName() {
    return Backend.name();
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  @Override
  public String backend() {
    return Backend.name();
  }

  @Override
  public Prefill prefill(int[] ids, LogitsSink logits, Progress progress) {
    return prefiller.prefill(ids, logits, progress);
  }

  @Override
  public float[] decode(KvCache cache, int token, DecodeTap tap) {
    return decoder.decode(cache, token, tap);
  }

  @Override
  public void close() {
    workers.close();
    model.close();
  }
}
