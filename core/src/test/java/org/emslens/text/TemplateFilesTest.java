package org.emslens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where folders have their chat template. */
class TemplateFilesTest {
  @TempDir Path folder;

  private String found(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
    return HfTokenizer.chatTemplate(folder);
  }

  @Test
  void theNewestPlaceWins() throws IOException {
    assertNull(HfTokenizer.chatTemplate(folder));
    assertNull(found("tokenizer_config.json", "{\"chat_template\": null}"));
    assertEquals("a", found("tokenizer_config.json", "{\"chat_template\": \"a\"}"));
    assertEquals("b", found("chat_template.json", "{\"chat_template\": \"b\"}"));
    assertEquals("c", found("chat_template.jinja", "c"));
  }

  @Test
  void ofSeveralByNameItIsTheDefault() throws IOException {
    assertEquals(
        "plain",
        found(
            "tokenizer_config.json",
            """
            {"chat_template": [{"name": "tool_use", "template": "tools"},
                               {"name": "default", "template": "plain"}]}
            """));
    assertNull(
        found(
            "tokenizer_config.json",
            "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"documents\"}]}"));
  }
}
