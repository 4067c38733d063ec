package org.emslens.engine;

import org.emslens.device.Device;
import org.emslens.device.Devices;

/** On the processor. */
class GemmaGoldenTest extends GemmaGoldens {
  @Override
  Device device() {
    return Devices.open("cpu");
  }
}
