package org.emslens.device.plain;

import java.util.List;
import org.emslens.device.DeviceProvider;

/** The plain device, which is everywhere. */
public final class PlainProvider implements DeviceProvider {

  @Override
  public List<Found> find() {
    return List.of(
        new Found(
            "plain",
            "plain loops in double precision, to check others by",
            "processor",
            0,
            "Java " + Runtime.version().feature(),
            null,
            0,
            PlainDevice::new));
  }
}
