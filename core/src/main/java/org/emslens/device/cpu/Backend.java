package org.emslens.device.cpu;

import java.util.Properties;
import org.emslens.device.DeviceException;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Which ND4J backend is at work. */
final class Backend {
  static {
    BlasSettings.make();
  }

  /** Whether OpenBLAS was told to keep to the calling thread. */
  private static boolean alone;

  private Backend() {}

  /**
   * @throws DeviceException in one sentence, where none can be started
   */
  static String name() {
    Properties about = about();
    return isCuda()
        ? "ND4J CUDA"
        : "ND4J CPU ("
            + about.get("blas.vendor")
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " threads)";
  }

  /**
   * Has OpenBLAS multiply on the calling thread only: several of ours call it at once instead. Its
   * own threads must not be at work when some library forks this process, which GTK does for a file
   * dialog: its handler then waits for ever.
   *
   * <p>Said once: JavaCPP looks its function up among all loaded libraries each time, and waits for
   * good where an OpenCL driver that unloads one meanwhile waits for it.
   */
  private static synchronized void multiplyOnOwnThread() {
    if (!alone && !isCuda()) {
      Nd4j.factory().blas().setMaxThreads(1);
      alone = true;
    }
  }

  static boolean isCuda() {
    return "CUDA".equals(about().getProperty("backend"));
  }

  private static Properties about() {
    try {
      return Nd4j.getExecutioner().getEnvironmentInformation();
    } catch (RuntimeException | LinkageError e) {
      throw unusable(e);
    }
  }

  /**
   * Launches one product: a card that is too new for the backend's kernels says so only then.
   *
   * @throws DeviceException in one sentence, where it does not come back
   */
  static void check() {
    try {
      multiplyOnOwnThread();
      INDArray one = Nd4j.ones(2, 2);
      one.mmul(one).getFloat(0);
    } catch (RuntimeException | LinkageError e) {
      throw unusable(e);
    }
  }

  private static DeviceException unusable(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new DeviceException(
        "ND4J finds no backend that runs on this machine ("
            + cause.getMessage()
            + "); the CUDA backend needs a card from Pascal to Ada, and the CPU backend is the default build.",
        e);
  }
}
