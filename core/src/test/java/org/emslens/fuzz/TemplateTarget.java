package org.emslens.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.emslens.TestFiles;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.emslens.text.ChatMessage;
import org.emslens.text.ChatTemplate;
import org.emslens.text.Tokenizer;

/** A chat template. */
public final class TemplateTarget {
  private static final Tokenizer TOKENIZER = tokenizer();
  private static final List<ChatMessage> CHAT =
      List.of(
          new ChatMessage("system", "Be brief."),
          new ChatMessage("user", "Hello"),
          new ChatMessage("assistant", "<think>\nHm.\n</think>\n\nGood day."),
          new ChatMessage("user", "And now?"));

  private TemplateTarget() {}

  private static Tokenizer tokenizer() {
    try (Model model = ModelLoader.open(TestFiles.path("tiny/plain"))) {
      return model.tokenizer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void fuzzerTestOneInput(byte[] source) {
    String template = new String(source, StandardCharsets.UTF_8);
    Attempt.read(() -> new ChatTemplate(template, TOKENIZER).render(CHAT));
  }
}
