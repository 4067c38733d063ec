package org.emslens.device.opencl;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.emslens.device.DeviceException;
import org.emslens.device.DeviceProvider;
import org.emslens.device.opencl.binding.Cl;
import org.emslens.device.opencl.binding.ClException;
import org.emslens.device.opencl.binding.ClLibrary;
import org.emslens.hub.UserFolders;

/** What this machine's drivers for OpenCL offer. */
public final class OpenClProvider implements DeviceProvider {
  // Below the processor until a card has been tried.
  private static final int GPU_RANK = 5;
  private static final int OTHER_RANK = 1;

  @Override
  public List<Found> find() {
    List<Found> found = new ArrayList<>();
    for (CardInfo card : cards()) {
      found.add(
          new Found(
              card.id(),
              card.name(),
              card.gpu() ? "graphics card" : "processor",
              card.memory(),
              card.version() + ", " + card.platformName() + " " + card.driver(),
              null,
              card.gpu() ? GPU_RANK : OTHER_RANK,
              () -> open(card)));
    }
    return found;
  }

  private static List<String> names() {
    return ClLibrary.names(System.getenv(), System.getProperty("os.name"));
  }

  static List<CardInfo> cards() {
    List<CardInfo> cards = new ArrayList<>();
    Cl cl = Cl.load(names()).orElse(null);
    if (cl == null) {
      return cards;
    }
    try {
      List<MemorySegment> platforms = cl.platforms();
      for (int p = 0; p < platforms.size(); p++) {
        List<MemorySegment> devices = cl.devices(platforms.get(p));
        for (int d = 0; d < devices.size(); d++) {
          cards.add(CardInfo.of(cl, p, platforms.get(p), d, devices.get(d)));
        }
      }
    } catch (ClException e) {
      // A driver without a device.
    }
    return cards;
  }

  private static OpenClDevice open(CardInfo card) {
    Cl cl = Cl.load(names()).orElseThrow(() -> new DeviceException("OpenCL has gone."));
    MemorySegment device = cl.devices(cl.platforms().get(card.platform())).get(card.index());
    Path programs = UserFolders.programs();
    return new OpenClDevice(new Card(cl, device, card), new ProgramCache(programs));
  }
}
