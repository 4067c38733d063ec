package org.emslens.app.prompt;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javafx.beans.Observable;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.StringBinding;
import javafx.beans.value.ObservableValue;
import org.emslens.app.controls.Format;
import org.emslens.app.lens.Asked;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.Models;
import org.emslens.session.CacheChoice;
import org.emslens.session.Run;
import org.emslens.session.Turn;

/** What is told of the prompt whose run is shown, beside the one that is written. */
public final class PromptLines {
  private static final int TITLE = 48;
  private static final String READ = "read the prompt at the left";

  private final Lens lens;
  private final List<Sample> samples;
  private final Written written;
  private final ObservableValue<Asked> read;
  private final StringBinding name;
  private final StringBinding about;
  private final StringBinding shown;

  /**
   * The prompt that is written.
   *
   * @param now what it says
   * @param isTurn whether it may be the next turn of the chat that is shown
   * @param isUnasked whether there is to be a question and none is written yet
   * @param asked what is being read, or null
   * @param changes what `now` and `isTurn` change with
   */
  record Written(
      Supplier<Asked> now,
      BooleanSupplier isTurn,
      BooleanSupplier isUnasked,
      Supplier<Asked> asked,
      Observable... changes) {}

  /**
   * @param read what was written when the shown run was begun, or null
   */
  PromptLines(Lens lens, List<Sample> samples, Written written, ObservableValue<Asked> read) {
    this.lens = lens;
    this.samples = samples;
    this.written = written;
    this.read = read;
    name = Bindings.createStringBinding(this::nameOfOpen, lens.runProperty(), read);
    about = Bindings.createStringBinding(this::whatIsOpen, lens.runProperty(), read);
    Observable[] ours = {
      read,
      lens.runProperty(),
      lens.readingBinding(),
      lens.openingProperty(),
      lens.askingProperty(),
      lens.models().modelProperty()
    };
    Observable[] all =
        Stream.concat(Stream.of(ours), Stream.of(written.changes)).toArray(Observable[]::new);
    shown = Bindings.createStringBinding(this::whatIsShown, all);
  }

  /** The open prompt's sample, or how it begins; empty where none is open. */
  public StringBinding nameBinding() {
    return name;
  }

  private String nameOfOpen() {
    Run run = lens.runProperty().get();
    return run == null
        ? ""
        : samples.stream()
            .filter(s -> run.promptText().contains(s.text()))
            .findFirst()
            .map(Sample::title)
            .orElseGet(() -> beginning(words(run)));
  }

  /** Which prompt pages are about that take the open one. */
  public StringBinding aboutBinding() {
    return about;
  }

  private String whatIsOpen() {
    Run run = lens.runProperty().get();
    if (run == null) {
      return "";
    }
    Turn q = run.question();
    return "The open prompt: “"
        + beginning(words(run))
        + "”, "
        + Format.count(run.prompt().size())
        + " tokens"
        + (q == null ? "" : "; then “" + beginning(q.words()) + "”");
  }

  /** What the pictures show, in a sentence, where that is not the prompt that is written. */
  public StringBinding shownBinding() {
    return shown;
  }

  private String whatIsShown() {
    Run run = lens.runProperty().get();
    Asked was = read.getValue();
    Asked now = written.now.get();
    Asked asked = written.asked.get();
    boolean agree = now.equals(was);
    boolean reading = lens.readingBinding().get();
    Models.Open open = lens.models().modelProperty().get();
    if (run != null && !reading && open != null && !run.madeBy(open.loaded().model())) {
      return "Shown: a run of " + run.model() + ", which is not open now" + how(READ);
    }
    if (run != null && lens.openingProperty().get()) {
      return "Shown: the run about “" + beginning(words(run)) + "”, until another is opened.";
    }
    CacheChoice chosen = lens.settings().choice();
    if (run != null && lens.askingProperty().get() && !run.choice().equals(chosen)) {
      return "Shown: the run with "
          + run.choice().policy().title()
          + ", until the prompt is scored for "
          + chosen.policy().title()
          + ".";
    }
    if (written.isTurn.getAsBoolean() && !reading) {
      return "";
    }
    if (run != null && open != null && agree && !reading && written.isUnasked.getAsBoolean()) {
      return "Nothing is asked yet: write the question and press Run.";
    }
    if (run == null || agree && !reading || reading && (asked == null || asked.isIn(run))) {
      return "";
    }
    if (was != null && was.text().equals(now.text()) && !reading) {
      return "Shown: the run " + otherwise(was, now, run.question()) + how("run it as written");
    }
    String of =
        samples.stream()
            .filter(s -> run.promptText().contains(s.text()))
            .findFirst()
            .map(s -> " of the sample “" + s.title() + "”")
            .orElse(" about “" + beginning(words(run)) + "”");
    return "Shown: the "
        + (run.canDecode() || open != null && !reading ? "run" : "recorded session")
        + of
        + (reading ? ", until the prompt at the left is read." : how(READ));
  }

  /** How the shown run of the same text differs from what is written. */
  private static String otherwise(Asked was, Asked now, Turn question) {
    if (was.chat() != now.chat()) {
      return was.chat() ? "as a chat turn" : "as plain text";
    }
    if (was.chat() && !was.system().equals(now.system())) {
      return was.system().isEmpty()
          ? "without a system turn"
          : "with the system turn “" + beginning(was.system()) + "”";
    }
    return question == null
        ? "without a question"
        : "that was asked “" + beginning(question.words()) + "”";
  }

  private String how(String toDo) {
    return lens.models().modelProperty().get() == null ? "." : ". Press Run to " + toDo + ".";
  }

  /** What the user wrote, where that is what a chat's template was put around. */
  private String words(Run run) {
    Asked w = read.getValue();
    return w != null && w.isIn(run) ? w.text() : run.promptText();
  }

  private static String beginning(String prompt) {
    String line = prompt.strip().replace('\n', ' ');
    return line.length() <= TITLE ? line : line.substring(0, TITLE).strip() + " …";
  }
}
