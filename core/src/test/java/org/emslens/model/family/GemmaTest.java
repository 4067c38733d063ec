package org.emslens.model.family;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against `query_pre_attn_scalar` of the models' published configurations. */
class GemmaTest {
  @ParameterizedTest
  @CsvSource({
    "false, 26, 2304,  8, 256, 256", // Gemma 2 2B
    "false, 42, 3584, 16, 256, 256", // 9B
    "false, 46, 4608, 32, 128, 144", // 27B
    "true,  18,  640,  4, 256, 256", // Gemma 3 270M
    "true,  34, 2560,  8, 256, 256", // 4B
    "true,  48, 3840, 16, 256, 256", // 12B
    "true,  62, 5376, 32, 128, 168", // 27B
  })
  void scoresAreScaledAsPublished(
      boolean third, int layers, int hidden, int heads, int headDim, double scalar) {
    assertEquals(scalar, Gemma.scalar(third, layers, hidden, heads, headDim));
  }
}
