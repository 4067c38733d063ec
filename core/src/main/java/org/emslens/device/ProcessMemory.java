package org.emslens.device;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much memory this process takes: physical memory where the system tells (Linux), else the Java
 * heap in use.
 */
public final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path MACHINE = Path.of("/proc/meminfo");
  private static final Path PEAK = Path.of("/proc/self/clear_refs");

  private ProcessMemory() {}

  /** Bytes of the whole machine. */
  public static long ofMachine() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  /** Bytes of the machine that programs may still take. */
  public static long free() {
    try {
      for (String line : Files.readAllLines(MACHINE)) {
        if (line.startsWith("MemAvailable:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
    } catch (IOException e) {
      // Another system.
    }
    // What other systems call free leaves out what they would give back.
    return ofMachine() / 4 * 3;
  }

  /** Bytes now. */
  public static long now() {
    return read("VmRSS:");
  }

  /** The most bytes so far, or since the last {@link #forgetPeak}. */
  public static long peak() {
    return read("VmHWM:");
  }

  /** Begins a new peak, where the system can. */
  public static void forgetPeak() {
    try {
      Files.writeString(PEAK, "5");
    } catch (IOException e) {
      // The peak stays that of the whole process.
    }
  }

  private static long read(String field) {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(field)) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
    } catch (IOException e) {
      // Another system; the heap is what is known.
    }
    Runtime r = Runtime.getRuntime();
    return r.totalMemory() - r.freeMemory();
  }
}
