package org.emslens.engine;

import org.emslens.device.Device;
import org.emslens.device.DeviceException;
import org.emslens.device.DeviceProvider;
import org.emslens.device.Devices;
import org.emslens.device.split.SplitDevice;
import org.emslens.model.Model;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a model's layers go: on a card as far as they fit, else to the processor. */
final class Placement {
  private static final Logger LOG = LoggerFactory.getLogger(Placement.class);
  private static final String PROCESSOR = "cpu";

  /** Fewer layers than one in so many are not worth a card's detours. */
  private static final int LEAST = 8;

  private Placement() {}

  /**
   * Opens what a model is to run on.
   *
   * @param id what it is to be, or null for a card that takes it, else the processor
   * @throws DeviceException in a sentence, where it cannot be used or the model does not fit
   */
  static Device open(Model model, String id) {
    if (id != null) {
      return fitted(Devices.open(id), model);
    }
    for (DeviceProvider.Found f : Devices.find()) {
      if (f.usable() && f.isCard()) {
        try {
          return fitted(f.opener().open(), model);
        } catch (DeviceException e) {
          LOG.info("Not on {}: {}", f.id(), e.getMessage());
        }
      } else if (f.usable()) {
        return fitted(f.opener().open(), model);
      }
    }
    return fitted(Devices.open(null), model);
  }

  /** The processor, where a card has failed. */
  static Device processor(Model model) {
    return fitted(Devices.open(PROCESSOR), model);
  }

  /** The device, with the processor for what does not fit; closes it where that cannot be. */
  private static Device fitted(Device device, Model model) {
    try {
      int layers = model.spec().layers().size();
      int fit =
          Math.min(
              layers - 1,
              MemoryNeed.layersThatFit(model.spec(), device.freeBytes(), MemoryNeed.SPLIT_TOKENS));
      if (MemoryNeed.fits(model, device) || !device.hasOwnMemory() || fit * LEAST < layers) {
        MemoryNeed.check(model, device);
        return device;
      }
      Device rest = Devices.open(PROCESSOR);
      try {
        MemoryNeed.checkRest(model, fit, device, rest);
        return new SplitDevice(device, rest, fit, layers);
      } catch (RuntimeException | Error e) {
        rest.close();
        throw e;
      }
    } catch (RuntimeException | Error e) {
      device.close();
      throw e;
    }
  }
}
