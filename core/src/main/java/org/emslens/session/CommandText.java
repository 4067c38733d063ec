package org.emslens.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.Policies;
import org.emslens.cache.Switch;

/**
 * Command lines that repeat what was done, quoted for a POSIX shell; each is one line, words that
 * have several in the quotes that POSIX took over from bash and zsh.
 */
public final class CommandText {
  private CommandText() {}

  /** A line of the program's name and these. */
  public static String of(List<String> words) {
    return "emslens " + words.stream().map(CommandText::quoted).collect(Collectors.joining(" "));
  }

  private static String quoted(String word) {
    if (word.matches("[A-Za-z0-9_.,:=/+@%-]+")) {
      return word;
    }
    boolean lines = word.indexOf('\n') >= 0 || word.indexOf('\r') >= 0;
    return lines
        ? "$'"
            + word.replace("\\", "\\\\")
                .replace("'", "\\'")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
            + "'"
        : "'" + word.replace("'", "'\\''") + "'";
  }

  /**
   * Runs the prompt again, says what was said after it, and generates as many tokens.
   *
   * @param model file or folder of the model, or null for the default one
   */
  public static String run(Run run, String model) {
    List<String> words = new ArrayList<>(List.of("run"));
    if (model != null) {
      words.addAll(List.of("--model", model));
    }
    words.add("--prompt=" + run.promptText());
    words.addAll(said(run));
    words.addAll(cache(run.choice()));
    Sampling s = run.sampling();
    if (s.temperature() > 0) {
      words.addAll(
          List.of(
              "--temperature",
              Double.toString(s.temperature()),
              "--top-p",
              Double.toString(s.topP()),
              "--top-k",
              Integer.toString(s.topK()),
              "--seed",
              Long.toString(s.seed())));
    }
    if (s.minP() > 0 && s.temperature() > 0) {
      words.addAll(List.of("--min-p", Double.toString(s.minP())));
    }
    if (s.repetition() != 1) {
      words.addAll(List.of("--repetition-penalty", Double.toString(s.repetition())));
    }
    return of(words);
  }

  /** What the user said after the prompt, and how many tokens each answer has. */
  private static List<String> said(Run run) {
    List<String> words = new ArrayList<>();
    List<Integer> answers = new ArrayList<>();
    int from = 0;
    for (Turn t : run.turns()) {
      if (t.last() >= run.steps().size()) {
        break;
      }
      if (t.equals(run.question())) {
        boolean plain = Asking.of(run.promptText(), t.words()).equals(asked(run, t));
        words.add(plain ? "--question=" + t.words() : "--afterwards=" + t.text());
      } else {
        words.add("--turn=" + t.words());
        answers.add(t.first() - 1 - from);
      }
      from = t.last();
    }
    answers.add(run.steps().size() - 1 - from);
    words.add("--max-new-tokens");
    words.add(answers.stream().map(String::valueOf).collect(Collectors.joining(",")));
    return words;
  }

  private static Asking asked(Run run, Turn question) {
    return new Asking(run.promptText(), question.text());
  }

  private static List<String> cache(CacheChoice c) {
    List<String> words = new ArrayList<>(List.of("--policy", c.policy().id()));
    if (c.policy() != Policies.FULL) {
      words.addAll(List.of("--budget", c.budget().toString()));
    }
    CacheOptions preset = c.policy().preset();
    Arrays.stream(Switch.values())
        .filter(c::reads)
        .filter(s -> !s.get(c.options()).equals(s.get(preset)))
        .forEach(s -> words.addAll(option(s, s.get(c.options()))));
    return words;
  }

  private static List<String> option(Switch s, String value) {
    return switch (value) {
      case "true" -> List.of("--" + s.id());
      case "false" -> List.of("--no-" + s.id());
      default -> List.of("--" + s.id(), value);
    };
  }
}
