package org.emslens.fuzz;

import java.nio.file.Path;
import org.emslens.model.ModelLoader;

/** The head of a GGUF file, weights of zero after it. */
public final class GgufTarget {
  private static final int WEIGHTS = 200_000;
  private static final Path FILE = Attempt.folder().resolve("model.gguf");

  private GgufTarget() {}

  public static void fuzzerTestOneInput(byte[] head) {
    Attempt.write(FILE, head, WEIGHTS);
    Attempt.read(head.length + WEIGHTS, () -> ModelLoader.open(FILE).close());
  }
}
