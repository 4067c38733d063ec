package org.emslens.engine;

import java.io.IOException;
import org.emslens.device.Device;
import org.emslens.device.DeviceException;
import org.emslens.model.Model;

/**
 * A model in a device's memory; closing closes all three.
 *
 * @param seconds that loading took
 */
public record LoadedModel(Model model, Device device, ForwardPass pass, double seconds)
    implements AutoCloseable {

  /**
   * Loads a model's weights; where that fails, the model is closed. A model that cannot fit is
   * refused before; of one that does not fit a card whole, the processor takes the rest.
   *
   * @param device its id, or null for the best that can be used
   * @throws org.emslens.device.DeviceException in a sentence, where the device cannot be used
   */
  public static LoadedModel load(Model model, String device, Progress progress) throws IOException {
    long start = System.nanoTime();
    Device opened = null;
    try {
      opened = Placement.open(model, device);
      ForwardPass pass;
      try {
        pass = new ForwardPass(model, opened, progress);
      } catch (DeviceException e) {
        if (device != null || !opened.hasOwnMemory()) {
          throw e;
        }
        // Others use a card, too; the processor takes what it does not.
        opened.close();
        opened = null;
        opened = Placement.processor(model);
        pass = new ForwardPass(model, opened, progress);
      }
      return new LoadedModel(model, opened, pass, (System.nanoTime() - start) / 1e9);
    } catch (RuntimeException | Error e) {
      if (opened != null) {
        opened.close();
      }
      model.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    pass.close();
    device.close();
    model.close();
  }
}
