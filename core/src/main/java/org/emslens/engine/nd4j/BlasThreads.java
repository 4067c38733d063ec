package org.emslens.engine.nd4j;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells OpenBLAS to let its threads sleep soon after a product. Left alone they spin for
 * milliseconds, on the very cores that the softmax between two products needs: a prefill took a
 * third longer. OpenBLAS knows this only from environment variables, so they are set in this
 * process, before it is loaded; the user's own are left as they are.
 */
final class BlasThreads {
  private static final Logger LOG = LoggerFactory.getLogger(BlasThreads.class);

  private BlasThreads() {}

  static void sleepSoon() {
    set("OPENBLAS_THREAD_TIMEOUT", "4");
    set("OMP_WAIT_POLICY", "PASSIVE");
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
