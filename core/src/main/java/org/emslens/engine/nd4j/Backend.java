package org.emslens.engine.nd4j;

import java.util.Properties;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Which ND4J backend is at work. */
final class Backend {
  static {
    BlasThreads.sleepSoon();
  }

  private Backend() {}

  /**
   * @throws IllegalStateException in one sentence, where none can be started
   */
  static String name() {
    Properties about = about();
    return isCuda()
        ? "ND4J CUDA"
        : "ND4J CPU (" + about.get("blas.vendor") + ", " + about.get("omp.threads") + " threads)";
  }

  static boolean isCuda() {
    return "CUDA".equals(about().getProperty("backend"));
  }

  private static Properties about() {
    try {
      return Nd4j.getExecutioner().getEnvironmentInformation();
    } catch (ExceptionInInitializerError | NoClassDefFoundError | RuntimeException e) {
      throw unusable(e);
    }
  }

  /**
   * Launches one product: a card that is too new for the backend's kernels says so only then.
   *
   * @throws IllegalStateException in one sentence, where it does not come back
   */
  static void check() {
    try {
      INDArray one = Nd4j.ones(2, 2);
      one.mmul(one).getFloat(0);
    } catch (RuntimeException e) {
      throw unusable(e);
    }
  }

  private static IllegalStateException unusable(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new IllegalStateException(
        "ND4J finds no backend that runs on this machine ("
            + cause.getMessage()
            + "); the CUDA backend needs a card from Pascal to Ada, and the CPU backend is the default build.",
        e);
  }
}
