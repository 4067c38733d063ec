package org.emslens.device.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.CompressionPlan;
import org.emslens.cache.HeadPlan;
import org.emslens.device.CacheMemory;
import org.emslens.device.DecodeTap;
import org.emslens.device.Device;
import org.emslens.device.DeviceException;
import org.emslens.device.FloatWeights;
import org.emslens.device.Matrix;
import org.emslens.device.PromptMemory;
import org.emslens.device.Tensor;
import org.emslens.device.opencl.binding.Cl;
import org.emslens.model.AttentionSpec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A driver that fails each of its calls in turn, and drivers that end who asks them: every failure
 * is a sentence, and nothing is left.
 */
@SuppressWarnings("restricted") // The library is this test's own.
class BadDriverTest {
  private static final int OUT_OF_MEMORY = -4;
  private static final int LOST = -36;
  private static final int NOT_BUILT = -11;

  @TempDir static Path folder;
  private static Path library;
  private static MethodHandle fail;
  private static MethodHandle calls;
  private static MethodHandle live;

  @BeforeAll
  static void build() throws Exception {
    library = folder.resolve("libfake.so");
    Path source = folder.resolve("fake.c");
    try (InputStream in = BadDriverTest.class.getResourceAsStream("/org/emslens/opencl/fake.c")) {
      Files.write(source, in.readAllBytes());
    }
    assumeTrue(compiles(source), "there is no C compiler");
    SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
    fail =
        bind(
            symbols,
            "fake_fail",
            FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    calls = bind(symbols, "fake_calls", FunctionDescriptor.of(ValueLayout.JAVA_INT));
    live = bind(symbols, "fake_live", FunctionDescriptor.of(ValueLayout.JAVA_INT));
  }

  private static boolean compiles(Path source) throws InterruptedException {
    try {
      Process cc =
          new ProcessBuilder("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString())
              .inheritIO()
              .start();
      return cc.waitFor(60, TimeUnit.SECONDS) && cc.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static MethodHandle bind(SymbolLookup in, String name, FunctionDescriptor as) {
    return Linker.nativeLinker().downcallHandle(in.find(name).orElseThrow(), as);
  }

  @ParameterizedTest
  @ValueSource(ints = {OUT_OF_MEMORY, LOST, NOT_BUILT})
  void everyFailureIsASentenceAndNothingIsLeft(int code) throws Throwable {
    int at = 0;
    boolean reached = true;
    while (reached) {
      at++;
      fail.invokeExact(at, code);
      String told = use();
      reached = (int) calls.invokeExact() >= at;
      if (told != null) {
        assertTrue(told.startsWith("Fake card"), at + ": " + told);
        assertEquals(1, told.lines().count(), told);
        assertTrue(told.contains("--device cpu"), told);
      }
      for (int i = 0; i < 20 && (int) live.invokeExact() > 0; i++) {
        System.gc();
        Thread.sleep(20);
      }
      assertEquals(0, (int) live.invokeExact(), "objects after call " + at + " failed: " + told);
    }
    assertTrue(at > 300, "all calls were tried: " + at);
  }

  /** Takes a device through what a session does; tells null, or why it failed. */
  private static String use() {
    Cl cl = Cl.load(List.of(library.toString())).orElseThrow();
    CardInfo info =
        new CardInfo(
            0,
            0,
            "Fake card",
            "Fake",
            "1",
            "1",
            true,
            1 << 28,
            1 << 28,
            1 << 15,
            256,
            1,
            true,
            false,
            "");
    OpenClDevice device = null;
    try {
      device = new OpenClDevice(new Card(cl, MemorySegment.NULL, info), ProgramCache.NONE);
      session(device);
      return null;
    } catch (DeviceException e) {
      return e.getMessage();
    } finally {
      if (device != null) {
        device.close();
      }
    }
  }

  private static void session(Device device) {
    AttentionSpec.Shape shape = AttentionSpec.Shape.of(2, 1, 4);
    int n = 6;
    int width = shape.queryWidth() + 2 * shape.kvWidth();
    FloatWeights weights = FloatWeights.of(width, 32, 1);
    try (Matrix matrix = device.matrix(weights, weights.parts());
        Tensor x = device.tensor(n, 32);
        Tensor qkv = device.tensor(n, width);
        Tensor y = device.tensor(n, shape.queryWidth());
        PromptMemory prompt = device.prompt(List.of(shape), n, 2)) {
      device.linear(matrix, null, x, qkv, n);
      device.attend(prompt, 0, qkv, 0, n, y);
      try (CacheMemory cache = prompt.cache(4);
          CacheMemory copy = cache.copy()) {
        copy.apply(keepingTwo(n));
        DecodeTap tap = new DecodeTap(2);
        device.attend(List.of(copy), 0, qkv, new int[] {n}, y, new ArrayList<>(List.of(tap)));
        device.download(y, 0, 1, new float[shape.queryWidth()], 0);
        tap.halves();
      }
    }
  }

  private static CompressionPlan keepingTwo(int n) {
    int[] target = new int[n];
    target[n - 1] = 1;
    HeadPlan head =
        new HeadPlan(
            new int[] {0, n - 1},
            1,
            target,
            new float[n],
            new float[2],
            new HeadPlan.Scores(new float[0], new float[0], new float[0]),
            new HeadPlan.Readout(0, 0, 0, 0, 0));
    return new CompressionPlan("any", 2, CacheOptions.MergeKeys.CENTRE, List.of(head));
  }

  /** Whoever asks a driver that ends the program is told so, once, and goes on. */
  @Test
  void driversThatEndTheProgramAreASentence() throws Exception {
    Path home = Files.createDirectory(folder.resolve("home"));
    Path count = folder.resolve("count");
    List<String> crash = List.of("sh", "-c", "echo asked >> " + count + "; kill -SEGV $$", "probe");
    Probes.Result first = new Probes(home, crash).get();
    assertTrue(
        first.fault().matches("a driver ended the program that asked it \\(exit code \\d+\\)\\."),
        first.fault());
    assertEquals(first, new Probes(home, crash).get());
    assertEquals(1, Files.readAllLines(count).size(), "asked once");
  }
}
