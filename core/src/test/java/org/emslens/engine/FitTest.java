package org.emslens.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.emslens.TestFiles;
import org.emslens.device.DeviceProvider;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.junit.jupiter.api.Test;

class FitTest {
  private static final long GIB = 1L << 30;

  private static DeviceProvider.Found card(long bytes) {
    return new DeviceProvider.Found(
        "opencl:0:0", "a card", DeviceProvider.CARD, bytes, "driver", null, 1, () -> null);
  }

  private static Fit fit(Model m, int tokens, long free, DeviceProvider.Found... devices) {
    return Fit.of(m.spec(), MemoryNeed.of(m), tokens, List.of(devices), free);
  }

  @Test
  void cardsGoBeforeTheProcessor() throws IOException {
    try (Model m = ModelLoader.open(TestFiles.path("tiny/plain"))) {
      assertEquals("fits opencl:0:0", fit(m, 512, GIB, card(GIB)).words());
      assertEquals("fits", fit(m, 512, GIB).words());
      Fit none = fit(m, 512, GIB / 10, card(GIB / 10));
      assertEquals(Fit.Kind.NOT, none.kind());
      assertTrue(
          none.words().startsWith("does not fit: needs 0.3 GB with 512 tokens, 0.1 GB"),
          none.words());
      // Of a context of 500,000 tokens the card holds a layer or two.
      Fit partly = fit(m, 500_000, 8 * GIB, card(GIB));
      assertEquals(Fit.Kind.PARTLY_ON_CARD, partly.kind(), partly.words());
      assertTrue(partly.words().matches("fits with [12] of 3 layers on the GPU"), partly.words());
      assertTrue(fit(m, 4000, GIB).bytes() > fit(m, 100, GIB).bytes());
    }
  }
}
