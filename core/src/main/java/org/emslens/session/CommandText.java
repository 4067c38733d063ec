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
   * Runs the prompt again and generates as many tokens.
   *
   * @param model file or folder of the model, or null for the default one
   */
  public static String run(Run run, String model) {
    List<String> words = new ArrayList<>(List.of("run"));
    if (model != null) {
      words.addAll(List.of("--model", model));
    }
    words.add("--prompt=" + run.promptText());
    words.addAll(cache(run.choice()));
    words.addAll(List.of("--max-new-tokens", Integer.toString(run.steps().size() - 1)));
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

  private static List<String> cache(CacheChoice c) {
    List<String> words = new ArrayList<>(List.of("--policy", c.policy().id()));
    if (c.policy() != Policies.FULL) {
      words.addAll(List.of("--budget", c.budget().toString()));
      CacheOptions preset = c.policy().preset();
      Arrays.stream(Switch.values())
          .filter(s -> !s.get(c.options()).equals(s.get(preset)))
          .forEach(s -> words.addAll(option(s, s.get(c.options()))));
    }
    return words;
  }

  private static List<String> option(Switch s, String value) {
    return value.equals("false") ? List.of("--no-" + s.id()) : List.of("--" + s.id(), value);
  }
}
