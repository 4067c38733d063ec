package org.emslens.device.opencl;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.emslens.device.DeviceException;
import org.emslens.device.DeviceProvider;
import org.emslens.device.opencl.Probe.Probed;
import org.emslens.device.opencl.binding.Cl;
import org.emslens.device.opencl.binding.ClException;
import org.emslens.hub.UserFolders;

/** What this machine's drivers for OpenCL offer. */
public final class OpenClProvider implements DeviceProvider {
  private static final int CARD_RANK = 20;

  /** What shares the processor's memory decodes no faster than the processor. */
  private static final int BUILT_IN_RANK = 5;

  /** A processor by its driver for OpenCL is slower than by Java. */
  private static final int OTHER_RANK = 1;

  @Override
  public List<Found> find() {
    Probes.Result result = new Probes(UserFolders.programs(), Probes.java()).get();
    List<Found> found = new ArrayList<>();
    if (result.fault() != null) {
      found.add(
          new Found(
              "opencl",
              "what drivers for OpenCL offer",
              CARD,
              0,
              "OpenCL",
              result.fault(),
              OTHER_RANK,
              null));
    }
    result.cards().forEach(p -> found.add(found(p)));
    return found;
  }

  private static Found found(Probed p) {
    CardInfo card = p.card();
    return new Found(
        card.id(),
        card.name(),
        card.gpu() ? CARD : "processor",
        card.memory(),
        card.version() + ", " + card.platformName() + " " + card.driver(),
        p.fault(),
        card.gpu() ? card.unified() ? BUILT_IN_RANK : CARD_RANK : OTHER_RANK,
        () -> open(card));
  }

  private static OpenClDevice open(CardInfo card) {
    try {
      Cl cl = Cl.load(Probe.names()).orElseThrow(() -> gone(card, null));
      MemorySegment platform = cl.platforms().get(card.platform());
      MemorySegment device = cl.devices(platform).get(card.index());
      CardInfo now = CardInfo.of(cl, card.platform(), platform, card.index(), device);
      if (!now.isSame(card)) {
        throw gone(card, null);
      }
      return new OpenClDevice(new Card(cl, device, now), ProgramCache.in(UserFolders.programs()));
    } catch (ClException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw gone(card, e);
    }
  }

  private static DeviceException gone(CardInfo card, Throwable cause) {
    return new DeviceException(
        card.name()
            + " is no longer there"
            + (cause == null ? "" : " (" + cause.getMessage() + ")")
            + ", or has another driver now; 'emslens devices' lists what there is.",
        cause);
  }
}
