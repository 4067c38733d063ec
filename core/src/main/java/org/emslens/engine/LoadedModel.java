package org.emslens.engine;

import java.io.IOException;
import org.emslens.device.Device;
import org.emslens.device.DeviceException;
import org.emslens.device.DeviceProvider;
import org.emslens.device.Devices;
import org.emslens.model.Model;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model in a device's memory; closing closes all three.
 *
 * @param seconds that loading took
 */
public record LoadedModel(Model model, Device device, ForwardPass pass, double seconds)
    implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LoadedModel.class);

  /**
   * Loads a model's weights; where that fails, the model is closed. A model that cannot fit is
   * refused before.
   *
   * @param device its id, or null for the best that can be used
   * @throws org.emslens.device.DeviceException in a sentence, where the device cannot be used
   */
  public static LoadedModel load(Model model, String device, Progress progress) throws IOException {
    long start = System.nanoTime();
    Device opened = null;
    try {
      opened = device == null ? best(model) : Devices.open(device);
      MemoryNeed.check(model, opened);
      ForwardPass pass = new ForwardPass(model, opened, progress);
      return new LoadedModel(model, opened, pass, (System.nanoTime() - start) / 1e9);
    } catch (RuntimeException | Error e) {
      if (opened != null) {
        opened.close();
      }
      model.close();
      throw e;
    }
  }

  /** The best card that opens and that the model fits, else the best other device. */
  private static Device best(Model model) {
    for (DeviceProvider.Found f : Devices.find()) {
      if (f.usable() && f.isCard()) {
        Device card = fitting(f, model);
        if (card != null) {
          return card;
        }
      } else if (f.usable()) {
        return f.opener().open();
      }
    }
    return Devices.open(null);
  }

  private static Device fitting(DeviceProvider.Found found, Model model) {
    Device tried = null;
    try {
      tried = found.opener().open();
      MemoryNeed.check(model, tried);
      return tried;
    } catch (DeviceException e) {
      LOG.info("Not on {}: {}", found.id(), e.getMessage());
      if (tried != null) {
        tried.close();
      }
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    pass.close();
    device.close();
    model.close();
  }
}
