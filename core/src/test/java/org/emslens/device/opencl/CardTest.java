package org.emslens.device.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.emslens.device.CacheMemory;
import org.emslens.device.DeviceException;
import org.emslens.device.PromptMemory;
import org.emslens.device.Tensor;
import org.emslens.model.AttentionSpec;
import org.emslens.model.NormSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a card's memory and programs do when something is wrong, and that nothing is left. */
class CardTest {
  @TempDir Path folder;

  @Test
  void memoryThatThereIsNotIsASentence() {
    try (Card card = OpenCl.card(UnaryOperator.identity())) {
      long much = card.info().memory() * 2;
      DeviceException e = assertThrows(DeviceException.class, () -> card.allocate(much));
      assertTrue(
          e.getMessage().matches("(?s).* has no room for another \\d+ MiB: .*--device cpu.*"),
          e.getMessage());
      assertEquals(0, card.buffers());
    }
  }

  @Test
  void aProgramThatCannotBeBuiltIsASentenceWithTheFirstLineOfTheLog() {
    try (Card card = OpenCl.card(UnaryOperator.identity())) {
      DeviceException e =
          assertThrows(
              DeviceException.class,
              () ->
                  Program.of(
                      card, ProgramCache.NONE, "bad.cl", "kernel void x() { nothing; }", ""));
      assertTrue(e.getMessage().contains("could not build bad.cl"), e.getMessage());
      assertEquals(1, e.getMessage().lines().count());
    }
  }

  /** A kept program that is damaged is built again. */
  @Test
  void builtProgramsAreKept() throws Exception {
    String source = "kernel void x(global float *y) { y[get_global_id(0)] = 3; }";
    try (Card card = OpenCl.card(UnaryOperator.identity())) {
      ProgramCache cache = ProgramCache.in(folder);
      for (int i = 0; i < 3; i++) {
        try (Program p = Program.of(card, cache, "good.cl", source, "");
            Buffer y = card.floats(8)) {
          p.kernel("x").run(Kernel.Grid.items(8, 8), y);
          assertEquals(3, card.read(y, 7, 1)[0]);
        }
        List<Path> kept = Files.list(folder).toList();
        assertEquals(1, kept.size());
        if (i == 1) {
          Files.write(kept.getFirst(), new byte[] {1, 2, 3});
        }
      }
    }
  }

  /** Everything that a session opens is given back when it is closed. */
  @Test
  void nothingIsLeftAfterManySessions() {
    AttentionSpec.Shape shape = AttentionSpec.Shape.of(4, 2, 16);
    Card card = OpenCl.card(UnaryOperator.identity());
    try (OpenClDevice device = new OpenClDevice(card, ProgramCache.in(folder))) {
      for (int i = 0; i < 200; i++) {
        session(device, shape);
        card.finish();
        assertEquals(0, card.buffers(), "after session " + i);
      }
    }
  }

  /** What was forgotten rather than closed is found before a card is said to be full. */
  @Test
  void whatNobodyHasAnyMoreMakesRoom() {
    try (Card card = OpenCl.card(OpenCl.memory(8 << 20))) {
      for (int i = 0; i < 40; i++) {
        assertEquals(1 << 20, card.allocate(1 << 20).bytes());
        assertEquals(1 << 20, card.zeros(1 << 18).bytes());
      }
    }
  }

  /** Pictures of a prompt can be looked at though its device was closed for another. */
  @Test
  void promptsOutliveTheirDevice() {
    AttentionSpec.Shape shape = AttentionSpec.Shape.of(4, 2, 16);
    Card card = OpenCl.card(UnaryOperator.identity());
    OpenClDevice device = new OpenClDevice(card, ProgramCache.in(folder));
    PromptMemory prompt = device.prompt(List.of(shape), 5, 2);
    try (Tensor qkv = device.tensor(5, shape.queryWidth() + 2 * shape.kvWidth());
        Tensor y = device.tensor(5, shape.queryWidth())) {
      device.attend(prompt, 0, qkv, 0, 5, y);
    }
    device.close();
    float[] map = prompt.map(0, 0, new int[] {4, 5}, new int[] {0, 5}, () -> false);
    assertEquals(0.2f, map[0], 1e-6f, "of five equal keys");
    prompt.close();
    assertEquals(0, card.buffers());
  }

  /**
   * Attention of twice the tokens costs at most 4.5 times as much: growth is all that PoCL's times
   * tell. The best of some, since others use this machine too.
   */
  @Test
  void attentionGrowsAsItShould() {
    AttentionSpec.Shape shape = AttentionSpec.Shape.of(4, 2, 32);
    Card card = OpenCl.card(UnaryOperator.identity());
    try (OpenClDevice device = new OpenClDevice(card, ProgramCache.in(folder))) {
      double ratio = Double.MAX_VALUE;
      seconds(device, card, shape, 256);
      for (int i = 0; i < 8 && ratio > 4.5; i++) {
        double once = seconds(device, card, shape, 512);
        ratio = Math.min(ratio, seconds(device, card, shape, 1024) / once);
      }
      assertTrue(ratio <= 4.5, "grew by " + ratio);
    }
  }

  private static double seconds(OpenClDevice device, Card card, AttentionSpec.Shape shape, int n) {
    try (PromptMemory prompt = device.prompt(List.of(shape), n, 8);
        Tensor qkv = device.tensor(n, shape.queryWidth() + 2 * shape.kvWidth());
        Tensor y = device.tensor(n, shape.queryWidth())) {
      card.finish();
      long start = System.nanoTime();
      device.attend(prompt, 0, qkv, 0, n, y);
      card.finish();
      return (System.nanoTime() - start) / 1e9;
    }
  }

  private static void session(OpenClDevice device, AttentionSpec.Shape shape) {
    int n = 20;
    int width = shape.queryWidth() + 2 * shape.kvWidth();
    try (PromptMemory prompt = device.prompt(List.of(shape), n, 8);
        Tensor qkv = device.tensor(n, width);
        Tensor y = device.tensor(n, shape.queryWidth())) {
      device.attend(prompt, 0, qkv, 0, n, y);
      try (CacheMemory full = prompt.cache(8);
          CacheMemory other = full.copy()) {
        full.state(0);
        device.attendMany(other, 0, qkv, 0, n, 4, y);
        other.copy().close();
      }
      prompt.map(0, 0, new int[] {0, n}, new int[] {0, n}, () -> false);
    }
  }

  /** Drivers that offer sub-groups but not in the language of our programs. */
  @Test
  void subgroupsThatCannotBeBuiltAreLeftAlone() {
    try (OpenClDevice device = OpenCl.open(OpenCl.subgroups("-DSUBGROUPS"))) {
      Tensor x = device.vector(new float[] {3, 4});
      Tensor y = device.tensor(1, 2);
      Tensor ones = device.vector(new float[] {1, 1});
      device.norm(NormSpec.Kind.RMS, 0, ones, null, x, y, 1);
      float[] out = new float[2];
      device.download(y, 0, 1, out, 0);
      assertEquals(3 / Math.sqrt(12.5), out[0], 1e-6);
    }
  }
}
