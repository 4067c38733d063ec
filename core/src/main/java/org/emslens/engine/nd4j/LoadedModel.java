package org.emslens.engine.nd4j;

import java.util.List;

/** All weights in the engine's memory. With tied embeddings, `output` is `embedding`. */
record LoadedModel(Projection embedding, List<Layer> layers, float[] finalNorm, Projection output) {

  void close() {
    embedding.close();
    if (output != embedding) {
      output.close();
    }
    layers.forEach(Layer::close);
  }
}
