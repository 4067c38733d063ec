package org.emslens.device.opencl;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.emslens.device.opencl.Probe.Probed;
import org.emslens.format.AtomicFile;
import org.emslens.format.Json;
import org.emslens.format.Sha256;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a probe in a process of its own found, remembered until the drivers change. */
final class Probes {
  private static final Logger LOG = LoggerFactory.getLogger(Probes.class);
  private static final int PATIENCE_SECONDS = 60;

  private final Path folder;
  private final List<String> command;

  /**
   * What was found.
   *
   * @param drivers which drivers were asked, told apart from others
   * @param cards what they have
   * @param fault why they could not be asked, in a sentence, or null
   */
  record Result(String drivers, List<Probed> cards, String fault) {}

  /**
   * @param folder where results are kept
   * @param command what probes; the file for its result is added
   */
  Probes(Path folder, List<String> command) {
    this.folder = folder;
    this.command = command;
  }

  /** Java as it runs now, with this program's classes. */
  static List<String> java() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx128m",
        "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED",
        "--add-modules",
        "java.logging",
        "-cp",
        System.getProperty("java.class.path"),
        Probe.class.getName());
  }

  /** Asks the drivers, unless these were asked before. */
  synchronized Result get() {
    String drivers = drivers();
    Path kept = folder.resolve("cards.json");
    try {
      Result before = Json.MAPPER.readValue(kept.toFile(), Result.class);
      if (before.drivers.equals(drivers)) {
        return before;
      }
    } catch (IOException e) {
      // Nobody has asked yet.
    }
    Result found = ask(drivers);
    try {
      AtomicFile.write(kept, out -> out.write(Json.MAPPER.writeValueAsBytes(found)));
    } catch (IOException e) {
      LOG.info("What cards there are could not be kept: {}", e.getMessage());
    }
    return found;
  }

  private Result ask(String drivers) {
    try {
      Path answer = Files.createTempFile("emslens", ".cards");
      try {
        return ask(drivers, answer);
      } finally {
        Files.deleteIfExists(answer);
      }
    } catch (IOException e) {
      return new Result(drivers, List.of(), "they could not be asked: " + e.getMessage() + ".");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Result(drivers, List.of(), "asking them was interrupted.");
    }
  }

  private Result ask(String drivers, Path answer) throws IOException, InterruptedException {
    List<String> words = Stream.concat(command.stream(), Stream.of(answer.toString())).toList();
    Process probe =
        new ProcessBuilder(words)
            .directory(answer.getParent().toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!probe.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      probe.destroyForcibly();
      return new Result(drivers, List.of(), "they do not answer.");
    }
    if (probe.exitValue() != 0) {
      LOG.warn("Asking the drivers for OpenCL ended with {}", probe.exitValue());
      return new Result(
          drivers,
          List.of(),
          "a driver ended the program that asked it (exit code " + probe.exitValue() + ").");
    }
    List<Probed> cards = Json.MAPPER.readValue(answer.toFile(), new TypeReference<>() {});
    return new Result(drivers, cards, null);
  }

  /** Which drivers there are, as far as files tell: their names, sizes and dates. */
  private static String drivers() {
    StringBuilder all = new StringBuilder(String.join(",", Probe.names()));
    all.append(System.getProperty("java.class.path").hashCode());
    String vendors = System.getenv("OCL_ICD_VENDORS");
    for (String place :
        List.of(
            "/usr/lib/x86_64-linux-gnu/libOpenCL.so.1",
            "/usr/lib/aarch64-linux-gnu/libOpenCL.so.1",
            "/usr/lib64/libOpenCL.so.1",
            "/proc/driver/nvidia/version",
            System.getenv().getOrDefault("SystemRoot", "C:\\Windows") + "\\System32\\OpenCL.dll",
            vendors == null ? "/etc/OpenCL/vendors" : vendors)) {
      describe(new File(place), all);
    }
    return Sha256.of(all.toString());
  }

  private static void describe(File file, StringBuilder into) {
    into.append('\n').append(file).append(' ').append(file.length());
    into.append(' ').append(file.lastModified());
    File[] inside = file.listFiles();
    for (File f : inside == null ? new File[0] : inside) {
      describe(f, into);
    }
  }
}
