package org.emslens.device;

import java.util.List;

/** A kind of device, found by {@link java.util.ServiceLoader}. */
public interface DeviceProvider {
  /** The kind of a graphics card. */
  String CARD = "graphics card";

  /**
   * What it finds on this machine, those included that cannot be used. Takes a second at most, but
   * for the first time that a driver is asked, and never throws.
   */
  List<Found> find();

  /**
   * A device that may be opened.
   *
   * @param id what it is called on the command line
   * @param name what it is
   * @param kind processor, graphics card ...
   * @param bytes of memory, or 0 where it is not known
   * @param driver by which it is reached
   * @param unusable why it cannot be used, in a sentence, or null
   * @param rank the usable device with the largest is the one that is meant where none is named
   * @param opener makes it
   */
  record Found(
      String id,
      String name,
      String kind,
      long bytes,
      String driver,
      String unusable,
      int rank,
      Opener opener) {

    /** Whether it is a graphics card. */
    public boolean isCard() {
      return kind.equals(CARD);
    }

    public boolean usable() {
      return unusable == null;
    }
  }

  /** Makes a device. */
  @FunctionalInterface
  interface Opener {
    /**
     * @throws DeviceException in a sentence with what to do, where it cannot be made
     */
    Device open();
  }
}
