package org.emslens.engine;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.emslens.Thorough;
import org.emslens.device.Device;
import org.emslens.device.DeviceProvider;
import org.emslens.device.Devices;
import org.junit.jupiter.api.parallel.Isolated;

/** On the first device of OpenCL: a card, or PoCL, which runs on the processor. */
@Isolated("PoCL takes all processors")
class OpenClGoldenTest extends Goldens {
  @Override
  Device device() {
    var found =
        Devices.find().stream()
            .filter(f -> f.id().startsWith("opencl:"))
            .filter(DeviceProvider.Found::usable)
            .findFirst();
    assumeTrue(found.isPresent(), "there is no OpenCL on this machine");
    return found.get().opener().open();
  }

  /** PoCL takes its time. */
  @Override
  int most() {
    return Thorough.asked() ? super.most() : 32;
  }
}
