package org.emslens.device.opencl;

import java.io.PrintWriter;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.emslens.Thorough;
import org.emslens.device.Device;
import org.emslens.device.DeviceConformance;
import org.emslens.format.DType;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** The conformance kit on few tokens, as a program: what watches kernels takes its time. */
public class CheckedKit extends DeviceConformance {
  @Override
  protected Device open() {
    // Groups that the sizes of the kit fill and do not fill.
    return OpenCl.open(OpenCl.limits(16 << 10, 256));
  }

  @Override
  protected int[] products() {
    return new int[] {1, 5};
  }

  /**
   * One of each way in which numbers lie: what differs otherwise are constants. Experts and odd
   * rows are in float32.
   */
  @Override
  protected Set<DType> formats() {
    return Thorough.asked()
        ? super.formats()
        : EnumSet.of(DType.F16, DType.BF16, DType.Q4_0, DType.Q5_1, DType.Q8_0, DType.Q6_K);
  }

  @Override
  protected List<Heads> heads() {
    return List.of(new Heads(3, 10), new Heads(1, 6), new Heads(2, 16));
  }

  @Override
  protected int manyTokens() {
    return 9;
  }

  @Override
  protected int rounds() {
    return 1;
  }

  @Override
  protected int longPrompt() {
    return 24;
  }

  /** Runs it; ends with 1 where a test fails, or none ran. */
  public static void main(String[] args) {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(CheckedKit.class))
                .build(),
            listener);
    listener.getSummary().printFailuresTo(new PrintWriter(System.out, true));
    boolean good =
        listener.getSummary().getTestsSucceededCount() > 0
            && listener.getSummary().getTotalFailureCount() == 0;
    System.exit(good ? 0 : 1);
  }
}
