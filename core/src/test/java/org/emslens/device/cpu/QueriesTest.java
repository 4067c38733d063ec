package org.emslens.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.emslens.model.AttentionSpec;
import org.junit.jupiter.api.Test;

class QueriesTest {

  /** Those of a prompt so long that they lie in a file come back in half precision. */
  @Test
  void manyLieInAFile() {
    AttentionSpec.Shape shape = AttentionSpec.Shape.of(6, 2, 10);
    int first = 3;
    int n = 37;
    Queries file = Queries.inFile(List.of(shape, shape), first, n);
    float[] query = new float[12];
    float[] block = new float[2 + 11 * n];
    for (int l = 0; l < 2; l++) {
      for (int h = 0; h < 6; h++) {
        for (int t = 0; t < n; t++) {
          for (int i = 0; i < 10; i++) {
            block[2 + 11 * t + i] = value(l, h, t, i);
          }
        }
        file.put(l, h, first, 5 - first, block, 2 + first * 11, 11);
        file.put(l, h, 5, n - 5, block, 2 + 5 * 11, 11);
      }
    }
    for (int l = 0; l < 2; l++) {
      float[] all = file.layer(l);
      for (int h = 0; h < 6; h++) {
        assertEquals(0, all[(h * n + first) * 10 - 1], "not kept");
        for (int t = first; t < n; t++) {
          file.get(l, h, t, 1, query, 1);
          for (int i = 0; i < 10; i++) {
            float expected = Float.float16ToFloat(Float.floatToFloat16(value(l, h, t, i)));
            assertEquals(expected, query[1 + i]);
            assertEquals(expected, all[(h * n + t) * 10 + i]);
          }
        }
      }
    }
  }

  private static float value(int layer, int head, int token, int i) {
    return (float) Math.sin(layer * 1000 + head * 100 + token * 10 + i);
  }
}
