package org.emslens.device.opencl;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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
  private static final String KEPT = "cards.json";

  /** How long it is believed that drivers could not be asked: they may be mended unnoticed. */
  private static final long BELIEVED_MILLIS = TimeUnit.DAYS.toMillis(1);

  /** Of what is kept; another program's may have other fields. */
  private static final int FORMAT = 2;

  /** Who asks at the same time waits for the first. */
  private static final Object ASKING = new Object();

  /** What changes which drivers there are, or what they show. */
  private static final List<String> VARIABLES =
      List.of(
          "OCL_ICD_VENDORS",
          "OCL_ICD_FILENAMES",
          "OPENCL_VENDOR_PATH",
          "CUDA_VISIBLE_DEVICES",
          "ROCR_VISIBLE_DEVICES",
          "GPU_DEVICE_ORDINAL");

  private final Path folder;
  private final List<String> command;

  /**
   * What was found.
   *
   * @param drivers which drivers were asked, told apart from others
   * @param time when, in milliseconds
   * @param cards what they have
   * @param fault why they could not be asked, in a sentence, or null
   */
  record Result(String drivers, long time, List<Probed> cards, String fault) {}

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
        classPath(),
        Probe.class.getName());
  }

  /** This program's own, from wherever it is started. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(p -> new File(p).getAbsolutePath())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Asks the drivers, unless these were asked before. */
  Result get() {
    synchronized (ASKING) {
      String drivers = drivers();
      Result before = kept();
      long now = System.currentTimeMillis();
      if (before != null
          && drivers.equals(before.drivers)
          && (before.fault == null || now - before.time < BELIEVED_MILLIS)) {
        return before;
      }
      Result found = ask(drivers, now);
      try {
        AtomicFile.write(
            folder.resolve(KEPT), out -> out.write(Json.MAPPER.writeValueAsBytes(found)));
      } catch (IOException e) {
        LOG.info("What cards there are could not be kept: {}", e.getMessage());
      }
      return found;
    }
  }

  /** What was found before, or null. */
  private Result kept() {
    try {
      Result r = Json.MAPPER.readValue(folder.resolve(KEPT).toFile(), Result.class);
      boolean whole =
          r != null && r.cards != null && r.cards.stream().allMatch(c -> c.card() != null);
      return whole ? r : null;
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  private Result ask(String drivers, long now) {
    List<Probed> cards = List.of();
    String fault;
    try {
      Path answer = Files.createTempFile("emslens", ".cards");
      try {
        fault = ask(answer);
        cards = told(answer);
      } finally {
        Files.deleteIfExists(answer);
      }
    } catch (IOException e) {
      fault = "they could not be asked: " + e.getMessage() + ".";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fault = "asking them was interrupted.";
    }
    return new Result(drivers, now, cards, fault);
  }

  /** What was told until then, whatever came after. */
  private static List<Probed> told(Path answer) throws IOException {
    return Files.size(answer) == 0
        ? List.of()
        : Json.MAPPER.readValue(answer.toFile(), new TypeReference<>() {});
  }

  /** Runs the probe; tells null, or what went wrong. */
  private String ask(Path answer) throws IOException, InterruptedException {
    List<String> words = Stream.concat(command.stream(), Stream.of(answer.toString())).toList();
    Process probe =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!probe.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        return "they do not answer.";
      }
    } finally {
      probe.destroyForcibly();
    }
    if (probe.exitValue() != 0) {
      LOG.warn("Asking the drivers for OpenCL ended with {}", probe.exitValue());
      return "a driver ended the program that asked it (exit code " + probe.exitValue() + ").";
    }
    return null;
  }

  /** Which drivers there are, as far as files tell: their names, sizes and dates. */
  private static String drivers() {
    StringBuilder all = new StringBuilder(FORMAT + String.join(",", Probe.names()));
    VARIABLES.forEach(v -> all.append('\n').append(System.getenv(v)));
    all.append(System.getProperty("java.class.path").hashCode());
    String vendors = System.getenv("OCL_ICD_VENDORS");
    for (String place :
        List.of(
            "/usr/lib/x86_64-linux-gnu/libOpenCL.so.1",
            "/usr/lib/aarch64-linux-gnu/libOpenCL.so.1",
            "/usr/lib64/libOpenCL.so.1",
            "/usr/lib/libOpenCL.so.1",
            "/System/Library/Frameworks/OpenCL.framework",
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
