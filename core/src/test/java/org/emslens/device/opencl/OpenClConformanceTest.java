package org.emslens.device.opencl;

import java.util.function.UnaryOperator;
import org.emslens.device.Device;
import org.emslens.device.DeviceConformance;

/** With the sizes that suit the device. */
class OpenClConformanceTest extends DeviceConformance {
  @Override
  protected Device open() {
    return OpenCl.open(UnaryOperator.identity());
  }
}
