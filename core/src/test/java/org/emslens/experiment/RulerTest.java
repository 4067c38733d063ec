package org.emslens.experiment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.emslens.DefaultModel;
import org.emslens.TestFiles;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.Policies;
import org.emslens.device.Devices;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Progress;
import org.emslens.format.Json;
import org.emslens.math.Ranking;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.emslens.session.Budget;
import org.emslens.session.CacheChoice;
import org.emslens.text.Tokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RULER's tasks: what they ask can be told from their text, and each part of an answer counts. */
class RulerTest {
  /** Letters are counted in the place of tokens. */
  private static Ruler.Text text(Ruler kind, int letters, long seed) {
    return kind.text(letters, seed, String::length, Progress.NONE);
  }

  @ParameterizedTest
  @EnumSource(Ruler.class)
  void isAsLongAsAskedAndAnotherForEverySeed(Ruler kind) {
    for (int tokens : new int[] {5000, 16_000}) {
      Ruler.Text t = text(kind, tokens, 1);
      assertEquals(tokens, t.text().length(), 0.1 * tokens);
      assertEquals(t, text(kind, tokens, 1));
      assertNotEquals(t.text(), text(kind, tokens, 2).text());
      assertEquals(t.answers().size(), t.answers().stream().distinct().count());
    }
  }

  /** What is asked for stands in the text as the question says. */
  @Test
  void answersAreThoseOfTheText() {
    for (long seed = 1; seed <= 20; seed++) {
      for (Ruler kind :
          List.of(Ruler.SINGLE, Ruler.MULTI_KEY, Ruler.MULTI_VALUE, Ruler.MULTI_QUERY)) {
        Ruler.Text t = text(kind, 2000, seed);
        List<String> numbers = all(t.text(), "is ([0-9]{7})\\.");
        assertEquals(kind == Ruler.SINGLE ? 1 : 4, numbers.size());
        assertTrue(numbers.containsAll(t.answers()));
        String asked = t.question().substring(0, t.question().indexOf("?"));
        List<String> keys = all(t.text(), "number of the ([a-z]+) is");
        List<String> wanted = all(asked, "(?:of|,|and) the ([a-z]+)");
        assertEquals(
            t.answers(),
            IntStream.range(0, numbers.size())
                .filter(i -> wanted.contains(keys.get(i)))
                .mapToObj(numbers::get)
                .toList(),
            "in the order of the text");
      }
      Ruler.Text v = text(Ruler.VARIABLES, 2000, seed);
      List<String> names = all(v.text(), "VAR ([A-Z]{5}) =");
      assertEquals(v.answers(), names);
      List<String> from = all(v.text(), "= VAR ([A-Z]{5})\\.");
      assertEquals(names.subList(0, names.size() - 1), from);

      Ruler.Text c = text(Ruler.COMMON, 16_000, seed);
      Map<String, Long> counts = counts(all(c.text(), "[0-9]+\\. ([a-z]+(?: [a-z]+)?)(?= |$)"));
      long least = c.answers().stream().mapToLong(counts::get).min().orElseThrow();
      assertEquals(10, c.answers().size());
      assertTrue(
          counts.entrySet().stream()
              .allMatch(e -> c.answers().contains(e.getKey()) || e.getValue() < least));

      Ruler.Text f = text(Ruler.FREQUENT, 4000, seed);
      List<String> ranked =
          counts(all(f.text(), "\\b([a-z]{6})(?= |$)")).entrySet().stream()
              .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
              .map(Map.Entry::getKey)
              .limit(3)
              .toList();
      assertEquals(f.answers(), ranked);
    }
  }

  private static List<String> all(String text, String pattern) {
    return java.util.regex.Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(r -> r.group(1))
        .toList();
  }

  private static Map<String, Long> counts(List<String> words) {
    return words.stream()
        .filter(w -> !w.equals("coded"))
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }

  /** Tokens of the answers, and those between them. */
  @Test
  void tokensKnowTheirPart() throws IOException {
    try (Model model = ModelLoader.open(DefaultModel.path())) {
      Tokenizer t = model.tokenizer();
      RulerTask task = new RulerTask(Ruler.MULTI_VALUE, 200, false);
      Task.Tokens made = task.tokens(model, 3);
      int[] answer =
          Arrays.copyOfRange(made.continuation(), made.first(), made.continuation().length);
      assertEquals(answer.length, made.parts().length);
      List<String> numbers = Stream.of(t.decode(answer).strip().split(", ")).toList();
      assertEquals(4, numbers.size());
      for (int p = 0; p < 4; p++) {
        int part = p;
        int[] ids =
            IntStream.range(0, answer.length)
                .filter(i -> made.parts()[i] == part)
                .map(i -> answer[i])
                .toArray();
        assertEquals(numbers.get(p), t.decode(ids).strip());
      }
      Task.Tokens inside = new RulerTask(Ruler.MULTI_VALUE, 200, true).tokens(model, 3);
      assertArrayEquals(answer, inside.continuation());
      assertArrayEquals(made.parts(), inside.parts());
      assertEquals(made.text() + made.lead(), inside.text());
      String refused =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> new RulerTask(Ruler.SINGLE, 100_000, true).tokens(model, 1))
              .getMessage();
      assertTrue(refused.contains("the context holds"), refused);
    }
  }

  /** Half an answer that is right is half found. */
  @Test
  void partsAreCountedOneByOne() throws IOException {
    try (Model model = ModelLoader.open(TestFiles.path("tiny/plain"));
        ForwardPass pass = new ForwardPass(model, Devices.open("cpu"), Progress.NONE)) {
      int[] prompt = Tokenizer.ids(model.tokenizer().encodePrompt("The keeper lit the lamp."));
      int[] said = new int[6];
      Arrays.fill(said, 1);
      for (int i = 0; i < said.length; i++) {
        Baseline so = Baseline.of(pass, prompt, said, 0, Progress.NONE);
        said[i] = Ranking.argMax(so.said()[i].logits());
      }
      said[4]++;
      int[] parts = {0, 0, -1, 1, 1, 2};
      // What comes after a wrong token is predicted from the wrong one, as it was given.
      Baseline b = Baseline.of(pass, prompt, said, 0, Progress.NONE);
      boolean last = Ranking.argMax(b.said()[5].logits()) == said[5];
      Baseline whole = new Baseline(b.prefill(), b.continuation(), 0, parts, b.said(), b.taps());
      CacheChoice full = new CacheChoice(Policies.FULL, CacheOptions.EMS, Budget.share(1));
      Drift d = Drift.measure(pass, whole, full, true, Progress.NONE);
      assertEquals((last ? 2 : 1) / 3.0, d.found(), 1e-12);
      assertEquals(d.found(), d.fullFound());
      assertFalse(d.verbatim());
      assertEquals(0.0, Drift.measure(pass, b, full, true, Progress.NONE).found());
    }
  }

  /** Results that were written before answers had parts. */
  @Test
  void whatWasMeasuredBeforeHasOnePart() throws IOException {
    Drift d = Json.MAPPER.readValue("{\"verbatim\":true,\"fullVerbatim\":false}", Drift.class);
    assertEquals(1.0, d.found());
    assertEquals(0.0, d.fullFound());
  }
}
