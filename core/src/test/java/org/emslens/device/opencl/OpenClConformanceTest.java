package org.emslens.device.opencl;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import org.emslens.device.Device;
import org.emslens.device.DeviceConformance;
import org.emslens.device.DeviceProvider;

/** The first device of OpenCL that there is: a card, or PoCL, which runs on the processor. */
class OpenClConformanceTest extends DeviceConformance {
  @Override
  protected Device open() {
    Optional<DeviceProvider.Found> found =
        new OpenClProvider().find().stream().filter(DeviceProvider.Found::usable).findFirst();
    assumeTrue(found.isPresent(), "there is no OpenCL on this machine");
    return found.get().opener().open();
  }
}
