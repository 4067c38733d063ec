package org.emslens.device.opencl;

import org.emslens.device.Device;
import org.emslens.device.DeviceConformance;

/** With the programs that a card with sub-groups is given, where they are as small as can be. */
class SubgroupsConformanceTest extends DeviceConformance {
  @Override
  protected Device open() {
    return OpenCl.open(
        OpenCl.subgroups(
            "-DSUBGROUPS -Dsub_group_reduce_add(x)=(x) -Dsub_group_reduce_max(x)=(x)"
                + " -Dget_sub_group_local_id()=0 -Dget_sub_group_id()=get_local_id(0)"
                + " -Dget_num_sub_groups()=get_local_size(0)"));
  }
}
