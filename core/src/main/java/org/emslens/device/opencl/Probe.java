package org.emslens.device.opencl;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.emslens.device.DeviceException;
import org.emslens.device.Tensor;
import org.emslens.device.opencl.binding.Cl;
import org.emslens.device.opencl.binding.ClException;
import org.emslens.device.opencl.binding.ClLibrary;
import org.emslens.format.Json;

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
   * Writes a list of what was found to a file.
   *
   * @param args its name
   */
  public static void main(String[] args) throws IOException {
    Files.write(Path.of(args[0]), Json.MAPPER.writeValueAsBytes(all()));
  }

  /** What this machine's drivers have; empty where there is no driver. */
  static List<Probed> all() {
    List<Probed> all = new ArrayList<>();
    Cl cl = Cl.load(names()).orElse(null);
    if (cl == null) {
      return all;
    }
    List<MemorySegment> platforms = none(cl::platforms);
    for (int p = 0; p < platforms.size(); p++) {
      MemorySegment platform = platforms.get(p);
      List<MemorySegment> devices = none(() -> cl.devices(platform));
      for (int d = 0; d < devices.size(); d++) {
        CardInfo info = CardInfo.of(cl, p, platform, d, devices.get(d));
        all.add(new Probed(info, fault(cl, devices.get(d), info)));
      }
    }
    return all;
  }

  /** The library's possible names on this machine. */
  static List<String> names() {
    return ClLibrary.names(System.getenv(), System.getProperty("os.name"));
  }

  private interface Listing {
    List<MemorySegment> list();
  }

  /** A driver may be there without any device. */
  private static List<MemorySegment> none(Listing listing) {
    try {
      return listing.list();
    } catch (ClException e) {
      if (e.isNotFound()) {
        return List.of();
      }
      throw e;
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
      for (int i = 0; i < NUMBERS; i++) {
        numbers[i] = i;
      }
      tried.upload(numbers, 0, y, 0, 1);
      tried.add(x, y, 2, 1);
      tried.download(x, 0, 1, numbers, 0);
      for (int i = 0; i < NUMBERS; i++) {
        if (numbers[i] != 2 * i) {
          return "it does not add as it should.";
        }
      }
      return null;
    } catch (DeviceException | ClException e) {
      return e.getMessage();
    }
  }
}
