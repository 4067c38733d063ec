package org.emslens.device.cpu;

import org.emslens.device.Device;
import org.emslens.device.DeviceConformance;
import org.emslens.device.Devices;

class CpuConformanceTest extends DeviceConformance {
  @Override
  protected Device open() {
    return Devices.open("cpu");
  }
}
