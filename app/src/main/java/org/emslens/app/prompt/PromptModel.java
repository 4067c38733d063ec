package org.emslens.app.prompt;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.binding.StringBinding;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import org.emslens.app.lens.Asked;
import org.emslens.app.lens.JobKind;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.Models;
import org.emslens.app.lens.Notice;
import org.emslens.app.lens.Opened;
import org.emslens.app.lens.Said;
import org.emslens.model.Model;
import org.emslens.session.Asking;
import org.emslens.session.Run;
import org.emslens.session.Step;
import org.emslens.session.Turn;

/** The prompt that is written: where it comes from, how long it is, and what running it means. */
public final class PromptModel {
  /** Letters of a sample's first or last that are enough to tell that a text was made from it. */
  private static final int RECOGNISED = 24;

  private final Lens lens;
  private final List<Sample> samples = Sample.all();
  private final StringProperty text = new SimpleStringProperty(this, "text", "");
  private final BooleanProperty afterwards = new SimpleBooleanProperty(this, "afterwards");
  private final StringProperty question = new SimpleStringProperty(this, "question", "");
  private final BooleanProperty chat = new SimpleBooleanProperty(this, "chat");
  private final StringProperty system = new SimpleStringProperty(this, "system", "");
  private final ObjectProperty<Sample> sample = new SimpleObjectProperty<>(this, "sample");
  private final ReadOnlyBooleanWrapper edited = new ReadOnlyBooleanWrapper(this, "edited");
  private final PromptLength length = new PromptLength(this::held);
  private final ReadOnlyStringWrapper look = new ReadOnlyStringWrapper(this, "look", "");

  /** Of what is said where there is nothing to run, until something is written. */
  private final Object nothing = new Object();

  /** Whether fields are filled in, rather than written in. */
  private boolean filling;

  /** Whether the sample's settings are still to be taken, with the next run that is read. */
  private boolean fresh;

  /** What was written when the shown run was begun, or null. */
  private final ObjectProperty<Asked> read = new SimpleObjectProperty<>(this, "read");

  /** What was written for each prompt that was read, template and all. */
  private final Map<String, Asked> written = new HashMap<>();

  /** What is being read, or null. */
  private Asked asked;

  /** Whether what is written was counted as a chat's next turn. */
  private boolean countedAsTurn;

  /** What was shown when that was asked for, perhaps a run of the very same. */
  private Step before;

  private final PromptLines lines;
  private final BooleanBinding canSay;
  private final BooleanBinding meant;
  private final StringBinding hint;

  public PromptModel(Lens lens) {
    this.lens = lens;
    text.addListener((o, before, now) -> changed());
    afterwards.addListener((o, before, now) -> move());
    question.addListener((o, before, now) -> changed());
    chat.addListener((o, before, now) -> changed());
    system.addListener((o, before, now) -> count());
    canSay =
        Bindings.createBooleanBinding(
            () ->
                isTurn()
                    && !text.get().isBlank()
                    && isAnswered()
                    && lens.canBranchBinding().get()
                    && !lens.jobs().has(JobKind.GENERATE),
            lens.jobs().running(),
            text,
            afterwards,
            question,
            chat,
            read,
            lens.runProperty(),
            lens.planningBinding(),
            lens.canBranchBinding());
    meant =
        Bindings.createBooleanBinding(
            this::isMeant,
            text,
            afterwards,
            question,
            chat,
            read,
            lens.runProperty(),
            lens.canBranchBinding(),
            lens.readingBinding());
    lens.settings()
        .aheadProperty()
        .bind(
            Bindings.createBooleanBinding(
                this::isAnother,
                text,
                afterwards,
                question,
                chat,
                system,
                read,
                lens.runProperty()));
    hint =
        Bindings.createStringBinding(
            () ->
                isChatShown()
                    ? "Write the next turn of the chat and press Say, or a new prompt and press Run."
                    : afterwards.get()
                        ? "Write what is compressed before the question is known."
                        : "Write a prompt, or pick a sample above.",
            chat,
            afterwards,
            read,
            lens.runProperty());
    lens.models().modelProperty().addListener((o, before, now) -> modelCame());
    lens.openedProperty().addListener((o, before, now) -> opened(now));
    lens.runProperty().addListener((o, before, now) -> shown(now));
    lines =
        new PromptLines(
            lens,
            samples,
            new PromptLines.Written(
                this::written,
                this::isTurn,
                () -> afterwards.get() && asks().isEmpty(),
                () -> asked,
                text,
                afterwards,
                question,
                chat,
                system),
            read);
  }

  /** A prompt that was asked to be run is the one that is shown once a run of it comes. */
  private void shown(Run now) {
    if (asked != null && now != null && asked.isIn(now) && now.steps().getFirst() != before) {
      read.set(asked);
      written.put(key(now.promptText(), asked.question()), asked);
      asked = null;
      if (fresh) {
        fresh = false;
        lens.selection().layerProperty().set(sample.get().layer());
        lens.selection().headProperty().set(sample.get().head());
      }
    }
    if (isTurn() == countedAsTurn) {
      length.refresh();
    } else {
      count();
    }
  }

  private void changed() {
    lens.said().over(nothing);
    lens.said().faultsOver();
    lens.said().goesOn();
    if (sample.get() != null && isOwn(sample.get())) {
      sample.set(null);
      fresh = false;
    }
    if (sample.get() == null && !filling) {
      sample.set(sample(text.get(), asks()));
    }
    Sample s = sample.get();
    edited.set(s != null && !(s.text().equals(text.get()) && s.question().equals(asks())));
    count();
  }

  /** The sample that says the same, or null. */
  private Sample sample(String words, String asked) {
    return samples.stream()
        .filter(s -> s.text().equals(words) && s.question().equals(asked))
        .findFirst()
        .orElse(null);
  }

  /** Whether nothing of a sample's text is left in what is written. */
  private boolean isOwn(Sample s) {
    String now = text.get();
    String theirs = s.text();
    int n = Math.min(RECOGNISED, theirs.length());
    return !filling
        && !now.isBlank()
        && !now.contains(theirs.substring(0, n))
        && !now.contains(theirs.substring(theirs.length() - n));
  }

  /** What is asked once the prompt is compressed, if anything. */
  private String asks() {
    return afterwards.get() ? question.get().strip() : "";
  }

  /** Tells prompts apart, and what is asked of them. */
  private static String key(String prompt, String question) {
    return prompt + "\0" + question;
  }

  private void count() {
    countedAsTurn = isTurn();
    length.count(written(), countedAsTurn, model());
  }

  /** What the chat holds already whose next turn is written, if it is one. */
  private OptionalInt held() {
    return isTurn() ? OptionalInt.of(lens.runProperty().get().last().seen()) : OptionalInt.empty();
  }

  /** Shows the prompt of a run that was opened, without the template of the model that is open. */
  private void opened(Opened o) {
    lens.said().over(this);
    Turn q = o.run().question();
    String key = key(o.run().promptText(), q == null ? "" : q.words());
    show(written.getOrDefault(key, Asked.of(o.run(), model())));
    look.set(o.look());
  }

  private void show(Asked opened) {
    sample.set(sample(opened.text(), opened.question()));
    fresh = false;
    text.set(opened.text());
    ask(opened.question());
    chat.set(opened.chat());
    system.set(opened.system());
    read.set(opened);
    asked = null;
  }

  /** A model may know the prompt that is shown as a chat. */
  private void modelCame() {
    Asked shown = read.get();
    boolean isShown = shown != null && lens.runProperty().get() != null;
    if (isShown && !shown.chat() && written().equals(shown)) {
      Asked known = Asked.of(lens.runProperty().get(), model());
      if (known.chat()) {
        show(known);
      }
    }
    count();
  }

  private Model model() {
    Models.Open open = lens.models().modelProperty().get();
    return open == null ? null : open.loaded().model();
  }

  /** Fills in a sample as it is, its settings to be taken when it is run. */
  public void fill(Sample s) {
    sample.set(s);
    fresh = true;
    text.set(s.text());
    ask(s.question());
    chat.set(s.chat());
    system.set("");
    changed();
  }

  /** Shows what is asked afterwards, if anything. */
  private void ask(String words) {
    filling = true;
    afterwards.set(!words.isEmpty());
    question.set(words);
    filling = false;
    changed();
  }

  /** The question goes to where it is asked now: to the end of the text, or back from there. */
  private void move() {
    if (filling) {
      return;
    }
    String words = question.get().strip();
    if (!words.isEmpty()) {
      String end = Asking.joined("", words);
      if (!afterwards.get() && isTurn() && words.equals(read.get().question())) {
        // It was asked before this turn.
        question.set("");
      } else if (!afterwards.get()) {
        text.set(text.get().isBlank() ? words : Asking.joined(text.get(), words));
      } else if (text.get().endsWith(end)) {
        text.set(text.get().substring(0, text.get().length() - end.length()));
      } else {
        question.set("");
      }
    }
    changed();
  }

  /** Makes a file's text the prompt; one that was typed can be had back. */
  public void replace(String now, String file) {
    if (now.isBlank()) {
      lens.said().fail(Said.Subject.FILE, file + " has no text that could be a prompt.");
      return;
    }
    String before = text.get();
    Sample then = sample.get();
    boolean typed =
        !before.isBlank() && (then == null || edited.get()) && !written().equals(read.get());
    sample.set(null);
    fresh = false;
    text.set(now);
    lens.said().say(Said.Subject.FILE, file + " is the prompt now; press Run");
    if (typed) {
      lens.said()
          .ask(
              this,
              file + " has taken the place of the prompt that was written.",
              List.of(
                  new Notice.Answer("prompt-keep", "Keep it", () -> {}),
                  new Notice.Answer(
                      "prompt-back",
                      "Back to what was written",
                      () -> {
                        sample.set(then);
                        text.set(before);
                        lens.said().over(Said.Subject.FILE);
                      })));
    }
  }

  private Asked written() {
    return new Asked(text.get(), asks(), chat.get(), chat.get() ? system.get() : "");
  }

  /** Whether what is shown is a chat that was begun here, and the next turn is to be one's, too. */
  boolean isChatShown() {
    Run run = lens.runProperty().get();
    return chat.get()
        && run != null
        && read.get() != null
        && read.get().chat()
        && read.get().isIn(run);
  }

  /**
   * Whether what is written may be the next turn of the chat that is shown: not what was read for
   * it, not a sample as it was just picked, and not a text with a question that was not asked yet.
   */
  private boolean isTurn() {
    boolean picked = fresh && sample.get() != null && !edited.get();
    if (!isChatShown() || picked) {
      return false;
    }
    Asked r = read.get();
    return (asks().isEmpty() || asks().equals(r.question()))
        && !text.get().equals(r.text())
        && !text.get().equals(Asking.joined(r.text(), r.question()));
  }

  /** Whether what is written is for a run of its own, which is not the one that is shown. */
  private boolean isAnother() {
    return lens.runProperty().get() != null
        && !text.get().isBlank()
        && !isTurn()
        && !written().equals(read.get());
  }

  /** Whether the model has said something since the user's last turn, or will have again. */
  private boolean isAnswered() {
    Run run = lens.runProperty().get();
    return run != null && (run.steps().size() - 1 > run.said() || lens.planningBinding().get());
  }

  /** What the field for the prompt is for, where nothing is written in it. */
  StringBinding hintBinding() {
    return hint;
  }

  /** Whether what is written can be said next in the chat that is shown. */
  BooleanBinding canSayBinding() {
    return canSay;
  }

  /** Whether what is written is meant to be said next, be it now or once the model has answered. */
  BooleanBinding meantBinding() {
    return meant;
  }

  /** Says what is written next in the chat that is shown, in the same cache; or why not yet. */
  void say() {
    if (canSay.get()) {
      lens.generation().say(text.get());
      text.set("");
    } else if (isMeant()) {
      lens.said().say(nothing, whyNotYet());
    }
  }

  private String whyNotYet() {
    if (lens.readingBinding().get()) {
      return "A prompt is being read; the next turn can be said then";
    }
    if (lens.jobs().has(JobKind.GENERATE)) {
      return "The model is answering; the next turn can be said after that, or once it is stopped (Esc)";
    }
    return lens.canGoOnBinding().get()
        ? "The model has not answered yet: press Step or Generate first"
        : "The model has not answered, and its context is full";
  }

  /** Whether what is written is meant as the next turn of the chat that is shown, now or soon. */
  private boolean isMeant() {
    boolean goesOn = lens.canBranchBinding().get() || lens.readingBinding().get();
    return isTurn() && !text.get().isBlank() && goesOn;
  }

  /**
   * Says what is written in the chat that is shown, or runs it. A chat of several turns is not left
   * because the model has not answered the last one yet.
   */
  public void sayOrRun() {
    boolean several = isMeant() && lens.runProperty().get().said() > 0;
    boolean answering = isMeant() && lens.jobs().has(JobKind.GENERATE);
    if (canSay.get() || several || answering) {
      say();
    } else {
      run();
    }
  }

  /** Whether the open model, if there is one, brings a chat template. */
  boolean canChat() {
    return lens.models().modelProperty().get() == null
        || lens.models().modelProperty().get().loaded().model().chat() != null;
  }

  /** Whether there is a model and something to read. */
  public boolean canRun() {
    return lens.models().modelProperty().get() != null && !text.get().isBlank();
  }

  /** Runs what is written; the first time with the sample's settings, where it is the sample's. */
  public void run() {
    if (!canRun()) {
      lens.said()
          .say(
              nothing,
              lens.models().modelProperty().get() == null
                  ? "No model is open yet"
                  : "The prompt is empty; write one, or choose a sample");
      return;
    }
    lens.said().over(this);
    asked = written();
    before = lens.runProperty().get() == null ? null : lens.runProperty().get().steps().getFirst();
    boolean whole = sample.get() != null && !edited.get();
    look.set(whole ? sample.get().look() : "");
    fresh = fresh && whole;
    Asked wanted = asked;
    Runnable failed =
        () -> {
          if (asked == wanted) {
            asked = null;
          }
        };
    if (fresh) {
      lens.startWith(asked, sample.get().choice(), failed);
    } else {
      lens.start(asked, failed);
    }
  }

  /** What is told of the open prompt, and of the one that is written. */
  public PromptLines lines() {
    return lines;
  }

  /** All samples in the order they are meant to be opened. */
  public List<Sample> samples() {
    return samples;
  }

  /** The sample's title, whether it was edited since; empty for a text of the user's. */
  public String title() {
    return sample.get() == null ? "" : sample.get().title() + (edited.get() ? " (edited)" : "");
  }

  /** Its tokens as far as they are counted, else 0. */
  public int tokens() {
    return length.tokens();
  }

  public StringProperty textProperty() {
    return text;
  }

  /** Whether a question is asked once the text is compressed, rather than within it. */
  public BooleanProperty afterwardsProperty() {
    return afterwards;
  }

  /** That question. */
  public StringProperty questionProperty() {
    return question;
  }

  /** Whether it is sent as a chat turn. */
  public BooleanProperty chatProperty() {
    return chat;
  }

  /** What the model is told before a chat. */
  public StringProperty systemProperty() {
    return system;
  }

  /** The sample that was picked, or null. */
  public ObjectProperty<Sample> sampleProperty() {
    return sample;
  }

  /** Whether the text is no longer the sample's. */
  public ReadOnlyBooleanProperty editedProperty() {
    return edited.getReadOnlyProperty();
  }

  /** A text in the prompt that was run last that is worth looking at first, or empty. */
  public ReadOnlyStringProperty lookProperty() {
    return look.getReadOnlyProperty();
  }

  /** How many tokens it has, of how many the model can hold; empty where nobody can tell. */
  public ReadOnlyStringProperty lengthProperty() {
    return length.textProperty();
  }

  public ReadOnlyBooleanProperty tooLongProperty() {
    return length.tooLongProperty();
  }
}
