package org.emslens.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.emslens.model.AttentionSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptMemoryTest {

  /** Short prompts leave lines of a thumbnail empty, which nobody is to look at. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 16, 23, 24, 60})
  void placesAlongAThumbnailShowTokens(int tokens) {
    int t = PromptMemory.THUMBNAIL;
    int d = 4;
    try (Device device = Devices.open("plain");
        PromptMemory memory = device.prompt(List.of(AttentionSpec.Shape.of(1, 1, d)), tokens, 1);
        Tensor qkv = device.tensor(tokens, 3 * d);
        Tensor out = device.tensor(tokens, d)) {
      device.attend(memory, 0, qkv, 0, tokens, out);
      float[] picture = memory.thumbnail(0, 0);
      for (int y = 0; y < t; y++) {
        // With keys that are all alike, a query attends to all of them alike.
        int query = PromptMemory.thumbnailLine(y, tokens);
        int first = tokens >= t ? (y * tokens + t - 1) / t : y * tokens / t;
        float seen = picture[query * t + PromptMemory.thumbnailLine(0, tokens)];
        assertEquals(1f / (first + 1), seen, tokens >= t ? 0.02f : 1e-6f, "line " + y);
      }
    }
  }
}
