package org.emslens.experiment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.emslens.engine.Progress;

/**
 * The kinds of task of RULER (arXiv 2404.06654) that need no data set: facts among others, a chain
 * of variables, words to be counted. After the paper, in words of our own; the two tasks that ask
 * questions of SQuAD and HotpotQA are not here.
 */
public enum Ruler {
  /** One number in noise that repeats itself. */
  SINGLE("single") {
    @Override
    Text text(Source s) {
      String key = s.words(1).getFirst();
      String number = s.number();
      return s.hidden(s.noise(), List.of(fact(key, number)), ask(key), List.of(number));
    }
  },

  /** One number in prose that holds three more, of other things. */
  MULTI_KEY("multi-key") {
    @Override
    Text text(Source s) {
      List<String> keys = s.words(FACTS);
      List<String> numbers = s.numbers(FACTS);
      List<String> facts =
          IntStream.range(0, FACTS).mapToObj(i -> fact(keys.get(i), numbers.get(i))).toList();
      int asked = s.random.nextInt(FACTS);
      return s.hidden(s.prose(), facts, ask(keys.get(asked)), List.of(numbers.get(asked)));
    }
  },

  /** Four numbers of one thing. */
  MULTI_VALUE("multi-value") {
    @Override
    Text text(Source s) {
      String key = s.words(1).getFirst();
      List<String> numbers = s.numbers(FACTS);
      List<String> facts = numbers.stream().map(n -> fact(key, n)).toList();
      String question =
          "\n\nQuestion: What are all numbers of the "
              + key
              + "?\nAnswer: The numbers of the "
              + key
              + " are";
      return s.hidden(s.prose(), facts, question, numbers);
    }
  },

  /** The numbers of four things. */
  MULTI_QUERY("multi-query") {
    @Override
    Text text(Source s) {
      List<String> keys = s.words(FACTS);
      List<String> numbers = s.numbers(FACTS);
      List<String> facts =
          IntStream.range(0, FACTS).mapToObj(i -> fact(keys.get(i), numbers.get(i))).toList();
      String all = String.join(", the ", keys.subList(0, FACTS - 1)) + " and the " + keys.getLast();
      String question =
          "\n\nQuestion: What are the numbers of the "
              + all
              + "?\nAnswer: The numbers of the "
              + all
              + " are";
      return s.hidden(s.prose(), facts, question, numbers);
    }
  },

  /** A number that is given to a variable, which is given to the next, four times over. */
  VARIABLES("variables") {
    @Override
    Text text(Source s) {
      List<String> names =
          Stream.generate(() -> s.letters(5).toUpperCase(Locale.ROOT))
              .distinct()
              .limit(HOPS + 1)
              .toList();
      String number = s.number();
      List<String> lines = new ArrayList<>();
      lines.add("VAR " + names.getFirst() + " = " + number + ".");
      for (int i = 1; i < names.size(); i++) {
        lines.add("VAR " + names.get(i) + " = VAR " + names.get(i - 1) + ".");
      }
      String question =
          "\n\nQuestion: Which variables have the value "
              + number
              + "?\nAnswer: The variables with the value "
              + number
              + " are";
      return s.hidden(s.noise(), lines, question, names);
    }
  },

  /** The words of a list that stand in it most often. */
  COMMON("common") {
    @Override
    Text text(Source s) {
      int common = s.tokens < MANY ? FEW_COMMON : MANY_COMMON;
      List<String> often = s.words(common);
      List<String> list = new ArrayList<>();
      often.forEach(w -> list.addAll(Collections.nCopies(OFTEN, w)));
      int left = s.tokens - s.numbered(list);
      List<String> rest = s.others(often);
      for (int i = 0; left > 0 && i < rest.size(); i++) {
        list.addAll(Collections.nCopies(SELDOM, rest.get(i)));
        left -= SELDOM * s.count.applyAsInt(" 100. " + rest.get(i));
      }
      Collections.shuffle(list, s.random);
      String text =
          IntStream.range(0, list.size())
              .mapToObj(i -> (i + 1) + ". " + list.get(i))
              .collect(Collectors.joining(" "));
      String question =
          "\n\nQuestion: Which "
              + common
              + " words are the most common in the list?\nAnswer: The most common words are";
      return new Text("This is a list of words.\n\n" + text, question, often);
    }
  },

  /** The coded words that come most often, by Zipf's law, in a text of them. */
  FREQUENT("frequent") {
    @Override
    Text text(Source s) {
      List<String> words =
          Stream.generate(() -> s.letters(6)).distinct().limit(VOCABULARY).toList();
      List<String> text = new ArrayList<>();
      int left = s.tokens;
      double total = IntStream.rangeClosed(1, VOCABULARY).mapToDouble(Ruler::zeta).sum();
      // In the mean, each word weighing what it comes.
      double each =
          IntStream.rangeClosed(1, VOCABULARY)
                  .mapToDouble(
                      k ->
                          zeta(k) * s.count.applyAsInt(" " + (k == 1 ? NOTHING : words.get(k - 1))))
                  .sum()
              / total;
      for (int k = 1; k <= VOCABULARY && left > 0; k++) {
        // The first is noise, as in the paper.
        String word = k == 1 ? NOTHING : words.get(k - 1);
        int n = Math.max(1, (int) Math.round(s.tokens / each * zeta(k) / total));
        text.addAll(Collections.nCopies(n, word));
        left -= n * s.count.applyAsInt(" " + word);
      }
      Collections.shuffle(text, s.random);
      String question =
          "\n\nQuestion: Which three coded words come most often, dots aside?\nAnswer: The three words that come most often are";
      return new Text(
          "This is a text of coded words.\n\n" + String.join(" ", text),
          question,
          words.subList(1, 4));
    }
  };

  private static final int FACTS = 4;
  private static final int HOPS = 4;
  private static final int OFTEN = 30;
  private static final int SELDOM = 3;
  private static final int FEW_COMMON = 3;
  private static final int MANY_COMMON = 10;

  /** Tokens that ten words of thirty places each leave room in for others. */
  private static final int MANY = 2500;

  private static final int VOCABULARY = 60;
  private static final String NOTHING = "...";

  private static final List<String> NOISE =
      List.of(
          "The road is long.",
          "The sea is grey.",
          "The boats are in.",
          "Nothing has happened yet.");

  private static final List<String> WORDS =
      List.of(
          ("acorn anvil apple apron arrow badge bamboo basin basket beacon bean bell bench berry"
                  + " blanket boot bottle bowl branch brick bridge brush bucket button cabin cactus"
                  + " candle canvas carpet carrot castle cedar chain chair chalk cheese cherry chest"
                  + " chimney clay cliff cloak clock cloud clover coal coat coin copper coral cork"
                  + " corner cotton cradle crane crown cup curtain daisy desk dial dish door drawer"
                  + " dress drum dune ember engine fabric feather fence fern fiddle field flame flask"
                  + " flour flute forest fork fountain frame garden garlic gate glove grape gravel"
                  + " guitar hammer harbour harp hat hazel hedge helmet hinge honey hook horn ice ink"
                  + " iron island ivory ivy jacket jar jewel kite knife lace lake lamp leaf leather"
                  + " lemon letter lily linen lock marble mask meadow melon mirror mitten moss nail"
                  + " napkin needle nest nut oar oat olive onion orchid oven paddle paint paper parsley"
                  + " pebble pencil pepper petal piano pillow pipe plate plough plum pocket pond"
                  + " pottery pump purse quilt rafter ribbon river robe rope rose rug saddle sail salt"
                  + " sand scarf shell shelf shirt shovel silk silver sleeve slate snow soap spade"
                  + " spoon spring stable stove straw string sugar table tea tent thimble thread tile"
                  + " timber towel trumpet tunnel turnip valley vase vine wagon walnut wax well wheat"
                  + " whistle willow window wire wood wool yarn")
              .split(" "));

  private final String id;

  Ruler(String id) {
    this.id = id;
  }

  /** As it is called in files and on the command line. */
  public String id() {
    return id;
  }

  /**
   * @throws IllegalArgumentException in one sentence, where there is none
   */
  public static Ruler byId(String id) {
    for (Ruler r : values()) {
      if (r.id.equals(id)) {
        return r;
      }
    }
    throw new IllegalArgumentException(
        "ruler task is '"
            + id
            + "'; expected "
            + Stream.of(values()).map(Ruler::id).collect(Collectors.joining(", "))
            + ".");
  }

  /**
   * A text, what is asked of it, and the answers in the order in which the text has them.
   *
   * @param question ends where the answers begin
   */
  record Text(String text, String question, List<String> answers) {}

  abstract Text text(Source s);

  /**
   * @param tokens of the text, about
   * @param count of a text's tokens
   * @param progress throws to stop
   */
  Text text(int tokens, long seed, ToIntFunction<String> count, Progress progress) {
    return text(new Source(tokens, seed, count, progress));
  }

  private static String fact(String key, String number) {
    return "The number of the " + key + " is " + number + ".";
  }

  private static String ask(String key) {
    return "\n\nQuestion: What is the number of the "
        + key
        + "?\nAnswer: The number of the "
        + key
        + " is";
  }

  /** How often the word of rank k comes, with an exponent of 2. */
  private static double zeta(int k) {
    return 1.0 / k / k;
  }

  /** What tasks are made from. */
  static final class Source {
    private final int tokens;
    private final long seed;
    private final Random random;
    private final ToIntFunction<String> count;
    private final Progress progress;

    Source(int tokens, long seed, ToIntFunction<String> count, Progress progress) {
      this.tokens = tokens;
      this.seed = seed;
      this.count = count;
      this.progress = progress;
      random = new Random(~seed * 0x9E3779B97F4A7C15L);
    }

    private List<String> words(int n) {
      List<String> all = new ArrayList<>(WORDS);
      Collections.shuffle(all, random);
      return List.copyOf(all.subList(0, n));
    }

    /** All other words, and pairs of them after those, so that they do not run out. */
    private List<String> others(List<String> taken) {
      List<String> all = new ArrayList<>(WORDS);
      Collections.shuffle(all, random);
      all.removeAll(taken);
      List<String> pairs = new ArrayList<>(all);
      for (int apart = 1; apart < all.size(); apart++) {
        for (int i = 0; i + apart < all.size(); i++) {
          pairs.add(all.get(i) + " " + all.get(i + apart));
        }
      }
      return pairs;
    }

    private String letters(int n) {
      return random
          .ints(n, 'a', 'z' + 1)
          .mapToObj(c -> Character.toString(c))
          .collect(Collectors.joining());
    }

    private String number() {
      return Integer.toString(1_000_000 + random.nextInt(9_000_000));
    }

    private List<String> numbers(int n) {
      return Stream.generate(this::number).distinct().limit(n).toList();
    }

    private int numbered(List<String> list) {
      return list.stream().mapToInt(w -> count.applyAsInt(" 100. " + w)).sum();
    }

    private List<String> prose() {
      return new Prose(seed).sentences(tokens, count, progress);
    }

    private List<String> noise() {
      List<String> out = new ArrayList<>();
      int round = NOISE.stream().mapToInt(s -> count.applyAsInt(" " + s)).sum();
      for (int n = 0; n < tokens; n += round) {
        out.addAll(NOISE);
      }
      return out;
    }

    /** Facts anywhere among sentences, in their order. */
    private Text hidden(
        List<String> sentences, List<String> facts, String question, List<String> answers) {
      int[] places = random.ints(facts.size(), 0, sentences.size() + 1).sorted().toArray();
      List<String> all = new ArrayList<>(sentences);
      for (int i = facts.size() - 1; i >= 0; i--) {
        all.add(places[i], facts.get(i));
      }
      return new Text(String.join(" ", all), question, answers);
    }
  }
}
