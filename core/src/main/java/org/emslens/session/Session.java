package org.emslens.session;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.emslens.cache.CacheFrame;
import org.emslens.cache.CompressionPlan;
import org.emslens.device.DecodeTap;
import org.emslens.device.DeviceException;
import org.emslens.engine.Cache;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Progress;
import org.emslens.engine.RepetitionMap;
import org.emslens.model.Model;
import org.emslens.text.ChatTemplate;
import org.emslens.text.Token;

/**
 * A prompt, a model and a choice of compression, turned into steps. The prompt is run once; other
 * choices are planned from its full cache. Without a model (a recording), the prompt can still be
 * re-planned, but not continued. Used by one thread.
 */
public final class Session {
  private static final int REHEARSALS = 10;

  private final ReadPrompt read;
  private final Detail detail;
  private final Snapshots snapshots = new Snapshots();
  private final Transcript said;
  private final AttentionRing ring = new AttentionRing();
  private StepAttention promptAttention;
  private CacheChoice choice;
  private Sampling sampling;

  private Cache cache;
  private Shadow full;
  private float[] logits;
  private Draw draw;
  private float[] drawnFrom;
  private Run recorded;

  /** What is kept of every step beside token, slots and plan. */
  public enum Detail {
    /** Nothing: memory for a long text does not grow with its attention. */
    TEXT(false, false),
    /** What the full cache would have said, which takes as long again. */
    MEASURED(false, true),
    /** Attention, and the means to go back. */
    STEPS(true, false),
    /** All of it. */
    COMPARED(true, true);

    private final boolean attention;
    private final boolean full;

    Detail(boolean attention, boolean full) {
      this.attention = attention;
      this.full = full;
    }
  }

  private Session(ReadPrompt read, CacheChoice choice, Sampling sampling, Detail detail) {
    this.read = read;
    said = new Transcript(read);
    this.choice = choice;
    this.sampling = sampling;
    this.detail = detail;
  }

  /** What the prompt's last token attended to: asked of the device where a step is made of it. */
  private StepAttention promptAttention() {
    if (promptAttention == null) {
      promptAttention =
          detail.attention
              ? new StepAttention(read.prefill().lastAttention().halves())
              : StepAttention.NONE;
    }
    return promptAttention;
  }

  /**
   * Runs the prompt and compresses its cache.
   *
   * @param promptText sent as it is, special tokens in it recognised
   * @param detail what is kept of every step
   * @throws IllegalArgumentException in one sentence, where prompt or budget do not fit
   */
  public static Session start(
      Model model,
      ForwardPass pass,
      String promptText,
      CacheChoice choice,
      Sampling sampling,
      Detail detail,
      Progress progress) {
    ReadPrompt read = ReadPrompt.by(model, pass, promptText, choice, detail.attention, progress);
    Session s = new Session(read, choice, sampling, detail);
    s.begin(choice, sampling);
    return s;
  }

  /**
   * Another session on the same prompt, which is not run again.
   *
   * @throws IllegalArgumentException where the budget does not fit
   */
  public Session again(CacheChoice choice, Sampling sampling, Detail detail, Progress progress) {
    if (!read.hasModel()) {
      throw new IllegalStateException("A recording cannot begin anew without its model.");
    }
    read.ask(choice, progress);
    Session s = new Session(read, choice, sampling, detail);
    s.begin(choice, sampling);
    return s;
  }

  /**
   * Other sessions on the same prompt, which is not run again; the full cache that they are
   * measured against runs once for those that say the same.
   *
   * @throws IllegalArgumentException where a budget does not fit
   */
  public List<Session> beside(List<CacheChoice> others, Detail detail, Progress progress) {
    if (!read.hasModel()) {
      throw new IllegalStateException("A recording cannot be compared without its model.");
    }
    others.forEach(c -> c.slotsFor(read.tokens().size()));
    others.forEach(c -> read.ask(c, progress));
    Shadow shared = Shadow.of(read.prefill(), true);
    return others.stream()
        .map(
            c -> {
              Session s = new Session(read, c, sampling, detail);
              s.full = shared;
              s.begin(c, sampling);
              return s;
            })
        .toList();
  }

  /**
   * What heads look at while the model repeats the prompt, which is read once more for that unless
   * it was before.
   *
   * @param progress throws to stop
   * @throws IllegalArgumentException in one sentence, where the context has no room for that
   */
  public RepetitionMap repeat(Progress progress) {
    RepetitionMap known = read.prefill().scores().repetition();
    if (known == null && !read.hasModel()) {
      throw new IllegalStateException("A recording's prompt cannot be repeated without its model.");
    }
    return known != null ? known : read.scoring().repeat(read.prefill(), progress);
  }

  /** A session that goes on from what a recording holds, without a model. */
  public static Session of(Run recorded) {
    Session s =
        new Session(ReadPrompt.of(recorded), recorded.choice(), recorded.sampling(), Detail.STEPS);
    s.recorded = recorded;
    s.promptAttention = recorded.steps().getFirst().attention();
    s.said.become(recorded);
    return s;
  }

  /**
   * A session that goes on from a recording with the model that made it: the prompt is run again,
   * its steps and plans are repeated.
   *
   * @throws IllegalStateException in one sentence, where it turns out to be another model
   */
  public static Session resume(
      Run recorded, Model model, ForwardPass pass, Detail detail, Progress progress) {
    ReadPrompt read = ReadPrompt.again(recorded, model, pass, share -> progress.at(share / 2));
    Session s = new Session(read, recorded.choice(), recorded.sampling(), detail);
    s.restore(recorded, share -> progress.at((1 + share) / 2));
    return s;
  }

  /** Whether steps were made on this prompt by weights that say the same of it. */
  public boolean canRestore(Run made) {
    return read.isOf(made);
  }

  /**
   * Takes up steps that were made on this prompt before: the cache is rebuilt by repeating their
   * tokens and plans.
   *
   * @param progress throws to stop, which leaves all as it was
   */
  public void restore(Run made, Progress progress) {
    if (!canRestore(made)) {
      throw new IllegalStateException("These steps were made on another prompt, or elsewhere.");
    }
    Cache rebuilt = read.prefill().cache(made.choice().options());
    apply(made.steps().getFirst(), rebuilt);
    boolean shadowed = detail.full && !made.choice().isExact();
    Shadow shadow = shadowed ? Shadow.of(read.prefill(), false) : null;
    float[] answer = read.prefill().logits().clone();
    int n = made.steps().size();
    for (Step s : made.steps().subList(1, n)) {
      progress.at((double) s.index() / n);
      List<ForwardPass.Feed> feeds = new ArrayList<>();
      feeds.add(new ForwardPass.Feed(rebuilt, s.token().id(), null));
      if (shadow != null) {
        shadow = shadow.toward(s.index(), s.token().id());
        feeds.add(shadow.feed());
      }
      List<float[]> answers = read.pass().step(feeds);
      answer = answers.getFirst();
      apply(s, rebuilt);
      if (shadow != null) {
        shadow.fed(answers.getLast());
      }
    }
    choice = made.choice();
    sampling = made.sampling();
    said.become(made);
    replace(rebuilt);
    full = shadow;
    logits = answer;
    recorded = null;
    snapshots.clear();
  }

  private static void apply(Step s, Cache to) {
    if (s.plan() != null) {
      to.apply(s.plan());
    }
  }

  /** What there is to see now. */
  public Run run() {
    return new Run(
        read.model(),
        read.text(),
        read.tokens(),
        read.prefill(),
        choice,
        sampling,
        said.steps(),
        said.turns(),
        ended(),
        canDecode());
  }

  /** Whether a further step is possible. */
  public boolean canStep() {
    return canFeed() && !ended();
  }

  /** Whether a model is at hand to go on with. */
  public boolean canDecode() {
    return read.hasModel();
  }

  private boolean ended() {
    if (!read.hasModel()) {
      // Without a model, only who recorded it knows.
      return recorded != null && recorded.ended() && said.size() == recorded.steps().size();
    }
    Step last = said.last();
    return last.index() > 0 && read.tokenizer().stops(last.token().id());
  }

  /**
   * Whether a choice can be planned without asking the model about the prompt.
   *
   * @throws IllegalArgumentException in one sentence, where the budget does not fit
   */
  public boolean knows(CacheChoice other) {
    return read.knows(other);
  }

  /**
   * Asks the model what a choice wants to know of the prompt, unless that is known.
   *
   * @param progress throws to stop
   * @throws IllegalArgumentException in one sentence, where the budget does not fit, the context
   *     has no room, or no model is at hand to be asked
   */
  public void know(CacheChoice other, Progress progress) {
    read.ask(other, progress);
  }

  /**
   * Compresses the prompt's cache anew; the steps begin again at 0.
   *
   * @param progress throws to stop, which leaves all as it was
   * @throws IllegalArgumentException where the budget does not fit, or the policy wants to know
   *     what was not asked of the prompt and no model is at hand; all is left as it was
   */
  public void choose(CacheChoice choice, Sampling sampling, Progress progress) {
    read.ask(choice, progress);
    if (recorded != null && choice.equals(recorded.choice())) {
      // Its tokens came as they were drawn then.
      this.choice = choice;
      this.sampling = recorded.sampling();
      said.restart(recorded.steps());
    } else {
      begin(choice, sampling);
    }
  }

  /** Where compressing fails, all is left as it was. */
  private void begin(CacheChoice with, Sampling how) {
    long start = System.nanoTime();
    Cache fresh = read.prefill().cache(with.options());
    CacheFrame before =
        CacheFrame.whole(read.prefill().config().allKvHeads(), read.tokens().size());
    CompressionPlan plan =
        fresh.compressNow(with.policy(), with.options(), with.slotsFor(read.tokens().size()));
    double planMillis = millisSince(start);
    CacheFrame after = plan == null ? before : before.apply(plan);
    StepAttention attention = promptAttention();
    boolean shadowed = detail.full && !with.isExact() && read.hasModel();
    Shadow beside = null;
    if (shadowed) {
      beside = full == null ? Shadow.of(read.prefill(), false) : full.backAt(0);
    }
    full = beside;
    choice = with;
    sampling = how;
    replace(fresh);
    said.restart(List.of());
    snapshots.clear();
    logits = read.prefill().logits().clone();
    said.add(
        new Step(
            0,
            null,
            "",
            before,
            attention,
            plan,
            after,
            read.first(),
            drawn(said.ids()),
            detail.full ? read.first() : null,
            detail.full ? 0 : Double.NaN,
            Step.NOT_ASKED,
            planMillis,
            millisSince(start)));
  }

  /**
   * Plans the prompt's compression a few times and throws the plans away, so that the compiler has
   * done its work before somebody moves a slider: the first plan of a process takes ten times as
   * long as the tenth.
   *
   * @param progress throws to stop, which changes nothing
   */
  public void rehearse(Progress progress) {
    for (int i = 0; i < REHEARSALS; i++) {
      progress.at((double) i / REHEARSALS);
      try (Cache some = read.prefill().cache(choice.options())) {
        some.compressNow(choice.policy(), choice.options(), budget());
      }
    }
  }

  /** Gives back what the cache before took of a device. */
  private void replace(Cache by) {
    if (cache != null) {
      cache.close();
    }
    cache = by;
  }

  private int budget() {
    return choice.slotsFor(read.tokens().size());
  }

  /** Generates one token. */
  public Step step() {
    return stepTogether(List.of(this)).getFirst();
  }

  /**
   * Feeds a given token, whatever the model would have said, after the end of an answer as well.
   */
  public Step feed(int id) {
    return together(List.of(this), List.of(id)).getFirst();
  }

  /**
   * The user's next turn of a chat, token by token, in the same cache; then the model answers.
   *
   * @param user what the user says
   * @param told of every step
   * @throws IllegalArgumentException in one sentence, where it does not fit the context
   */
  public void say(ChatTemplate chat, String user, Consumer<Step> told) {
    String text = chat.next(user.strip());
    List<Token> turn = turn(text);
    fits(turn, "The turn");
    feed(turn, user, text, told);
  }

  /**
   * What is asked once the prompt is compressed, token by token.
   *
   * @param text that follows the prompt
   * @param words of the user's in it
   * @param told of every step
   * @throws IllegalArgumentException in one sentence, where it does not fit the context
   */
  public void ask(String text, String words, Consumer<Step> told) {
    List<Token> tokens = read.tokenizer().encode(text);
    fits(tokens, "The question");
    feed(tokens, words, text, told);
  }

  /**
   * Asks sessions on one prompt, side by side, what another was asked once it was compressed.
   *
   * @param question null for nothing
   * @param progress throws to stop
   */
  public static void ask(List<Session> sessions, Turn question, Progress progress) {
    if (question == null) {
      return;
    }
    sessions.forEach(s -> s.said.turns().add(question));
    List<Integer> tokens = question.tokens();
    for (int i = 0; i < tokens.size(); i++) {
      progress.at((double) i / tokens.size());
      together(sessions, Collections.nCopies(sessions.size(), tokens.get(i)));
    }
  }

  private void fits(List<Token> tokens, String what) {
    int room = read.prefill().config().context() - said.last().seen();
    if (tokens.size() >= room) {
      throw new IllegalArgumentException(
          what
              + " has "
              + tokens.size()
              + " tokens; the model's context has room for "
              + room
              + ".");
    }
  }

  private void feed(List<Token> tokens, String words, String text, Consumer<Step> told) {
    said.begin(tokens, words, text);
    try {
      for (Token t : tokens) {
        told.accept(feed(t.id()));
      }
    } catch (DeviceException | OutOfMemoryError e) {
      said.dropLastTurn();
      throw e;
    }
  }

  /** An answer that has ended has brought the end of its turn itself. */
  private List<Token> turn(String text) {
    List<Token> turn = read.tokenizer().encode(text);
    boolean brought = ended() && turn.getFirst().id() == said.last().token().id();
    return brought ? turn.subList(1, turn.size()) : turn;
  }

  /** Whether a given token can be fed: also after the end of an answer. */
  public boolean canFeed() {
    return read.hasModel() && said.last().seen() < read.prefill().config().context();
  }

  /**
   * Generates one token for each of several sessions, as one batch: the model's weights are read
   * once for all of them and for the full caches beside.
   *
   * @param sessions on one model
   */
  public static List<Step> stepTogether(List<Session> sessions) {
    if (!sessions.stream().allMatch(Session::canStep)) {
      throw new IllegalStateException("The run has ended.");
    }
    return together(sessions, sessions.stream().map(Session::next).toList());
  }

  private int next() {
    return draw(said.ids()).token(sampling.chance(said.size()));
  }

  /** Made once for what is shown and for the step that follows. */
  private Draw draw(IntStream text) {
    if (drawnFrom != logits) {
      draw = sampling.draw(logits, text);
      drawnFrom = logits;
    }
    return draw;
  }

  private Distribution drawn(IntStream text) {
    boolean shown = read.hasModel() && sampling.changesProbabilities();
    return shown ? draw(text).distribution(read.tokenizer()) : null;
  }

  private static List<Step> together(List<Session> sessions, List<Integer> ids) {
    if (!sessions.stream().allMatch(Session::canFeed)) {
      throw new IllegalStateException("The model's context is full.");
    }
    long start = System.nanoTime();
    List<ForwardPass.Feed> feeds = new ArrayList<>();
    Set<Shadow> waiting = new LinkedHashSet<>();
    for (int i = 0; i < sessions.size(); i++) {
      Session s = sessions.get(i);
      feeds.add(s.ownFeed(ids.get(i)));
      if (s.shadowAfter(ids.get(i)) && s.full.feed() != null) {
        waiting.add(s.full);
      }
    }
    waiting.forEach(s -> feeds.add(s.feed()));
    List<float[]> answers = sessions.getFirst().read.pass().step(feeds);
    int at = sessions.size();
    for (Shadow s : waiting) {
      s.fed(answers.get(at++));
    }
    List<Step> made = new ArrayList<>();
    for (int i = 0; i < sessions.size(); i++) {
      made.add(sessions.get(i).taken(ids.get(i), feeds.get(i).tap(), answers.get(i), start));
    }
    return made;
  }

  private ForwardPass.Feed ownFeed(int id) {
    int heads = read.prefill().config().allHeads();
    DecodeTap tap = detail.attention ? new DecodeTap(heads) : DecodeTap.ofOutputs(heads);
    return new ForwardPass.Feed(cache, id, tap);
  }

  /** Sends the full cache beside on its way to after a token; false where none is asked. */
  private boolean shadowAfter(int id) {
    boolean asked = detail.full && !choice.isExact();
    full = asked ? full.toward(said.size(), id) : null;
    return asked;
  }

  /** The step that a token made. */
  private Step taken(int id, DecodeTap tap, float[] answer, long start) {
    logits = answer;
    CacheFrame before = said.last().after().advance();
    long planStart = System.nanoTime();
    CompressionPlan plan = cache.compressDue(choice.policy(), choice.options(), budget());
    double planMillis = plan == null ? 0 : millisSince(planStart);
    Distribution next = Distribution.of(logits, read.tokenizer());
    Distribution fullNext = null;
    double divergence = Double.NaN;
    float[] outputError = Step.NOT_ASKED;
    if (detail.full) {
      boolean same = full == null;
      float[] fullLogits = same ? logits : full.logits();
      outputError = tap.outputError(same ? tap : full.tap());
      fullNext = same ? next : Distribution.of(fullLogits, read.tokenizer());
      divergence =
          same ? 0 : LogProbabilities.of(logits).divergenceFrom(LogProbabilities.of(fullLogits));
    }
    Step step =
        new Step(
            said.size(),
            new Token(id, read.tokenizer().piece(id), -1, -1),
            said.shown(id),
            before,
            detail.attention ? ring.keep(StepAttention.of(tap)) : StepAttention.NONE,
            plan,
            plan == null ? before : before.apply(plan),
            next,
            drawn(IntStream.concat(said.ids(), IntStream.of(id))),
            fullNext,
            divergence,
            outputError,
            planMillis,
            millisSince(start));
    said.add(step);
    if (detail.attention) {
      snapshots.offer(step.index(), cache, logits);
    }
    return step;
  }

  /**
   * Goes back to a step and on from there with another token.
   *
   * @param index step after which the token comes
   */
  public Step branch(int index, int token) {
    backTo(index);
    return feed(token);
  }

  /**
   * Makes a step the last one, its cache rebuilt from the nearest snapshot by replaying tokens and
   * plans.
   */
  public void backTo(int index) {
    if (!read.hasModel()) {
      throw new IllegalStateException("A recording cannot branch without its model.");
    }
    if (index < 0 || index >= said.size()) {
      throw new IllegalArgumentException(
          "step is " + index + "; expected 0 to " + (said.size() - 1) + ".");
    }
    said.forgetTurnsAfter(index);
    if (index == said.size() - 1) {
      return;
    }
    Snapshots.Snapshot nearest = snapshots.nearest(index);
    int from = nearest == null ? 0 : nearest.step();
    replace(nearest == null ? compressedPrompt() : nearest.cache().copy());
    logits = nearest == null ? read.prefill().logits().clone() : nearest.logits();
    for (int i = from + 1; i <= index; i++) {
      logits = read.pass().step(cache, said.get(i).token().id(), null);
      apply(said.get(i), cache);
    }
    said.cutAfter(index);
    snapshots.forgetAfter(index);
    if (full != null) {
      full = full.backAt(index);
    }
  }

  private Cache compressedPrompt() {
    Cache fresh = read.prefill().cache(choice.options());
    apply(said.get(0), fresh);
    return fresh;
  }

  private static double millisSince(long start) {
    return (System.nanoTime() - start) / 1e6;
  }
}
