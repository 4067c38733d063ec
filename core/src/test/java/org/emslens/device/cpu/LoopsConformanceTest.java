package org.emslens.device.cpu;

import org.emslens.device.Device;
import org.emslens.device.DeviceConformance;

/** The processor without Java's Vector API. */
class LoopsConformanceTest extends DeviceConformance {
  @Override
  protected Device open() {
    Backend.check();
    return new CpuDevice("loops", false, new LoopKernels());
  }
}
