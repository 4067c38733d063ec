package org.emslens.engine.nd4j;

import java.util.ArrayList;
import java.util.List;
import org.emslens.cache.KvCache;
import org.emslens.engine.AttentionRows;
import org.emslens.engine.Engine;
import org.emslens.engine.Prefill;
import org.emslens.engine.Progress;
import org.emslens.model.ModelConfig;
import org.emslens.model.Weights;
import org.emslens.model.Weights.Weight;

/**
 * Matrix products by ND4J, on whichever backend is on the class path; everything between them on
 * flat Java arrays.
 */
public final class Nd4jEngine implements Engine {
  private final ModelConfig config;
  private final Decoder decoder;
  private final Prefiller prefiller;
  private final LoadedModel model;

  /**
   * Reads all weights into the backend's memory as float32.
   *
   * @throws IllegalStateException where ND4J finds no backend that runs here
   */
  public Nd4jEngine(ModelConfig config, Weights weights, Progress progress) {
    this.config = config;
    Projection embedding = Layer.single(weights, Weight.EMBEDDING, 0);
    List<Layer> layers = new ArrayList<>();
    for (int l = 0; l < config.layers(); l++) {
      progress.at((l + 1.0) / (config.layers() + 1));
      layers.add(Layer.load(weights, config, l));
    }
    Projection output = config.tied() ? embedding : Layer.single(weights, Weight.OUTPUT, 0);
    model = new LoadedModel(embedding, layers, Layer.vector(weights, Weight.FINAL_NORM, 0), output);
    Rope rope = new Rope(config);
    decoder = new Decoder(config, model, rope);
    prefiller = new Prefiller(config, model, rope);
    progress.at(1);
  }

  /**
   * Starts ND4J, which takes a second or two the first time: worth doing while something else goes
   * on.
   */
  public static void warmUp() {
    Backend.name();
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
  public float[] decode(KvCache cache, int token, AttentionRows attention) {
    return decoder.decode(cache, token, attention);
  }

  @Override
  public void close() {
    model.close();
  }
}
