package org.emslens.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntFunction;
import org.emslens.engine.Progress;

/**
 * Plain English of any length that states nothing worth asking about, and facts to hide in it. The
 * same seed gives the same text.
 */
public final class Prose {
  private static final List<String> ANIMALS =
      words(
          "hedgehog heron lynx donkey magpie beaver rabbit pony gull trout ferret robin cow eagle");
  private static final List<String> TRADES =
      words("cooper mason glazier ferryman printer shepherd thatcher brewer cobbler notary joiner");
  private static final List<String> SPOTS =
      words(
          "quay paddock courtyard station canal meadow tavern hillside ferry school granary pier");
  private static final List<String> THINGS =
      words(
          "ladder kettle wheel parcel violin barrel compass shawl lantern saw jug net stool flag");
  private static final List<String> LOOKS =
      words(
          "rusty pale narrow bright crooked dusty heavy plain polished faded smooth worn spotless");
  private static final List<String> MOODS =
      words("patient restless merry thoughtful stubborn cautious friendly silent earnest drowsy");
  private static final List<String> SKIES =
      words("drizzle thaw hail breeze haze thunder sleet moonlight twilight sunshine");
  private static final List<String> MEALS =
      words(
          "porridge dumplings pears lentils rye mustard pancakes chestnuts barley cider radishes");
  private static final List<String> TIMES =
      List.of(
          "After supper",
          "Before dawn",
          "Late in autumn",
          "On market day",
          "Towards noon",
          "In early spring",
          "The week after");
  private static final List<String> STARTS =
      words(
          "Al Bren Cor Dal Esk Fair Glen Hart Ives Kes Lund Mor Nor Oak Pen Quin Rav Sel Thorn Wel");
  private static final List<String> ENDS =
      words("bury combe crest field ley march mouth rick shaw stoke thorpe vale water well worth");
  private static final List<String> KINDS =
      List.of("safe code", "locker number", "phone extension", "invoice number", "gate code");

  private final Random random;

  public Prose(long seed) {
    // Neighbouring seeds give related first draws, unlike scrambled ones.
    random = new Random(seed * 0x9E3779B97F4A7C15L);
  }

  private static List<String> words(String all) {
    return List.of(all.split(" "));
  }

  /**
   * A text with one fact in it, and a question that asks for it.
   *
   * @param text prose, the fact within
   * @param question ends where the answer begins
   * @param answer as the model should go on, its leading space included
   */
  public record Needle(String text, String question, String answer) {}

  /**
   * @param tokens length of the prose, as `count` counts, about
   * @param depth where the fact stands, from 0 (first) to 1 (last); negative for anywhere
   * @param progress throws to stop
   */
  public Needle needle(int tokens, double depth, ToIntFunction<String> count, Progress progress) {
    String what = pick(KINDS) + " of " + pick(STARTS) + pick(ENDS);
    StringBuilder digits = new StringBuilder();
    for (int i = 0; i < 5; i++) {
      digits.append(random.nextInt(10));
    }
    List<String> sentences = sentences(tokens, count, progress);
    double at = depth < 0 ? random.nextDouble() : depth;
    sentences.add((int) Math.round(at * sentences.size()), "The " + what + " is " + digits + ".");
    return new Needle(
        String.join(" ", sentences),
        "\n\nQuestion: What is the " + what + "?\nAnswer: The " + what + " is",
        " " + digits);
  }

  /**
   * Sentences of about so many tokens together.
   *
   * @param progress throws to stop
   */
  public List<String> sentences(int tokens, ToIntFunction<String> count, Progress progress) {
    List<String> out = new ArrayList<>();
    int n = 0;
    while (n < tokens) {
      progress.at((double) n / tokens);
      String next = sentence();
      out.add(next);
      n += count.applyAsInt(" " + next);
    }
    return out;
  }

  private String sentence() {
    return switch (random.nextInt(14)) {
      case 0 -> "The " + pick(TRADES) + " left a " + pick(LOOKS) + " " + pick(THINGS) + at();
      case 1 -> pick(TIMES) + " a " + pick(ANIMALS) + " was seen" + at();
      case 2 -> "Nobody asked why the " + pick(THINGS) + " stood" + at();
      case 3 -> "A " + pick(MOODS) + " " + pick(TRADES) + " carried " + pick(MEALS) + to();
      case 4 -> "The " + pick(SKIES) + " lasted until the " + pick(TRADES) + " came" + to();
      case 5 -> "They ate " + pick(MEALS) + " with " + pick(MEALS) + at();
      case 6 -> pick(TIMES) + " the " + pick(SPOTS) + " was " + pick(LOOKS) + " and quiet.";
      case 7 -> "The " + pick(ANIMALS) + " waited for the " + pick(ANIMALS) + at();
      case 8 -> "Between the " + pick(SPOTS) + " and the " + pick(SPOTS) + " lay a path.";
      case 9 -> "The " + pick(TRADES) + " felt " + pick(MOODS) + " in the " + pick(SKIES) + ".";
      case 10 -> "It took the " + pick(TRADES) + " all day to mend the " + pick(THINGS) + ".";
      case 11 -> "Some said the " + pick(ANIMALS) + " liked " + pick(MEALS) + " best.";
      case 12 -> "The children painted the " + pick(THINGS) + " and the " + pick(THINGS) + ".";
      default -> pick(TIMES) + " the " + pick(TRADES) + " told a " + pick(MOODS) + " joke.";
    };
  }

  private String at() {
    return " near the " + pick(SPOTS) + ".";
  }

  private String to() {
    return " to the " + pick(SPOTS) + ".";
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
