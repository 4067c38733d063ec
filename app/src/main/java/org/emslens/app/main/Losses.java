package org.emslens.app.main;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javafx.application.Platform;
import javafx.beans.value.ChangeListener;
import javafx.beans.value.ObservableValue;
import org.emslens.app.lens.Job;
import org.emslens.app.lens.JobKind;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.Notice;
import org.emslens.app.lens.Said;
import org.emslens.app.settings.Appearance;

/** Asks before tokens that are in no file, or what still runs, would be lost. */
final class Losses {
  private final Lens lens;
  private final Appearance appearance;
  private final Consumer<Runnable> save;

  /** What is about to happen, and what it would end. */
  enum Deed {
    CLOSE("close", "Close", true, JobKind.CAMPAIGN, "An experiment is still running. "),
    OPEN("open", "Open", true, JobKind.GENERATE, "Tokens are still to be generated. "),
    /** What is shown stays, as a recording. */
    LOAD("open", "Open", false, JobKind.GENERATE, "Tokens are still to be generated. ");

    private final String verb;
    private final String title;
    private final boolean tokens;
    private final JobKind ends;
    private final String running;

    Deed(String verb, String title, boolean tokens, JobKind ends, String running) {
      this.verb = verb;
      this.title = title;
      this.tokens = tokens;
      this.ends = ends;
      this.running = running;
    }
  }

  /**
   * @param save asks for a name, saves, and does what it is given once that is done
   */
  Losses(Lens lens, Appearance appearance, Consumer<Runnable> save) {
    this.lens = lens;
    this.appearance = appearance;
    this.save = save;
  }

  /** Does it at once where nothing would be lost, else as the user says. */
  void unlessLost(Deed deed, Runnable then) {
    boolean unsaved = deed.tokens && lens.files().isUnsaved();
    Job running = lens.jobs().current(deed.ends);
    if (!appearance.askBeforeClosingProperty().get() || !unsaved && running == null) {
      then.run();
      return;
    }
    List<Notice.Answer> answers = new ArrayList<>();
    answers.add(new Notice.Answer(deed.verb + "-stay", "Stay", () -> {}));
    if (unsaved) {
      answers.add(
          new Notice.Answer(deed.verb + "-save", "Save and " + deed.verb, () -> save.accept(then)));
    }
    answers.add(
        new Notice.Answer(
            deed.verb + "-discard",
            unsaved ? deed.title + " without saving" : "End it and " + deed.verb,
            then));
    answers.add(
        new Notice.Answer(
            deed.verb + "-never-ask",
            deed.title + ", and never ask again",
            () -> {
              appearance.askBeforeClosingProperty().set(false);
              then.run();
            }));
    boolean[] answered = new boolean[1];
    lens.said()
        .ask(
            unsaved ? Said.Subject.OTHER : running,
            (running == null ? "" : deed.running)
                + (unsaved ? "The session has generated tokens that are in no file." : ""),
            answers.stream().map(a -> noting(a, answered)).toList());
    if (!unsaved) {
      whenOver(running, answered, () -> unlessLost(deed, then));
    }
  }

  private static Notice.Answer noting(Notice.Answer a, boolean[] answered) {
    return new Notice.Answer(
        a.id(),
        a.label(),
        () -> {
          answered[0] = true;
          a.action().run();
        });
  }

  /** What was asked for comes after the job that stood in its way has ended, unless it is off. */
  private void whenOver(Job job, boolean[] answered, Runnable again) {
    Notice asked = lens.said().noticeProperty().get();
    lens.said()
        .noticeProperty()
        .addListener(
            new ChangeListener<>() {
              @Override
              public void changed(ObservableValue<? extends Notice> o, Notice before, Notice now) {
                o.removeListener(this);
                Platform.runLater(
                    () -> {
                      boolean ended = !lens.jobs().running().contains(job) && !job.isCancelled();
                      if (before == asked && ended && !answered[0]) {
                        again.run();
                      }
                    });
              }
            });
  }
}
