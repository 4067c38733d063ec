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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatTemplateTest {
  private static final List<ChatMessage> CHAT = List.of(new ChatMessage("user", "Hi {{ 1 + 1 }}"));

  private static String render(String template) {
    return new ChatTemplate(template, Map.of("bos_token", "<s>")).render(CHAT);
  }

  @ParameterizedTest
  @CsvSource({
    "filter, {{ messages[0].content | nosuchfilter }}, nosuchfilter",
    "filter, {% for m in messages | nosuchsort(1) %}{{ m }}{% endfor %}, nosuchsort",
    "test, {% if messages is nosuchtest %}x{% endif %}, nosuchtest"
  })
  void whatIsNotKnownIsNamed(String kind, String template, String name) {
    String said =
        assertThrows(
                IllegalArgumentException.class,
                () -> new ChatTemplate(template, Map.of()).render(CHAT))
            .getMessage();
    assertTrue(said.contains(kind + " '" + name + "' is not known here"), said);
  }

  /** As in what models do with tools, which there are none of. */
  @Test
  void branchesThatAreNotTakenMayNameWhatTheyLike() {
    String template =
        "{% if tools is defined and tools %}{% for k, v in tools | items %}{{ k | max }}{% endfor %}"
            + "{% if x is callable or x is escaped %}{% endif %}{% endif %}"
            + "{% raw %}{{ y | nobody }}{% endraw %}{{ messages[0].content | trim }}";
    assertTrue(
        new ChatTemplate(template, Map.of()).render(CHAT).endsWith(CHAT.getFirst().content()));
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
