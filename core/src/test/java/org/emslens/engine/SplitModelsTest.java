package org.emslens.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.emslens.TestFiles;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.Policies;
import org.emslens.device.DecodeTap;
import org.emslens.device.Device;
import org.emslens.device.Devices;
import org.emslens.device.split.SplitDevice;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models whose first layers are on one device, the others on another. */
class SplitModelsTest {
  private static final int[] IDS = TestFiles.ints(tiny().get("models").get("plain").get("ids"));

  private static JsonNode tiny() {
    try {
      return TestFiles.json("tiny/expected.json");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same logits, plans and attention as on one of them, through a compression and after. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aSplitModelComputesTheSame(int cut) throws IOException {
    try (Model model = ModelLoader.open(TestFiles.path("tiny/plain"));
        Device whole = Devices.open("cpu");
        Device split = new SplitDevice(Devices.open("plain"), Devices.open("cpu"), cut, 3);
        ForwardPass a = new ForwardPass(model, whole, Progress.NONE);
        ForwardPass b = new ForwardPass(model, split, Progress.NONE)) {
      assertTrue(split.name().matches(cut + " of 3 layers on .*, the rest on .*"), split.name());
      Prompt x = a.prompt(IDS, null, Progress.NONE);
      Prompt y = b.prompt(IDS, null, Progress.NONE);
      assertArrayEquals(x.logits(), y.logits(), 1e-3f);
      Cache c = x.cache(4);
      Cache d = y.cache(4);
      CacheOptions options = CacheOptions.EMS.with(o -> o.window = 4);
      var plan = c.compressNow(Policies.EMS, options, 12);
      var other = d.compressNow(Policies.EMS, options, 12);
      for (int h = 0; h < plan.heads().size(); h++) {
        assertArrayEquals(plan.heads().get(h).target(), other.heads().get(h).target());
      }
      int heads = model.config().allHeads();
      for (int token : new int[] {5, 9, 7}) {
        DecodeTap p = new DecodeTap(heads);
        DecodeTap q = new DecodeTap(heads);
        assertArrayEquals(a.step(c, token, p), b.step(d, token, q), 1e-3f);
        for (int h = 0; h < heads; h++) {
          assertEquals(p.halves()[h].length, q.halves()[h].length);
          assertEquals(0, q.outputError(p)[h], 1e-3f);
        }
      }
      float[][] logits = new float[IDS.length][];
      extend(a, c, (i, row) -> logits[i] = row.clone());
      extend(b, d, (i, row) -> assertArrayEquals(logits[i], row, 1e-3f));
    }
  }

  private static void extend(ForwardPass pass, Cache cache, ForwardPass.LogitsSink sink) {
    pass.extend(List.of(new ForwardPass.Passage(cache, IDS, sink, List.of())), Progress.NONE);
  }

  @Test
  void asManyLayersGoToACardAsFit() throws IOException {
    try (Model model = ModelLoader.open(TestFiles.path("tiny/plain"))) {
      assertEquals(0, MemoryNeed.layersThatFit(model.spec(), 100L << 20, 4096));
      assertEquals(3, MemoryNeed.layersThatFit(model.spec(), 1L << 30, 4096));
      int before = 0;
      for (long free = 330L << 20; free < 360L << 20; free += 100_000) {
        int fit = MemoryNeed.layersThatFit(model.spec(), free, 4096);
        assertTrue(fit >= before && fit <= before + 1, "one layer after the other");
        before = fit;
      }
      assertEquals(3, before);
    }
  }
}
