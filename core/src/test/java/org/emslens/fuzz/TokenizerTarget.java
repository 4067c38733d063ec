package org.emslens.fuzz;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import org.emslens.text.HfTokenizer;
import org.emslens.text.Tokenizer;

/** A `tokenizer.json`, and a text through it and back. */
public final class TokenizerTarget {
  private static final Path FOLDER = Attempt.folder();
  private static final int VOCAB = 4096;

  private TokenizerTarget() {}

  public static void fuzzerTestOneInput(byte[] json) {
    Attempt.write(FOLDER.resolve("tokenizer.json"), json, 0);
    Attempt.read(
        json.length,
        () -> {
          Tokenizer t = HfTokenizer.open(FOLDER, JsonNodeFactory.instance.objectNode(), VOCAB);
          for (int id : Tokenizer.ids(t.encodePrompt("The sea, 12 Fähren.\n\n\t🚢"))) {
            t.piece(id);
          }
        });
  }
}
