package org.emslens.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.emslens.format.BadFileException;
import org.emslens.format.TextFiles;
import org.emslens.model.Model;
import org.emslens.text.ChatMessage;
import org.emslens.text.Token;
import org.emslens.text.Tokenizer;

/**
 * A text to compress and what should follow it. Every kind has one implementation; adding one is a
 * record here and a line where experiment files are read.
 */
public sealed interface Task {

  /** Says which task it is, within one experiment; it stands in result files. */
  String name();

  /** Whether it differs from seed to seed. */
  boolean seeded();

  /** Whether what follows is an answer, right or wrong, rather than a text to predict. */
  boolean asks();

  /**
   * The task in a model's tokens.
   *
   * @throws IOException in one sentence, where its files cannot be used
   * @throws IllegalArgumentException in one sentence, where its text is too short
   */
  Tokens tokens(Model model, long seed) throws IOException;

  /**
   * @param text of the prompt
   * @param prompt its tokens, compressed
   * @param continuation teacher-forced after that
   * @param first of the continuation that is measured
   */
  record Tokens(String text, int[] prompt, int[] continuation, int first) {

    static Tokens of(Tokenizer tokenizer, String prompt, String lead, String measured) {
      int[] before = Tokenizer.ids(tokenizer.encode(lead));
      int[] after = Tokenizer.ids(tokenizer.encode(measured));
      int[] all = Arrays.copyOf(before, before.length + after.length);
      System.arraycopy(after, 0, all, before.length, after.length);
      int[] ids = Tokenizer.ids(tokenizer.encodePrompt(prompt));
      return new Tokens(prompt, ids, all, before.length);
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
    public Tokens tokens(Model model, long seed) {
      List<String> all =
          new Prose(seed).sentences(tokens + continuation, s -> count(model.tokenizer(), s));
      String text = String.join(" ", all);
      return split(text, model.tokenizer().encode(text), continuation);
    }
  }

  /**
   * A fact hidden in generated prose.
   *
   * @param depth where it stands, 0 to 1; negative for anywhere
   * @param inside whether the question is part of the prompt that is compressed, or follows it
   */
  record NeedleTask(int tokens, double depth, boolean inside) implements Task {
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
    public Tokens tokens(Model model, long seed) {
      Prose.Needle n = needle(model.tokenizer(), seed);
      return inside
          ? Tokens.of(model.tokenizer(), n.text() + n.question(), "", n.answer())
          : Tokens.of(model.tokenizer(), n.text(), n.question(), n.answer());
    }

    /** Its texts; the same for either place of the question. */
    public Prose.Needle needle(Tokenizer tokenizer, long seed) {
      return new Prose(seed).needle(tokens, depth, s -> count(tokenizer, s));
    }
  }

  /**
   * A text from a file, whose end is predicted or which ends in a question.
   *
   * @param chat whether it is a user's turn, to be put into the model's template
   * @param continuation how many of its last tokens are predicted; 0 where there is an answer
   * @param answer what should follow, or null
   */
  record FileTask(Path file, boolean chat, int continuation, String answer) implements Task {
    @Override
    public String name() {
      return file.getFileName() + (chat ? " (chat)" : "") + (asks() ? "" : " -" + continuation);
    }

    @Override
    public boolean seeded() {
      return false;
    }

    @Override
    public boolean asks() {
      return answer != null;
    }

    @Override
    public Tokens tokens(Model model, long seed) throws IOException {
      String text = TextFiles.read(file).strip();
      if (chat) {
        if (model.chat() == null) {
          throw new BadFileException(file, "is asked as a chat; " + model.title() + " has none.");
        }
        text = model.chat().render(List.of(new ChatMessage("user", text)));
      }
      if (asks()) {
        return Tokens.of(model.tokenizer(), text, "", answer);
      }
      return new TextTask(file.getFileName().toString(), text, continuation).tokens(model, seed);
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
    public boolean seeded() {
      return false;
    }

    @Override
    public boolean asks() {
      return false;
    }

    @Override
    public Tokens tokens(Model model, long seed) {
      List<Token> tokens = model.tokenizer().encodePrompt(text);
      if (tokens.size() <= continuation) {
        throw new IllegalArgumentException(
            title
                + " has "
                + tokens.size()
                + " tokens; more than "
                + continuation
                + " are needed.");
      }
      return split(text, tokens, continuation);
    }
  }

  private static int count(Tokenizer tokenizer, String text) {
    return tokenizer.encode(text).size();
  }

  private static Tokens split(String text, List<Token> tokens, int continuation) {
    int[] ids = Tokenizer.ids(tokens);
    int n = ids.length - continuation;
    return new Tokens(
        text.substring(0, tokens.get(n).start()),
        Arrays.copyOf(ids, n),
        Arrays.copyOfRange(ids, n, ids.length),
        0);
  }
}
