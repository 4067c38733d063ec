package org.emslens.device.opencl;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.emslens.device.Device;
import org.emslens.device.DeviceConformance;
import org.emslens.format.DType;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** As on a device with usual work-groups, but so little local memory that tiles shrink. */
@Execution(ExecutionMode.CONCURRENT)
class LittleMemoryConformanceTest extends DeviceConformance {
  @Override
  protected Device open() {
    return OpenCl.open(OpenCl.unoptimised(OpenCl.limits(6 << 10, 256)));
  }

  /** How numbers are unpacked does not depend on sizes: enough of them to see a product right. */
  @Override
  protected Set<DType> formats() {
    return EnumSet.of(DType.F16, DType.Q4_K, DType.Q6_K);
  }

  @Override
  protected List<Heads> heads() {
    return List.of(new Heads(3, 38));
  }
}
