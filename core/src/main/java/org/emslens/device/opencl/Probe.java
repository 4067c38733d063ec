package org.emslens.device.opencl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.emslens.device.DeviceException;
import org.emslens.device.Tensor;
import org.emslens.device.opencl.binding.Cl;
import org.emslens.device.opencl.binding.ClException;
import org.emslens.device.opencl.binding.ClLibrary;
import org.emslens.format.AtomicFile;
import org.emslens.format.Json;
import org.emslens.model.NormSpec;

/**
 * Asks the drivers what they have and has each device add some numbers. Run as a program of its
 * own, since a bad driver ends the one that asks it.
 */
final class Probe {
  private static final int NUMBERS = 1000;

  private Probe() {}

  /**
   * A device that a driver told of.
   *
   * @param fault why it cannot be used, in a sentence, or null
   */
  record Probed(CardInfo card, String fault) {}

  /**
   * Writes a list of what was found to a file, anew after each device: what comes after may end
   * this program.
   *
   * @param args its name
   */
  public static void main(String[] args) throws IOException {
    Path answer = Path.of(args[0]);
    List<Probed> found = new ArrayList<>();
    write(answer, found);
    all(
        p -> {
          found.add(p);
          write(answer, found);
        });
    // Some drivers fail while they are unloaded.
    Runtime.getRuntime().halt(0);
  }

  private static void write(Path answer, List<Probed> found) {
    try {
      AtomicFile.write(answer, out -> out.write(Json.MAPPER.writeValueAsBytes(found)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What this machine's drivers have; empty where there is no driver. */
  static List<Probed> all() {
    List<Probed> found = new ArrayList<>();
    all(found::add);
    return found;
  }

  private static void all(Consumer<Probed> found) {
    Cl cl = Cl.load(names()).orElse(null);
    if (cl == null) {
      return;
    }
    List<MemorySegment> platforms = list(cl::platforms);
    for (int p = 0; p < platforms.size(); p++) {
      MemorySegment platform = platforms.get(p);
      List<MemorySegment> devices = list(() -> cl.devices(platform));
      for (int d = 0; d < devices.size(); d++) {
        device(cl, p, platform, d, devices.get(d), found);
      }
    }
  }

  /** One that tells nothing of itself is left out. */
  private static void device(
      Cl cl, int p, MemorySegment platform, int d, MemorySegment device, Consumer<Probed> found) {
    try {
      CardInfo info = CardInfo.of(cl, p, platform, d, device);
      found.accept(new Probed(info, fault(cl, device, info)));
    } catch (ClException e) {
      // Its driver is there, and it is not.
    }
  }

  /** The library's possible names on this machine. */
  static List<String> names() {
    return ClLibrary.names(System.getenv(), System.getProperty("os.name"));
  }

  /** A driver that has no device, or fails, takes nothing from the others. */
  private static List<MemorySegment> list(Supplier<List<MemorySegment>> listing) {
    try {
      return listing.get();
    } catch (ClException e) {
      return List.of();
    }
  }

  private static String fault(Cl cl, MemorySegment device, CardInfo info) {
    if (!info.compiles()) {
      return "its driver brings no compiler.";
    }
    try (OpenClDevice tried = new OpenClDevice(new Card(cl, device, info), ProgramCache.NONE);
        Tensor x = tried.tensor(1, NUMBERS);
        Tensor y = tried.tensor(1, NUMBERS)) {
      float[] numbers = new float[NUMBERS];
      Arrays.fill(numbers, 3);
      tried.upload(numbers, 0, y, 0, 1);
      tried.add(x, y, 2, 1);
      // Work-groups that wait for one another, as most kernels need them.
      tried.norm(NormSpec.Kind.RMS, 0, y, null, x, x, 1);
      tried.download(x, 0, 1, numbers, 0);
      for (float n : numbers) {
        if (Math.abs(n - 3) > 1e-3f) {
          return "it does not compute as it should.";
        }
      }
      return null;
    } catch (DeviceException | ClException e) {
      return e.getMessage();
    }
  }
}
