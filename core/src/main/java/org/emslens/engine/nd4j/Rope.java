package org.emslens.engine.nd4j;

import org.emslens.model.ModelConfig;

/**
 * Rotary position embedding, rotating component i with i + d/2 (arXiv 2104.09864, in Hugging Face's
 * layout).
 */
final class Rope {
  private final int half;
  private final float[] frequencies;

  Rope(ModelConfig config) {
    half = config.headDim() / 2;
    frequencies = new float[half];
    for (int i = 0; i < half; i++) {
      float exponent = 2f * i / config.headDim();
      float frequency = 1f / (float) Math.pow(config.ropeTheta(), exponent);
      frequencies[i] =
          config.ropeDivisors().length == 0 ? frequency : frequency / config.ropeDivisors()[i];
    }
  }

  /** Cosines, then sines, of one position [d]. */
  void angles(int position, float[] out) {
    for (int i = 0; i < half; i++) {
      float angle = position * frequencies[i];
      out[i] = (float) Math.cos(angle);
      out[half + i] = (float) Math.sin(angle);
    }
  }

  /** Rotates the vector x[from..from+d). */
  void rotate(float[] x, int from, float[] angles) {
    for (int i = 0; i < half; i++) {
      float a = x[from + i];
      float b = x[from + half + i];
      x[from + i] = a * angles[i] - b * angles[half + i];
      x[from + half + i] = b * angles[i] + a * angles[half + i];
    }
  }
}
