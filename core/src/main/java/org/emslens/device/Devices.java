package org.emslens.device;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The devices of this machine. */
public final class Devices {
  /** Stands for the graphics card with the most memory; one with its own goes before others. */
  public static final String GPU = "gpu";

  private Devices() {}

  /** All that the providers find, best first. */
  public static List<DeviceProvider.Found> find() {
    return ServiceLoader.load(DeviceProvider.class).stream()
        .flatMap(p -> p.get().find().stream())
        .sorted(
            Comparator.comparing(DeviceProvider.Found::usable)
                .thenComparing(DeviceProvider.Found::rank)
                .reversed())
        .toList();
  }

  /**
   * Starts what the best device needs, which takes a second or two the first time: worth doing
   * while something else goes on.
   */
  public static void warmUp() {
    try (Device device = open(null)) {
      device.warmUp();
    }
  }

  /**
   * Opens a device.
   *
   * @param id its name, or {@link #GPU}, or null for the best one that can be used
   * @throws DeviceException in a sentence, where there is none such or it cannot be used
   */
  public static Device open(String id) {
    List<DeviceProvider.Found> all = find();
    DeviceProvider.Found found =
        GPU.equals(id)
            ? all.stream()
                .filter(f -> f.usable() && f.isCard())
                .max(
                    Comparator.comparing(DeviceProvider.Found::rank)
                        .thenComparing(DeviceProvider.Found::bytes))
                .orElseThrow(() -> new DeviceException(noCard(all)))
            : all.stream()
                .filter(f -> id == null ? f.usable() : f.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new DeviceException(unknown(id, all)));
    if (!found.usable()) {
      throw new DeviceException("Device '" + found.id() + "' cannot be used: " + found.unusable());
    }
    return found.opener().open();
  }

  private static String noCard(List<DeviceProvider.Found> all) {
    String why =
        all.stream()
            .filter(f -> f.isCard() && !f.usable())
            .map(f -> " (" + f.name() + ": " + f.unusable() + ")")
            .findFirst()
            .orElse("");
    return "There is no graphics card that can be used"
        + why
        + ". Its driver must bring OpenCL 1.2 or newer; see 'emslens devices'.";
  }

  private static String unknown(String id, List<DeviceProvider.Found> all) {
    return "There is no device '"
        + id
        + "' on this machine; there are "
        + all.stream().map(DeviceProvider.Found::id).collect(Collectors.joining(", "))
        + " (see 'emslens devices').";
  }
}
