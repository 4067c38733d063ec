package org.emslens.engine.nd4j;

import java.util.List;
import org.emslens.model.Weights;
import org.emslens.model.Weights.Weight;

/**
 * All weights in the engine's memory, but for the embedding, whose rows are read from the mapped
 * file as tokens need them.
 */
record LoadedModel(Weights file, List<Layer> layers, float[] finalNorm, Matrix output) {

  /** The embedding of one token [hidden]. */
  void embed(int token, float[] into) {
    file.read(Weight.EMBEDDING, 0, token, into);
  }

  void close() {
    layers.forEach(Layer::close);
    if (output instanceof Projection p) {
      p.close();
    }
  }
}
