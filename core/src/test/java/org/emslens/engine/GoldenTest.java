package org.emslens.engine;

import org.emslens.device.Device;
import org.emslens.device.Devices;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** On the processor. */
@Execution(ExecutionMode.CONCURRENT)
class GoldenTest extends Goldens {
  @Override
  Device device() {
    return Devices.open("cpu");
  }
}
