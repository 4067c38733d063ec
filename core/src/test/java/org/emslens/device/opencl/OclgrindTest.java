package org.emslens.device.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.emslens.Thorough;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The kit under Oclgrind, which watches every access of every kernel: no data race, nothing out of
 * bounds, no barrier that not all reach, no wrong use of a function. It is a driver here, in a
 * process of its own.
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
    Path log = folder.resolve("log");
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
                "OCLGRIND_CHECK_API",
                "1",
                "OCLGRIND_LOG",
                log.toString()));
    Process p = kit.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    boolean ended = p.waitFor(20, TimeUnit.MINUTES);
    p.destroyForcibly();
    assertEquals("", Files.exists(log) ? Files.readString(log) : "");
    assertEquals(0, ended ? p.exitValue() : -1, Files.readString(output));
  }
}
