package org.emslens.experiment;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.emslens.engine.Progress;
import org.emslens.format.Sha256;
import org.emslens.model.Model;
import org.emslens.text.Token;
import org.emslens.text.Tokenizer;

/**
 * A text to compress and what should follow it. Every kind has one implementation; adding one is a
 * class and a line where experiment files are read.
 */
public sealed interface Task
    permits FileTask, RulerTask, Task.AskedTask, Task.NeedleTask, Task.ProseTask, Task.TextTask {

  /** Says which task it is, within one experiment; it stands in result files. */
  String name();

  /**
   * Tells it from every other task: results are taken over from earlier runs by this. Of one that
   * is generated, its name and which texts the program generates.
   */
  default String identity() {
    return Edition.identity(name());
  }

  /** Whether it differs from seed to seed. */
  boolean seeded();

  /** Whether what follows is an answer, right or wrong, rather than a text to predict. */
  boolean asks();

  /**
   * The task in a model's tokens.
   *
   * @param progress throws to stop
   * @throws IOException in one sentence, where its files cannot be used
   * @throws IllegalArgumentException in one sentence, where its text is too short, or longer than
   *     the model's context holds
   */
  Tokens tokens(Model model, long seed, Progress progress) throws IOException;

  /** As above, where nobody can stop it. */
  default Tokens tokens(Model model, long seed) throws IOException {
    return tokens(model, seed, Progress.NONE);
  }

  /**
   * @param text of the prompt
   * @param prompt its tokens as {@link Tokenizer#encodePrompt} gives them, compressed
   * @param lead text that the continuation begins with, which is not measured; or empty
   * @param continuation teacher-forced after that
   * @param first of the continuation that is measured
   * @param parts of the answer that its tokens belong to, from 0, below 0 for none, such as what
   *     stands between them; one for each measured token, or empty where all of it is one part
   */
  record Tokens(
      String text, int[] prompt, String lead, int[] continuation, int first, int[] parts) {

    /** Whose continuation has no parts. */
    public Tokens(String text, int[] prompt, String lead, int[] continuation, int first) {
      this(text, prompt, lead, continuation, first, new int[0]);
    }

    static Tokens of(Tokenizer tokenizer, String prompt, String lead, String measured) {
      int[] before = Tokenizer.ids(tokenizer.encode(lead));
      int[] after = Tokenizer.ids(tokenizer.encode(measured));
      int[] all = Arrays.copyOf(before, before.length + after.length);
      System.arraycopy(after, 0, all, before.length, after.length);
      int[] ids = Tokenizer.ids(tokenizer.encodePrompt(prompt));
      return new Tokens(prompt, ids, lead, all, before.length);
    }

    /** Whose answer has several parts, one after the other. */
    static Tokens of(Tokenizer tokenizer, String prompt, String lead, List<String> answers) {
      String measured = " " + String.join(", ", answers);
      Tokens t = of(tokenizer, prompt, lead, measured);
      int[] parts = tokenizer.encode(measured).stream().mapToInt(k -> part(answers, k)).toArray();
      return new Tokens(t.text, t.prompt, t.lead, t.continuation, t.first, parts);
    }

    /** The answer that a token of all of them has letters of, or -1. */
    private static int part(List<String> answers, Token token) {
      int from = 1;
      for (int i = 0; i < answers.size(); i++) {
        int to = from + answers.get(i).length();
        if (token.start() < to && token.end() > from) {
          return i;
        }
        from = to + 2;
      }
      return -1;
    }

    /**
     * A text whose last tokens are predicted. The prompt's tokens are those of its own text, which
     * are what anybody gets who runs it again, and not always those of the longer one.
     *
     * @param title for errors
     */
    static Tokens split(Tokenizer tokenizer, String title, String text, int continuation) {
      List<Token> tokens = tokenizer.encodePrompt(text);
      if (tokens.size() <= continuation) {
        throw new IllegalArgumentException(
            title
                + " has "
                + tokens.size()
                + " tokens; more than "
                + continuation
                + " are needed.");
      }
      int n = tokens.size() - continuation;
      while (n > 1 && tokens.get(n).start() < tokens.get(n - 1).end()) {
        // Tokens that share a character stay together: half of one is no text.
        n--;
      }
      String prompt = text.substring(0, Math.max(0, tokens.get(n - 1).end()));
      int[] ids = Tokenizer.ids(tokens);
      return new Tokens(
          prompt,
          Tokenizer.ids(tokenizer.encodePrompt(prompt)),
          "",
          Arrays.copyOfRange(ids, n, ids.length),
          0);
    }
  }

  /** Generated prose that goes on. */
  record ProseTask(int tokens, int continuation) implements Task {
    @Override
    public String name() {
      return "prose " + tokens + "+" + continuation;
    }

    @Override
    public boolean seeded() {
      return true;
    }

    @Override
    public boolean asks() {
      return false;
    }

    @Override
    public Tokens tokens(Model model, long seed, Progress progress) {
      Room.fits(model, (long) tokens + continuation);
      List<String> all =
          new Prose(seed)
              .sentences(tokens + continuation, s -> Room.count(model.tokenizer(), s), progress);
      return Tokens.split(model.tokenizer(), "The prose", String.join(" ", all), continuation);
    }
  }

  /**
   * A fact hidden in generated prose.
   *
   * @param depth where it stands, 0 to 1; negative for anywhere
   * @param inside whether the question is part of the prompt that is compressed, or follows it
   */
  record NeedleTask(int tokens, double depth, boolean inside) implements Task {
    /** A fact among fewer is not hidden. */
    private static final int FEWEST = 30;

    /**
     * @throws IllegalArgumentException in one sentence, where the prose would be a sentence or two
     */
    public NeedleTask {
      if (tokens < FEWEST) {
        throw new IllegalArgumentException(
            "A fact is to be hidden in "
                + tokens
                + " tokens of prose; expected "
                + FEWEST
                + " or more.");
      }
    }

    @Override
    public String name() {
      return String.format(
          Locale.ROOT,
          "needle %d %s %s",
          tokens,
          depth < 0 ? "anywhere" : Double.toString(depth),
          inside ? "inside" : "after");
    }

    @Override
    public boolean seeded() {
      return true;
    }

    @Override
    public boolean asks() {
      return true;
    }

    @Override
    public Tokens tokens(Model model, long seed, Progress progress) {
      Room.fits(model, tokens);
      Prose.Needle n = needle(model.tokenizer(), seed, progress);
      return inside
          ? Tokens.of(model.tokenizer(), n.text() + n.question(), "", n.answer())
          : Tokens.of(model.tokenizer(), n.text(), n.question(), n.answer());
    }

    /** Its texts; the same for either place of the question. */
    public Prose.Needle needle(Tokenizer tokenizer, long seed, Progress progress) {
      return new Prose(seed).needle(tokens, depth, s -> Room.count(tokenizer, s), progress);
    }
  }

  /**
   * A text that is at hand, whose end is predicted.
   *
   * @param title what it is called
   * @param continuation how many of its last tokens are predicted
   */
  record TextTask(String title, String text, int continuation) implements Task {
    @Override
    public String name() {
      return title + " " + Integer.toHexString(text.hashCode()) + " -" + continuation;
    }

    @Override
    public String identity() {
      return name() + " " + Sha256.of(text);
    }

    @Override
    public boolean seeded() {
      return false;
    }

    @Override
    public boolean asks() {
      return false;
    }

    @Override
    public Tokens tokens(Model model, long seed, Progress progress) {
      return Tokens.split(model.tokenizer(), title, text, continuation);
    }
  }

  /**
   * A text that is at hand, and what is asked of it.
   *
   * @param title what it is called
   * @param question text between the text and the answer
   * @param words the same as a user said it, without what a template puts around it
   * @param answer what should follow
   * @param inside whether the question is part of the prompt that is compressed, or follows it
   */
  record AskedTask(
      String title, String text, String question, String words, String answer, boolean inside)
      implements Task {
    @Override
    public String name() {
      return title + " " + Integer.toHexString(text.hashCode()) + (inside ? " inside" : " after");
    }

    @Override
    public String identity() {
      return name() + " " + Sha256.of(text, question, answer);
    }

    @Override
    public boolean seeded() {
      return false;
    }

    @Override
    public boolean asks() {
      return true;
    }

    @Override
    public Tokens tokens(Model model, long seed, Progress progress) {
      Tokens tokens =
          inside
              ? Tokens.of(model.tokenizer(), text + question, "", answer)
              : Tokens.of(model.tokenizer(), text, question, answer);
      Room.fits(model, (long) tokens.prompt.length + tokens.continuation.length);
      return tokens;
    }
  }
}
