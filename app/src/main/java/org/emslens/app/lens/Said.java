package org.emslens.app.lens;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.application.Platform;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.beans.value.ChangeListener;
import javafx.beans.value.ObservableValue;

/**
 * What the window says to its user: a remark, a failure, or something that wants an answer. Each
 * speaks of a subject, and goes once that has changed.
 */
public final class Said {
  /** As long as a failure is left at least. */
  private static final long READ_NANOS = 3_000_000_000L;

  private final StringProperty message = new SimpleStringProperty(this, "message", "");
  private final StringProperty error = new SimpleStringProperty(this, "error", "");
  private final ObjectProperty<Notice> notice = new SimpleObjectProperty<>(this, "notice");
  private Supplier<List<Notice.Answer>> otherDevices = List::of;
  private long failed;
  private Object ofMessage = Subject.OTHER;
  private Object ofError = Subject.OTHER;
  private Object ofNotice = Subject.OTHER;

  /** A question that a failure stands before, or null. */
  private Notice beneath;

  private Object ofBeneath = Subject.OTHER;

  /** What is spoken of. Pages have subjects of their own, any object. */
  public enum Subject {
    /** The steps that are shown, how they came, and the settings that they came with. */
    RUN,
    MODEL,
    /** What is written and read. */
    FILE,
    OTHER
  }

  /** A field on a page, whose faults are of no interest elsewhere. */
  private record Field(Object owner) {}

  /** Says what happened; an older failure is forgotten. */
  public void say(Object of, String what) {
    error.set("");
    ofMessage = of;
    message.set(what);
  }

  /** Whether nothing is said now. */
  boolean isQuiet() {
    return error.get().isEmpty() && message.get().isEmpty();
  }

  /** Says in one sentence why something could not be done. */
  public void fail(Object of, String why) {
    ofError = of;
    error.set(why);
    failed = System.nanoTime();
  }

  /**
   * Tells of the faults of a page's fields.
   *
   * @param owner told apart from other fields
   * @return takes a sentence, or nothing once the fault is mended
   */
  public Consumer<String> faults(Object owner) {
    Field field = new Field(owner);
    return why -> {
      if (why.isEmpty()) {
        over(field);
      } else {
        fail(field, why);
      }
    };
  }

  /** Takes away what was said of something that is no longer so. */
  public void over(Object of) {
    if (of.equals(ofMessage)) {
      message.set("");
    }
    if (of.equals(ofError)) {
      error.set("");
    }
    if (of.equals(ofBeneath)) {
      beneath = null;
    }
    if (of.equals(ofNotice)) {
      dismiss();
    }
  }

  /** The user has gone on, to another page or with another setting. */
  public void faultsOver() {
    if (ofError instanceof Field) {
      error.set("");
    }
  }

  /** The user has begun something else: an older failure has been read by now. */
  public void goesOn() {
    if (ofMessage == Subject.OTHER) {
      message.set("");
    }
    if (!(ofError instanceof Field) && System.nanoTime() - failed > READ_NANOS) {
      error.set("");
    }
  }

  /** Shows something that stays until it is answered or put away; a new one replaces an old one. */
  public void ask(Object of, String text, List<Notice.Answer> answers) {
    ofNotice = of;
    beneath = null;
    notice.set(new Notice(text, false, answers));
  }

  /**
   * Asks as long as a job runs.
   *
   * @param then done once it has ended by itself, unless the question was answered or put away
   */
  public void askWhile(
      Jobs jobs, Job job, String text, List<Notice.Answer> answers, Runnable then) {
    boolean[] answered = new boolean[1];
    ask(job, text, answers.stream().map(a -> noting(a, answered)).toList());
    Notice asked = notice.get();
    notice.addListener(
        new ChangeListener<>() {
          @Override
          public void changed(ObservableValue<? extends Notice> o, Notice before, Notice now) {
            o.removeListener(this);
            Platform.runLater(
                () -> {
                  boolean ended = !jobs.running().contains(job) && !job.isCancelled();
                  if (before == asked && ended && !answered[0]) {
                    then.run();
                  }
                });
          }
        });
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

  /** Shows a failure with ways out of it. */
  public void fail(Object of, String why, List<Notice.Answer> answers) {
    error.set("");
    Notice asked = notice.get();
    if (asked != null && !asked.failure()) {
      beneath = asked;
      ofBeneath = ofNotice;
    }
    ofNotice = of;
    notice.set(new Notice(why, true, answers));
  }

  /** Puts what stands there away; a question that a failure has come before is asked again. */
  public void dismiss() {
    Notice asked = beneath;
    beneath = null;
    ofNotice = ofBeneath;
    notice.set(asked);
  }

  /** Says how a job ended. */
  void ended(Object of, Job.End end, Runnable afterSuccess) {
    ended(of, end, afterSuccess, "Ready");
  }

  void ended(Object of, Job.End end, Runnable afterSuccess, String done) {
    switch (end) {
      case Job.End.Done d -> {
        say(of, done);
        afterSuccess.run();
      }
      case Job.End.Cancelled c -> {}
      case Job.End.Failed f -> failed(of, f);
    }
  }

  /** Why something failed; with ways out, where it was what computes. */
  void failed(Object of, Job.End.Failed f) {
    List<Notice.Answer> ways = f.ofDevice() ? otherDevices.get() : List.of();
    if (ways.isEmpty()) {
      fail(of, f.why());
    } else {
      fail(of, f.why(), ways);
    }
  }

  /** What can be offered where what computes has failed. */
  void onDeviceFailure(Supplier<List<Notice.Answer>> ways) {
    otherDevices = ways;
  }

  public ReadOnlyStringProperty messageProperty() {
    return message;
  }

  /** Why something failed, in one sentence, or empty. */
  public ReadOnlyStringProperty errorProperty() {
    return error;
  }

  /** What waits for an answer, or null. */
  public ReadOnlyObjectProperty<Notice> noticeProperty() {
    return notice;
  }
}
