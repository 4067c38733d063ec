package org.emslens;

import org.emslens.device.Devices;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Starts ND4J before any test: while it starts, it walks through the libraries that are loaded, and
 * PoCL, which loads a library for each kernel, may wait for it as it waits for PoCL, for good.
 */
public class Nd4jFirst implements LauncherSessionListener {
  @Override
  public void launcherSessionOpened(LauncherSession session) {
    Devices.open("cpu").close();
  }
}
