package org.emslens.app.main;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
  private final Supplier<List<String>> pages;

  /** What is about to happen, and what it would end. */
  enum Deed {
    CLOSE("close", "Close", true, JobKind.CAMPAIGN, "An experiment is still running. "),
    OPEN("open", "Open", true, JobKind.GENERATE, Deed.WAITS),
    /** What is shown stays, as a recording. */
    LOAD("open", "Load", false, JobKind.GENERATE, Deed.WAITS);

    private static final String WAITS =
        "Tokens are still to be generated; what you asked for is done once they have come. ";

    private final String id;
    private final String title;
    private final boolean tokens;
    private final JobKind ends;
    private final String running;

    Deed(String id, String title, boolean tokens, JobKind ends, String running) {
      this.id = id;
      this.title = title;
      this.tokens = tokens;
      this.ends = ends;
      this.running = running;
    }
  }

  /**
   * @param save asks for a name, saves, and does what it is given once that is done
   * @param pages those that have results in no file
   */
  Losses(Lens lens, Appearance appearance, Consumer<Runnable> save, Supplier<List<String>> pages) {
    this.lens = lens;
    this.appearance = appearance;
    this.save = save;
    this.pages = pages;
  }

  /** Does it at once where nothing would be lost, else as the user says. */
  void unlessLost(Deed deed, Runnable then) {
    boolean unsaved = deed.tokens && lens.files().isUnsaved();
    String lost = lost(deed, unsaved);
    Job running = lens.jobs().current(deed.ends);
    if (!appearance.askBeforeClosingProperty().get() || lost.isEmpty() && running == null) {
      then.run();
      return;
    }
    List<Notice.Answer> answers = new ArrayList<>();
    answers.add(new Notice.Answer(deed.id + "-stay", "Stay", () -> {}));
    if (unsaved) {
      // What is not the session's is still to be asked about.
      answers.add(
          new Notice.Answer(
              deed.id + "-save",
              "Save and " + deed.title.toLowerCase(Locale.ROOT),
              () -> save.accept(() -> unlessLost(deed, then))));
    }
    answers.add(
        new Notice.Answer(
            deed.id + "-discard",
            lost.isEmpty()
                ? "End it and " + deed.title.toLowerCase(Locale.ROOT)
                : deed.title + " without saving",
            () -> end(running, then)));
    answers.add(
        new Notice.Answer(
            deed.id + "-never-ask",
            deed.title + ", and never ask again (the menu at Open takes it back)",
            () -> {
              appearance.askBeforeClosingProperty().set(false);
              end(running, then);
            }));
    String question = ((running == null ? "" : deed.running) + lost).strip();
    if (lost.isEmpty()) {
      lens.said().askWhile(lens.jobs(), running, question, answers, () -> unlessLost(deed, then));
    } else {
      lens.said().ask(Said.Subject.OTHER, question, answers);
    }
  }

  private static void end(Job running, Runnable then) {
    if (running != null) {
      running.cancel();
    }
    then.run();
  }

  /** What is in no file and would be gone, in a sentence for each kind; empty where nothing is. */
  private String lost(Deed deed, boolean unsaved) {
    List<String> all = new ArrayList<>();
    if (unsaved) {
      all.add("The session has generated tokens that are in no file.");
    }
    int branches = deed.tokens ? lens.files().unsavedBranches() : 0;
    if (branches > 0) {
      all.add(
          (branches == 1 ? "A branch that was left is" : branches + " branches that were left are")
              + " in no file; go back to "
              + (branches == 1 ? "it to save it." : "one to save it."));
    }
    List<String> unkept = deed == Deed.CLOSE ? pages.get() : List.of();
    if (!unkept.isEmpty()) {
      all.add("Results of " + String.join(", ", unkept) + " were not exported.");
    }
    return String.join(" ", all);
  }
}
