package org.emslens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.emslens.TestFiles;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Chat formats of real models, as transformers' apply_chat_template renders them. */
class ChatFormatsTest {

  static Stream<Arguments> formatsAndChats() throws IOException {
    List<Arguments> all = new ArrayList<>();
    JsonNode expected = TestFiles.json("chat/expected.json").get("expected");
    for (Map.Entry<String, JsonNode> format : expected.properties()) {
      format
          .getValue()
          .fieldNames()
          .forEachRemaining(c -> all.add(Arguments.of(format.getKey(), c)));
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("formatsAndChats")
  void isAsTransformersRenders(String format, String chat) throws IOException {
    JsonNode all = TestFiles.json("chat/expected.json");
    List<ChatMessage> messages = new ArrayList<>();
    for (JsonNode m : all.get("chats").get(chat)) {
      messages.add(new ChatMessage(m.get("role").asText(), m.get("content").asText()));
    }
    ChatTemplate template =
        new ChatTemplate(
            Files.readString(TestFiles.path("chat/" + format + ".jinja")),
            Map.of("bos_token", "<s>", "eos_token", "</s>"));
    JsonNode expected = all.get("expected").get(format).get(chat);
    if (expected.has("text")) {
      String text = expected.get("text").asText();
      assertEquals(text, template.render(messages));
      if (messages.size() == 1
          || messages.size() == 2 && messages.getFirst().role().equals("system")) {
        List<ChatMessage> turns = template.turnsOf(text);
        assertFalse(turns.isEmpty(), "what was said can be told from the rendering");
        assertEquals(text, template.render(turns));
        assertTrue(
            turns.getLast().content().contains(messages.getLast().content().strip()),
            turns.toString());
      }
      assertEquals(List.of(), template.turnsOf("x" + text + "y"));
    } else {
      String why =
          assertThrows(IllegalArgumentException.class, () -> template.render(messages))
              .getMessage();
      assertTrue(why.contains(expected.get("refused").asText()), why);
    }
  }
}
