package org.emslens.device.opencl;

import org.emslens.device.Device;
import org.emslens.device.DeviceConformance;

/** As on a device with usual work-groups, but so little local memory that tiles shrink. */
class LittleMemoryConformanceTest extends DeviceConformance {
  @Override
  protected Device open() {
    return OpenCl.open(OpenCl.limits(6 << 10, 256));
  }
}
