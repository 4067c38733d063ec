package org.emslens.engine.nd4j;

import java.util.List;
import java.util.stream.IntStream;
import org.emslens.engine.Progress;
import org.emslens.format.AffineBlocks;
import org.emslens.model.ModelConfig;
import org.emslens.model.Weights;
import org.emslens.model.Weights.Weight;

/** Reads weights into the forms that the engine computes with. */
final class WeightsLoader {
  private static final int ROWS_AT_ONCE = 4096;

  private final ModelConfig config;
  private final Weights weights;
  private final Workers workers;
  private final int threads;
  private final boolean levels;

  /**
   * @param levels whether to decode from the file's own levels where it has them (on the CPU)
   */
  WeightsLoader(ModelConfig config, Weights weights, Workers workers, int threads, boolean levels) {
    this.config = config;
    this.weights = weights;
    this.workers = workers;
    this.threads = threads;
    this.levels = levels;
  }

  LoadedModel load(Progress progress) {
    Layer[] layers = new Layer[config.layers()];
    int[] done = {0};
    IntStream.range(0, layers.length)
        .parallel()
        .forEach(
            l -> {
              layers[l] = layer(l);
              synchronized (done) {
                progress.at(++done[0] / (layers.length + 1.0));
              }
            });
    Matrix output = blocks(0, Weight.OUTPUT);
    if (output == null) {
      output = floats(0, Weight.OUTPUT);
    }
    progress.at(1);
    return new LoadedModel(weights, List.of(layers), vector(Weight.FINAL_NORM, 0), output);
  }

  private Layer layer(int l) {
    return new Layer(
        vector(Weight.ATTENTION_NORM, l),
        linear(l, Weight.QUERY, Weight.KEY, Weight.VALUE),
        linear(l, Weight.ATTENTION_OUTPUT),
        vector(Weight.FEED_FORWARD_NORM, l),
        linear(l, Weight.GATE, Weight.UP),
        linear(l, Weight.DOWN));
  }

  private float[] vector(Weight weight, int layer) {
    float[] v = new float[weights.columns(weight)];
    weights.read(weight, layer, 0, v);
    return v;
  }

  /** Several matrices of the same input, one below the other. */
  private Linear linear(int layer, Weight... parts) {
    Projection many = floats(layer, parts);
    Matrix blocks = blocks(layer, parts);
    return new Linear(many, blocks == null ? many : blocks);
  }

  private int rows(Weight... parts) {
    int rows = 0;
    for (Weight w : parts) {
      rows += weights.rows(w);
    }
    return rows;
  }

  private Projection floats(int layer, Weight... parts) {
    Projection p = new Projection(weights.columns(parts[0]), rows(parts));
    int first = 0;
    for (Weight w : parts) {
      for (int r = 0; r < weights.rows(w); r += ROWS_AT_ONCE) {
        float[] rows = new float[Math.min(ROWS_AT_ONCE, weights.rows(w) - r) * p.in()];
        weights.read(w, layer, r, rows);
        p.load(first + r, rows);
      }
      first += weights.rows(w);
    }
    return p;
  }

  /** The same from the file's levels, or null where some part is stored otherwise. */
  private Matrix blocks(int layer, Weight... parts) {
    int in = weights.columns(parts[0]);
    if (!levels || in % AffineBlocks.BLOCK != 0) {
      return null;
    }
    BlockMatrix m = new BlockMatrix(in, rows(parts), workers, threads);
    int first = 0;
    for (Weight w : parts) {
      int step =
          weights.rows(w) > ROWS_AT_ONCE
              ? ROWS_AT_ONCE / config.headDim() * config.headDim()
              : weights.rows(w);
      for (int r = 0; r < weights.rows(w); r += step) {
        AffineBlocks rows = weights.blocks(w, layer, r, Math.min(step, weights.rows(w) - r));
        if (rows == null) {
          return null;
        }
        m.load(first + r, rows);
      }
      first += weights.rows(w);
    }
    return m;
  }
}
