package org.emslens.device.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.emslens.Thorough;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The kit under Oclgrind, which watches every access of every kernel: no data race, nothing out of
 * bounds, no read of what was never written, no barrier that not all reach, no wrong use of a
 * function. It is a driver here, in a process of its own.
 *
 * <p>Oclgrind 21.10 does not know LLVM's `freeze`, which a remainder beside a quotient becomes;
 * kernels that it watches for uninitialised reads have none.
 */
@Order(1)
@Execution(ExecutionMode.CONCURRENT)
class OclgrindTest {
  private static final Path DRIVER = Path.of("/usr/lib/oclgrind/liboclgrind-rt-icd.so");

  @TempDir Path folder;

  @Test
  void kernelsDoNothingThatIsUndefined() throws Exception {
    assumeTrue(Files.exists(DRIVER), "Oclgrind is not installed");
    // Alone in there: while files beside it change, drivers are asked anew.
    Path drivers = Files.createDirectory(folder.resolve("drivers"));
    Files.writeString(drivers.resolve("oclgrind.icd"), DRIVER + "\n");
    Path errors = folder.resolve("errors");
    Path output = folder.resolve("output");
    ProcessBuilder kit =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "--add-modules",
                "jdk.incubator.vector",
                "-Demslens.thorough=" + Thorough.asked(),
                "-cp",
                System.getProperty("java.class.path"),
                CheckedKit.class.getName()));
    kit.environment()
        .putAll(
            Map.of(
                "OCL_ICD_VENDORS",
                drivers.toString(),
                "OCLGRIND_DATA_RACES",
                "1",
                WatchedCard.UNINITIALISED,
                "1",
                "OCLGRIND_CHECK_API",
                "1"));
    Process p = kit.redirectError(errors.toFile()).redirectOutput(output.toFile()).start();
    boolean ended = p.waitFor(20, TimeUnit.MINUTES);
    p.destroyForcibly();
    assertEquals("", told(errors));
    assertEquals(0, ended ? p.exitValue() : -1, Files.readString(output));
  }

  /** What Oclgrind has said: a file of its own it begins anew with each context. */
  private static String told(Path errors) throws IOException {
    return Files.readAllLines(errors).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("WARNING: "))
        .limit(60)
        .collect(Collectors.joining("\n"));
  }
}
