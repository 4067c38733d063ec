package org.emslens.app.lens;

import java.util.List;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.emslens.session.Run;
import org.emslens.text.Tokenizer;

/** Runs on the open prompt that were left for others, to go back to. */
public final class Branches {
  private static final int MOST = 12;
  private static final int TEXT = 28;

  private final ObservableList<Branch> left = FXCollections.observableArrayList();

  /** Kept here, since listeners do not keep it. */
  private final ObservableList<Branch> shown = FXCollections.unmodifiableObservableList(left);

  /**
   * A run that was left.
   *
   * @param step after which the other one went on
   * @param chosen how many of its first tokens come again as they are under other settings
   */
  public record Branch(Run run, int step, int chosen) {

    /** Where it parts, and how it goes on there. */
    public String label() {
      int n = run.steps().size() - 1;
      String text = run.generated(n).substring(run.generated(step).length()).strip();
      String said = text.isEmpty() && step < n ? run.steps().get(step + 1).text() : text;
      String shown = said.length() > TEXT ? said.substring(0, TEXT - 1) + "…" : said;
      return "from step "
          + step
          + ": "
          + (text.isEmpty() ? Tokenizer.shown(shown) : shown.replace('\n', ' '))
          + " ("
          + Counted.of(n, "token")
          + ")";
    }
  }

  /** Newest first. */
  public ObservableList<Branch> left() {
    return shown;
  }

  /** Keeps a run whose steps after one of them are about to go; nothing where there are none. */
  void add(Run run, int step, int chosen) {
    if (run.steps().size() - 1 > step) {
      left.addFirst(new Branch(run, step, chosen));
      if (left.size() > MOST) {
        left.removeLast();
      }
    }
  }

  /** Takes one out that is shown again, and keeps the one that was shown. */
  void swap(Branch shown, Run now, int chosen) {
    left.remove(shown);
    if (now.steps().size() > 1) {
      left.addFirst(new Branch(now, Math.min(shown.step(), now.steps().size() - 1), chosen));
    }
  }

  void set(List<Branch> all) {
    left.setAll(all);
  }

  void clear() {
    left.clear();
  }
}
