package org.emslens.session;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.emslens.text.Token;

/** What a session has come to: its steps, those of them that a user said, and the text of all. */
final class Transcript {
  private final ReadPrompt read;
  private final List<Step> steps = new ArrayList<>();

  /** The user's, in order; the rest is what models say. */
  private final List<Turn> turns = new ArrayList<>();

  Transcript(ReadPrompt read) {
    this.read = read;
  }

  /** All of them, from the prompt's own on; not to be written. */
  List<Step> steps() {
    return steps;
  }

  List<Turn> turns() {
    return turns;
  }

  int size() {
    return steps.size();
  }

  Step get(int index) {
    return steps.get(index);
  }

  Step last() {
    return steps.getLast();
  }

  void add(Step step) {
    steps.add(step);
  }

  /** Takes up a run's, turns included. */
  void become(Run other) {
    turns.clear();
    turns.addAll(other.turns());
    restart(other.steps());
  }

  /** Other steps from the prompt's own on; turns stay. */
  void restart(List<Step> others) {
    steps.clear();
    steps.addAll(others);
  }

  /** Steps after one; turns stay until something else is said. */
  void cutAfter(int index) {
    steps.subList(index + 1, steps.size()).clear();
  }

  /** Turns that a step does not lie behind are none. */
  void forgetTurnsAfter(int index) {
    turns.removeIf(t -> t.last() > index);
  }

  /**
   * A turn of the user's begins with the next step; what was said on a way that was left is not
   * said again.
   */
  void begin(List<Token> tokens, String words, String text) {
    int first = steps.size();
    turns.removeIf(t -> t.last() >= first);
    turns.add(new Turn(first, tokens.stream().map(Token::id).toList(), words.strip(), text));
  }

  /** A turn that was not said whole is none: what is left is what was before it. */
  void dropLastTurn() {
    cutAfter(turns.removeLast().first() - 1);
  }

  /** Ids of the prompt and of all steps. */
  IntStream ids() {
    return IntStream.concat(
        read.tokens().stream().mapToInt(Token::id),
        steps.stream().skip(1).mapToInt(s -> s.token().id()));
  }

  /** The text of a token that comes next. */
  String shown(int id) {
    return turns.stream()
        .filter(t -> t.holds(steps.size()))
        .findFirst()
        .map(t -> t.shown(steps.size()))
        .orElseGet(() -> text(id));
  }

  /** What it adds: tokens whose text has not come out yet are taken up again. */
  private String text(int id) {
    TextStream stream = new TextStream(read.tokenizer());
    int from = steps.size();
    while (from > 1 && steps.get(from - 1).text().isEmpty()) {
      from--;
    }
    for (Step s : steps.subList(from, steps.size())) {
      stream.next(s.token().id());
    }
    return read.tokenizer().stops(id) ? "" : stream.next(id);
  }
}
