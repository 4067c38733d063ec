package org.emslens.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import org.emslens.format.BadFileException;
import org.emslens.format.Json;
import org.junit.jupiter.api.Test;

/** The language models of those that see. */
class TextPartTest {
  private static final Path FILE = Path.of("config.json");

  private static JsonNode text(String architecture, String config) throws IOException {
    return TextPart.of(architecture).config(FILE, Json.MAPPER.readTree(config));
  }

  /** What Gemma 3 4B's config.json has in it, and what it leaves to its class. */
  @Test
  void whatItsClassPresumesIsFilledIn() throws IOException {
    JsonNode c =
        text(
            "Gemma3ForConditionalGeneration",
            """
            {"text_config": {"hidden_size": 2560, "intermediate_size": 10240,
              "model_type": "gemma3_text", "num_hidden_layers": 34,
              "rope_scaling": {"factor": 8.0, "rope_type": "linear"}, "sliding_window": 1024}}
            """);
    assertEquals(2560, c.get("hidden_size").asInt());
    assertEquals(1024, c.get("sliding_window").asInt());
    assertEquals(8, c.get("num_attention_heads").asInt());
    assertEquals(4, c.get("num_key_value_heads").asInt());
    assertEquals(262208, c.get("vocab_size").asInt());
    assertEquals(1e6, c.get("rope_theta").asDouble());
  }

  /** Newer files say how they turn, layer by kind of layer. */
  @Test
  void whatIsSaidIsNotPresumed() throws IOException {
    JsonNode c =
        text(
            "Gemma3ForConditionalGeneration",
            """
            {"text_config": {"model_type": "gemma3_text",
              "rope_parameters": {"full_attention": {"rope_theta": 5}}}}
            """);
    assertTrue(c.path("rope_theta").isMissingNode());
  }

  /** Ministral 3 goes under Mistral 3's name, and scales its queries. */
  @Test
  void anotherLanguageModelUnderTheSameNameIsRefused() {
    String said =
        assertThrows(
                BadFileException.class,
                () ->
                    text(
                        "Mistral3ForConditionalGeneration",
                        "{\"text_config\": {\"model_type\": \"ministral3\"}}"))
            .getMessage();
    assertTrue(said.contains("'ministral3'; supported is 'mistral'"), said);
  }

  @Test
  void aFileWithoutItIsRefused() {
    String said =
        assertThrows(BadFileException.class, () -> text("Mistral3ForConditionalGeneration", "{}"))
            .getMessage();
    assertTrue(said.contains("'text_config' is missing"), said);
  }
}
