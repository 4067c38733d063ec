package org.emslens.device.cpu;

import java.util.List;
import org.emslens.device.DeviceProvider;
import org.emslens.device.ProcessMemory;

/** The processor; or ND4J's card, where its CUDA backend is on the class path. */
public final class CpuProvider implements DeviceProvider {
  private static final String CUDA = "org.nd4j.linalg.jcublas.JCublasBackend";

  @Override
  public List<Found> find() {
    boolean cuda = hasCuda();
    return List.of(
        new Found(
            cuda ? "nd4j-cuda" : "cpu",
            cuda ? "NVIDIA card by ND4J's CUDA backend" : processor(),
            cuda ? CARD : "processor",
            cuda ? 0 : ProcessMemory.ofMachine(),
            cuda
                ? "CUDA 11.6"
                : "Java " + Runtime.version().feature() + ", " + Kernels.get().name(),
            null,
            10,
            () -> open(cuda)));
  }

  private static CpuDevice open(boolean cuda) {
    Backend.check();
    return new CpuDevice(cuda ? "nd4j-cuda" : "cpu", Backend.isCuda(), Kernels.get());
  }

  private static boolean hasCuda() {
    try {
      Class.forName(CUDA, false, CpuProvider.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static String processor() {
    return Runtime.getRuntime().availableProcessors()
        + " threads, "
        + System.getProperty("os.arch");
  }
}
