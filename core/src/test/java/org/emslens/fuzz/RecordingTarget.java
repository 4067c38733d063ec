package org.emslens.fuzz;

import java.nio.file.Path;
import org.emslens.session.Recording;

/** A recording, its parts not compressed in its seed, so that changes reach them. */
public final class RecordingTarget {
  private static final Path FILE = Attempt.folder().resolve("session.emslens");

  private RecordingTarget() {}

  public static void fuzzerTestOneInput(byte[] file) {
    Attempt.write(FILE, file, 0);
    Attempt.read(file.length, () -> Recording.read(FILE));
  }
}
