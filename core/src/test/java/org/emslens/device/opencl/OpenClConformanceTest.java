package org.emslens.device.opencl;

import java.util.function.UnaryOperator;
import org.emslens.device.Device;
import org.emslens.device.DeviceConformance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** With the sizes that suit the device. */
@Execution(ExecutionMode.CONCURRENT)
class OpenClConformanceTest extends DeviceConformance {
  @Override
  protected Device open() {
    return OpenCl.open(OpenCl.unoptimised(UnaryOperator.identity()));
  }
}
