package org.emslens.device.cpu;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What OpenBLAS is told through environment variables, which is the only way; they are set in this
 * process, before it is loaded, and the user's own are left as they are.
 */
final class BlasSettings {
  private static final Logger LOG = LoggerFactory.getLogger(BlasSettings.class);
  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

  private BlasSettings() {}

  static void make() {
    // Left alone its threads spin for milliseconds after a product, on the very cores that the
    // softmax between two products needs: a prefill took a third longer.
    set("OPENBLAS_THREAD_TIMEOUT", "4");
    set("OMP_WAIT_POLICY", "PASSIVE");
    set("OPENBLAS_NUM_THREADS", "1");
    String core = core();
    if (core != null) {
      set("OPENBLAS_CORETYPE", core);
    }
  }

  /**
   * Intel's processors since 2021 are not known to this OpenBLAS (0.3.19), which then takes them
   * for one of 2004 and multiplies at a quarter of their speed; null where it may choose by itself.
   */
  private static String core() {
    try {
      List<String> lines = Files.readAllLines(PROCESSOR);
      String flags = lines.stream().filter(l -> l.startsWith("flags")).findFirst().orElse("") + " ";
      if (lines.stream().noneMatch(l -> l.contains("GenuineIntel"))) {
        return null;
      }
      if (flags.contains(" avx512vl ") && flags.contains(" avx512bw ")) {
        return "SkylakeX";
      }
      return flags.contains(" avx2 ") && flags.contains(" fma ") ? "Haswell" : null;
    } catch (IOException e) {
      return null;
    }
  }

  @SuppressWarnings("restricted") // Native access is switched on for the whole program.
  private static void set(String name, String value) {
    if (System.getenv(name) != null) {
      return;
    }
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> setenv = linker.defaultLookup().find("setenv");
    if (setenv.isEmpty()) {
      LOG.info("{} cannot be set on this system", name);
      return;
    }
    MethodHandle call =
        linker.downcallHandle(
            setenv.get(),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      int result = (int) call.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 0);
      LOG.debug("setenv {}={}: {}", name, value, result);
    } catch (Throwable e) {
      LOG.warn("{} cannot be set", name, e);
    }
  }
}
