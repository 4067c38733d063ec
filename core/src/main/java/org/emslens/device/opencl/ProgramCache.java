package org.emslens.device.opencl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.emslens.format.AtomicFile;
import org.emslens.format.Sha256;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Built programs in a folder, so that only a card's first use takes its compiler's time. What
 * cannot be kept is built again.
 */
final class ProgramCache {
  private static final Logger LOG = LoggerFactory.getLogger(ProgramCache.class);

  /** Keeps nothing. */
  static final ProgramCache NONE = new ProgramCache(null);

  private final Path folder;

  private ProgramCache(Path folder) {
    this.folder = folder;
  }

  static ProgramCache in(Path folder) {
    return new ProgramCache(folder);
  }

  /** What was built, or null. */
  byte[] get(CardInfo card, String source, String options) {
    if (folder == null) {
      return null;
    }
    try {
      Path file = file(card, source, options);
      return Files.exists(file) ? Files.readAllBytes(file) : null;
    } catch (IOException e) {
      return null;
    }
  }

  void put(CardInfo card, String source, String options, byte[] built) {
    if (folder == null) {
      return;
    }
    try {
      AtomicFile.write(file(card, source, options), out -> out.write(built));
    } catch (IOException e) {
      LOG.info("A built program could not be kept: {}", e.getMessage());
    }
  }

  private Path file(CardInfo card, String source, String options) {
    String digest = Sha256.of(card.name(), card.platformName(), card.driver(), options, source);
    return folder.resolve(digest.substring(0, 32) + ".bin");
  }
}
