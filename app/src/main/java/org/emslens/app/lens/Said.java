package org.emslens.app.lens;

import java.util.List;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;

/** What the window says to its user: a remark, a failure, or something that wants an answer. */
public final class Said {
  private final StringProperty message = new SimpleStringProperty(this, "message", "");
  private final StringProperty error = new SimpleStringProperty(this, "error", "");
  private final ObjectProperty<Notice> notice = new SimpleObjectProperty<>(this, "notice");

  /** Says what happened; an older failure is forgotten. */
  public void say(String what) {
    error.set("");
    message.set(what);
  }

  /** Says in one sentence why something could not be done. */
  public void fail(String why) {
    error.set(why);
  }

  /** An older failure is no longer what matters. */
  void forget() {
    error.set("");
  }

  /** Shows something that stays until it is answered or put away; a new one replaces an old one. */
  public void ask(String text, List<Notice.Answer> answers) {
    notice.set(new Notice(text, false, answers));
  }

  /** Does something at once, or asks first where that ends a campaign. */
  void askToEnd(Jobs jobs, String what, Runnable instead) {
    if (jobs.has(JobKind.CAMPAIGN)) {
      ask(
          what
              + " ends what runs now: "
              + jobs.title(JobKind.CAMPAIGN)
              + ". Its results so far stay.",
          List.of(
              new Notice.Answer("ask-yes", "End it", instead),
              new Notice.Answer("ask-no", "Let it go on", () -> {})));
    } else {
      instead.run();
    }
  }

  /** Shows a failure with ways out of it. */
  public void fail(String why, List<Notice.Answer> answers) {
    notice.set(new Notice(why, true, answers));
  }

  /** Puts what stands there away. */
  public void dismiss() {
    notice.set(null);
  }

  /** Says why planning failed; that it went well is to be seen. */
  void planned(Job.End end) {
    if (end instanceof Job.End.Failed f) {
      fail(f.why());
    }
  }

  /** Says how a job ended. */
  void ended(Job.End end, Runnable afterSuccess) {
    ended(end, afterSuccess, "Ready");
  }

  void ended(Job.End end, Runnable afterSuccess, String done) {
    switch (end) {
      case Job.End.Done d -> {
        say(done);
        afterSuccess.run();
      }
      case Job.End.Cancelled c -> {}
      case Job.End.Failed f -> fail(f.why());
    }
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
