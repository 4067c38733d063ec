package org.emslens.fuzz;

import java.nio.file.Path;
import org.emslens.format.Safetensors;

/** The head of a safetensors file, weights of zero after it. */
public final class SafetensorsTarget {
  private static final int WEIGHTS = 200_000;
  private static final Path FILE = Attempt.folder().resolve("model.safetensors");

  private SafetensorsTarget() {}

  public static void fuzzerTestOneInput(byte[] head) {
    Attempt.write(FILE, head, WEIGHTS);
    Attempt.read(head.length + WEIGHTS, () -> new Safetensors(FILE).close());
  }
}
