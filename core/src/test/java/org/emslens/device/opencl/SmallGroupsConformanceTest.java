package org.emslens.device.opencl;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.emslens.device.Device;
import org.emslens.device.DeviceConformance;
import org.emslens.format.DType;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * As on a device with the least that there is: 16 KB of local memory, work-groups of 32; and with
 * the programs that are for cards with sub-groups, here of one work-item each.
 */
@Execution(ExecutionMode.CONCURRENT)
class SmallGroupsConformanceTest extends DeviceConformance {
  private static final UnaryOperator<CardInfo> SUBGROUPS =
      OpenCl.subgroups(
          "-DSUBGROUPS -Dsub_group_reduce_add(x)=(x) -Dsub_group_reduce_max(x)=(x)"
              + " -Dget_sub_group_local_id()=0 -Dget_sub_group_id()=get_local_id(0)"
              + " -Dget_num_sub_groups()=get_local_size(0)");

  @Override
  protected Device open() {
    return OpenCl.open(
        OpenCl.unoptimised(c -> SUBGROUPS.apply(OpenCl.limits(16 << 10, 32).apply(c))));
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
