package org.emslens.engine;

import org.emslens.device.Device;
import org.emslens.device.Devices;
import org.junit.jupiter.api.parallel.Isolated;

/** On the processor. */
@Isolated("takes all processors")
class GoldenTest extends Goldens {
  @Override
  Device device() {
    return Devices.open("cpu");
  }
}
