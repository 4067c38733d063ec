package org.emslens.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.emslens.TestFiles;
import org.emslens.device.Device;
import org.emslens.device.DeviceProvider;
import org.emslens.device.Devices;
import org.emslens.experiment.LayerCompression;
import org.emslens.session.Budget;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One compression of one layer against the NumPy reference. */
class ReferenceCasesTest {

  private static final List<String> CASES =
      List.of(
          "count-bias",
          "global-only",
          "gqa-sharp",
          "local-only",
          "merge-all",
          "mha",
          "no-merge",
          "quarter",
          "reported",
          "small",
          "tight");

  static Stream<Arguments> casesAndDevices() {
    return Devices.find().stream()
        .filter(DeviceProvider.Found::usable)
        .flatMap(d -> CASES.stream().map(c -> Arguments.of(c, d.id())));
  }

  @ParameterizedTest
  @MethodSource("casesAndDevices")
  void agreesWithNumPy(String name, String on) throws IOException {
    try (Device device = Devices.open(on)) {
      agrees(name, device);
    }
  }

  private static void agrees(String name, Device device) throws IOException {
    String folder = "cases/" + name + "/";
    JsonNode p = TestFiles.json(folder + "params.json");
    CacheOptions options =
        new CacheOptions(
            p.get("window").asInt(),
            32,
            p.get("alpha").asDouble(),
            CacheOptions.Align.valueOf(p.get("align").asText().toUpperCase()),
            true,
            p.get("kernel").asInt(),
            CacheOptions.Pool.MAX,
            p.get("mass").asDouble(),
            p.get("pool_limit").asDouble(),
            p.get("tau").asDouble(),
            CacheOptions.Merge.EMS,
            CacheOptions.MergeKeys.valueOf(p.get("merge_keys").asText().toUpperCase()),
            CacheOptions.Bias.valueOf(p.get("bias").asText().toUpperCase()),
            CacheOptions.Hosts.valueOf(p.get("hosts").asText().toUpperCase()),
            CacheOptions.Similarity.BOTH,
            true,
            CacheOptions.Share.EVEN,
            0.2,
            CacheOptions.Score.REPEAT_PLUS,
            Precision.FLOAT32);
    LayerCompression layer =
        LayerCompression.of(
            device,
            TestFiles.npy(folder + "queries.npy"),
            TestFiles.npy(folder + "keys.npy"),
            TestFiles.npy(folder + "values.npy"),
            Budget.slots(p.get("budget").asInt()),
            options);

    JsonNode expected = TestFiles.json(folder + "expected.json");
    for (int g = 0; g < layer.plans().size(); g++) {
      HeadPlan plan = layer.plans().get(g);
      close(expected.get("global").get(g), plan.scores().global(), 1e-5);
      close(expected.get("local").get(g), plan.scores().local(), 1e-5);
      close(expected.get("score").get(g), plan.scores().score(), 1e-5);
      JsonNode head = expected.get("heads").get(g);
      assertArrayEquals(TestFiles.ints(head.get("centres")), plan.centres());
      int[] merged = IntStream.range(0, plan.slots()).filter(plan::merges).toArray();
      assertArrayEquals(TestFiles.ints(head.get("merged")), merged);
      int[] evicted = IntStream.range(0, plan.slots()).filter(j -> plan.target()[j] < 0).toArray();
      assertArrayEquals(TestFiles.ints(head.get("evicted")), evicted);
      for (int i = 0; i < plan.centres().length; i++) {
        int slot = i;
        int[] members =
            IntStream.range(0, plan.slots()).filter(j -> plan.target()[j] == slot).toArray();
        assertArrayEquals(TestFiles.ints(head.get("members").get(i)), members);
        assertEquals(head.get("bias").get(i).asDouble(), plan.bias()[i], 1e-5);
      }
      assertEquals(head.get("needed").asInt(), plan.readout().needed());
      assertEquals(head.get("sparsity").asDouble(), plan.readout().sparsity(), 1e-6);
      assertEquals(head.get("redundancy").asDouble(), plan.readout().redundancy(), 1e-5);
    }
    assertArrayEquals(TestFiles.npy(folder + "merged_keys.npy").data(), layer.keys().data(), 1e-4f);
    assertArrayEquals(
        TestFiles.npy(folder + "merged_values.npy").data(), layer.values().data(), 1e-4f);
  }

  private static void close(JsonNode expected, float[] found, double within) {
    assertEquals(expected.size(), found.length);
    for (int j = 0; j < found.length; j++) {
      assertEquals(expected.get(j).asDouble(), found[j], within);
    }
  }
}
