package org.emslens.device.split;

import org.emslens.device.Device;
import org.emslens.device.DeviceConformance;
import org.emslens.device.Devices;

/** The kit's prompts have two layers: one on each side. */
class SplitConformanceTest extends DeviceConformance {
  @Override
  protected Device open() {
    return new SplitDevice(Devices.open("cpu"), Devices.open("plain"), 1, 2);
  }
}
