package org.emslens.cli;

import picocli.CommandLine.Option;

/** What a command computes with. */
public final class DeviceOption {
  @Option(
      names = "--device",
      paramLabel = "ID",
      description =
          "What computes, an id from 'emslens devices', or gpu: the card with the most memory; left out: a card that the model fits, else the processor.")
  private String device;

  /** The device's id, or null for the best. */
  public String id() {
    return device;
  }
}
