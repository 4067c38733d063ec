package org.emslens.device.opencl;

import org.emslens.device.Device;
import org.emslens.device.DeviceConformance;

/** As on a device with the least that there is: 16 KB of local memory, work-groups of 32. */
class SmallGroupsConformanceTest extends DeviceConformance {
  @Override
  protected Device open() {
    return OpenCl.open(OpenCl.limits(16 << 10, 32));
  }
}
