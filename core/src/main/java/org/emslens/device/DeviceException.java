package org.emslens.device;

/** A device that cannot be used or has failed; the message is a sentence that says what to do. */
public final class DeviceException extends IllegalStateException {

  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }

  public DeviceException(String message) {
    super(message);
  }
}
