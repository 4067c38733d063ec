package org.emslens.device.opencl;

import java.lang.foreign.MemorySegment;
import org.emslens.device.opencl.binding.Cl;

/**
 * What a driver tells of one of its devices.
 *
 * @param platform its place among the drivers
 * @param index its place among the driver's devices
 * @param name what it is
 * @param platformName the driver
 * @param version of OpenCL that it has
 * @param driver the driver's version
 * @param gpu whether it is a graphics card
 * @param memory bytes
 * @param largest bytes of one allocation
 * @param local bytes of a work-group's own memory
 * @param group work-items of a work-group at most
 * @param units compute units
 * @param compiles whether its driver builds programs
 * @param unified whether its memory is the computer's
 * @param subgroups options that build programs with sub-groups, or empty where it has none
 */
record CardInfo(
    int platform,
    int index,
    String name,
    String platformName,
    String version,
    String driver,
    boolean gpu,
    long memory,
    long largest,
    long local,
    int group,
    int units,
    boolean compiles,
    boolean unified,
    String subgroups) {
  private static final int PLATFORM_NAME = 0x0902;
  private static final int TYPE = 0x1000;
  private static final int MAX_COMPUTE_UNITS = 0x1002;
  private static final int MAX_WORK_GROUP_SIZE = 0x1004;
  private static final int MAX_MEM_ALLOC_SIZE = 0x1010;
  private static final int GLOBAL_MEM_SIZE = 0x101F;
  private static final int LOCAL_MEM_SIZE = 0x1023;
  private static final int COMPILER_AVAILABLE = 0x1028;
  private static final int HOST_UNIFIED_MEMORY = 0x1035;
  private static final int NAME = 0x102B;
  private static final int DRIVER_VERSION = 0x102D;
  private static final int VERSION = 0x102F;
  private static final int EXTENSIONS = 0x1030;
  private static final String SUBGROUPS = "-DSUBGROUPS";
  private static final int GPU = 1 << 2;

  static CardInfo of(Cl cl, int platform, MemorySegment driver, int index, MemorySegment device) {
    return new CardInfo(
        platform,
        index,
        cl.deviceText(device, NAME),
        cl.platformText(driver, PLATFORM_NAME),
        cl.deviceText(device, VERSION),
        cl.deviceText(device, DRIVER_VERSION),
        (cl.deviceNumber(device, TYPE) & GPU) != 0,
        cl.deviceNumber(device, GLOBAL_MEM_SIZE),
        cl.deviceNumber(device, MAX_MEM_ALLOC_SIZE),
        cl.deviceNumber(device, LOCAL_MEM_SIZE),
        (int) cl.deviceNumber(device, MAX_WORK_GROUP_SIZE),
        (int) cl.deviceNumber(device, MAX_COMPUTE_UNITS),
        (int) cl.deviceNumber(device, COMPILER_AVAILABLE) != 0,
        (int) cl.deviceNumber(device, HOST_UNIFIED_MEMORY) != 0,
        cl.deviceText(device, EXTENSIONS).contains("cl_khr_subgroups") ? SUBGROUPS : "");
  }

  /** Whether it is the same device with the same driver. */
  boolean isSame(CardInfo o) {
    return name.equals(o.name) && platformName.equals(o.platformName) && driver.equals(o.driver);
  }

  /** What it is called on the command line. */
  String id() {
    return "opencl:" + platform + ":" + index;
  }
}
