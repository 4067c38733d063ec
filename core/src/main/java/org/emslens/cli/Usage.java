package org.emslens.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.MaxValuesExceededException;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in a plain sentence what is wrong with a line that was typed. */
final class Usage {
  /** What names a file rather than a command. */
  private static final String FILE = ".*[/\\\\].*|.*\\.(gguf|safetensors|emslens|txt|md|yaml)";

  /** Where a kind of number alone would not say enough. */
  private static final Map<String, String> EXPECTED =
      Map.of(
          "--temperature", "a number from 0 to 2",
          "--top-p", "a number above 0 and up to 1",
          "--top-k", "a whole number, 0 for no limit",
          "--max-new-tokens", "a whole number, 0 or more",
          "--jobs", "a whole number from 1 to 64",
          "--continuation", "a whole number, 1 or more",
          "--layer", "a layer's number, from 0",
          "--depths", "numbers from 0 to 1, such as 0,0.5,1");

  private final ParameterException e;
  private final List<String> words;

  private Usage(ParameterException e, String[] words) {
    this.e = e;
    this.words = List.of(words);
  }

  /**
   * @param words as they were typed
   */
  static String sentence(ParameterException e, String[] words) {
    // What was typed may hold line breaks.
    return new Usage(e, words).sentence().replaceAll("\\s+", " ");
  }

  private String sentence() {
    return switch (e) {
      case MissingParameterException missing -> missing(missing.getMissing());
      case MaxValuesExceededException more -> twice(more);
      case MutuallyExclusiveArgsException both -> "Give " + choices() + ", not both.";
      case OverwrittenOptionException twice -> name(twice.getOverwritten()) + " is given twice.";
      case UnmatchedArgumentException left -> unmatched(left.getUnmatched().getFirst());
      default ->
          e.getArgSpec() == null || e.getValue() == null ? e.getMessage() : unfit(e.getArgSpec());
    };
  }

  private String twice(MaxValuesExceededException more) {
    return e.getCommandLine().getCommandSpec().argGroups().stream()
        .flatMap(g -> g.args().stream())
        .filter(a -> words.stream().filter(w -> given(a, w)).count() > 1)
        .findFirst()
        .map(a -> name(a) + " is given twice.")
        .orElse(more.getMessage());
  }

  private String missing(List<ArgSpec> missing) {
    for (ArgSpec arg : missing) {
      if (given(arg)) {
        return name(arg) + " needs a value: " + asTyped(arg) + ".";
      }
    }
    if (missing.isEmpty() || missing.getFirst().group() != null) {
      return "Give " + choices() + ".";
    }
    return "Give "
        + missing.stream().map(Usage::asTyped).collect(Collectors.joining(" and "))
        + ".";
  }

  private boolean given(ArgSpec arg) {
    return words.stream().anyMatch(w -> given(arg, w));
  }

  private static boolean given(ArgSpec arg, String word) {
    return arg instanceof OptionSpec o
        && Arrays.stream(o.names()).anyMatch(n -> word.equals(n) || word.startsWith(n + "="));
  }

  /** What a command takes one of, where none was given, or several. */
  private String choices() {
    List<ArgGroupSpec> groups = e.getCommandLine().getCommandSpec().argGroups();
    return groups.stream()
        .filter(
            g ->
                e instanceof MutuallyExclusiveArgsException
                    ? g.args().stream().filter(this::given).count() > 1
                    : g.multiplicity().min() > 0)
        .flatMap(g -> g.args().stream())
        .map(Usage::asTyped)
        .collect(Collectors.joining(" or "));
  }

  private String unmatched(String word) {
    CommandSpec spec = e.getCommandLine().getCommandSpec();
    String help = "; see '" + spec.qualifiedName() + " --help'.";
    if (word.startsWith("-")) {
      return "There is no option '" + word + "' here" + help;
    }
    if (spec.parent() == null && word.matches(FILE)) {
      return "There is no file '" + word + "'.";
    }
    return spec.subcommands().isEmpty()
        ? "'" + word + "' is one word too many" + help
        : "There is no command '" + word + "'" + help;
  }

  private String unfit(ArgSpec arg) {
    boolean many = arg.isMultiValue();
    String found = name(arg) + (many ? " has '" : " is '") + e.getValue() + "'";
    if (e.getValue().matches("[+-]?[0-9]{10,}") && !isDecimal(arg)) {
      return found + ", which is too large.";
    }
    return found + "; expected " + EXPECTED.getOrDefault(name(arg), kind(arg, many)) + ".";
  }

  private static String kind(ArgSpec arg, boolean many) {
    Class<?> type = type(arg);
    if (type == boolean.class || type == Boolean.class) {
      return "no value, or true or false";
    }
    if (type == Path.class) {
      return "a file's name";
    }
    if (isDecimal(arg)) {
      return many ? "numbers, such as 0.5,1" : "a number";
    }
    return many ? "whole numbers, such as 1,2,3" : "a whole number";
  }

  private static boolean isDecimal(ArgSpec arg) {
    return type(arg) == double.class || type(arg) == Double.class;
  }

  private static Class<?> type(ArgSpec arg) {
    return arg.auxiliaryTypes()[0];
  }

  private static String name(ArgSpec arg) {
    return arg instanceof OptionSpec o ? o.longestName() : arg.paramLabel();
  }

  private static String asTyped(ArgSpec arg) {
    return arg instanceof OptionSpec o ? o.longestName() + " " + o.paramLabel() : arg.paramLabel();
  }
}
