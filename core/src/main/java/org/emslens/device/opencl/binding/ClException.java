package org.emslens.device.opencl.binding;

/** A function of OpenCL that did not succeed. */
public final class ClException extends RuntimeException {
  private final int code;

  ClException(String function, int code) {
    super(function + ": " + ClCode.name(code));
    this.code = code;
  }

  /** Whether memory was asked for that the device, or this computer, does not have. */
  public boolean isOutOfMemory() {
    return code == ClCode.MEM_OBJECT_ALLOCATION_FAILURE
        || code == ClCode.OUT_OF_HOST_MEMORY
        || code == ClCode.INVALID_BUFFER_SIZE
        || code == ClCode.OUT_OF_RESOURCES;
  }

  /** Whether a program could not be built, so that there is a log. */
  public boolean isBuildFailure() {
    return code == ClCode.BUILD_PROGRAM_FAILURE;
  }
}
