package org.emslens.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChatTemplateTest {
  private static final List<ChatMessage> CHAT = List.of(new ChatMessage("user", "Hi {{ 1 + 1 }}"));

  private static String render(String template) {
    return new ChatTemplate(template, Map.of("bos_token", "<s>")).render(CHAT);
  }

  @Test
  void whatIsNotKnownIsNamed() {
    String said =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    new ChatTemplate("{{ messages[0].content | nosuchfilter }}", Map.of())
                        .render(CHAT))
            .getMessage();
    assertTrue(said.contains("nosuchfilter"), said);
  }

  @Test
  void namedTokensAndMessages() {
    assertEquals(
        "<s>[user] Hi {{ 1 + 1 }}",
        render(
            "{{ bos_token }}{% for m in messages %}[{{ m['role'] }}] {{ m.content }}{% endfor %}"));
  }

  @Test
  void aTemplateCanRefuse() {
    String why =
        assertThrows(
                IllegalArgumentException.class,
                () -> render("{{ raise_exception('roles must alternate') }}"))
            .getMessage();
    assertTrue(why.contains("roles must alternate"), why);
  }

  @Test
  void nothingOfJavaIsReachable() {
    String out = "";
    try {
      out = render("{{ messages.getClass().forName('java.lang.Runtime') }}{{ ''.class.name }}");
    } catch (IllegalArgumentException e) {
      // Refused, which is as good.
    }
    assertFalse(out.contains("java"), out);
  }

  /** A million million turns of a loop that say nothing; and as many errors. */
  @Test
  void whatDoesNotEndIsGivenUp() {
    String loop = "{% for i in range(9999) %}";
    String end = "{% endfor %}";
    for (String body : new String[] {"", "{{ i.x.y( }}"}) {
      String why =
          assertTimeoutPreemptively(
              Duration.ofSeconds(20),
              () ->
                  assertThrows(
                          IllegalArgumentException.class,
                          () -> render(loop + loop + loop + body + end + end + end))
                      .getMessage());
      assertTrue(why.startsWith("The model's chat template cannot be rendered: "), why);
    }
  }
}
