package org.emslens.app.lens;

import java.util.HashMap;
import java.util.Map;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.emslens.cache.Policies;
import org.emslens.cache.Switch;
import org.emslens.session.CacheChoice;
import org.emslens.session.Run;
import org.emslens.text.Tokenizer;

/** Runs that were left for others, on the open prompt or on earlier ones, to go back to. */
public final class Branches {
  private static final int MOST = 12;
  private static final int TEXT = 28;

  private final ObservableList<Branch> left = FXCollections.observableArrayList();

  /** Kept here, since listeners do not keep it. */
  private final ObservableList<Branch> shown = FXCollections.unmodifiableObservableList(left);

  private final Map<String, String> written = new HashMap<>();

  /**
   * A run that was left.
   *
   * @param chosen how many of its first tokens come again as they are under other settings
   * @param words what was written, where that is not the whole prompt; else the prompt
   */
  public record Branch(Run run, int chosen, String words) {

    /** Where it parts from the shown run, and how it goes on there; else which prompt it is on. */
    public String label(Run now) {
      int n = run.steps().size() - 1;
      boolean beside = now != null && run.isBeside(now);
      int step = beside ? parting(now) : 0;
      String text = run.generated(n).substring(run.generated(step).length()).strip();
      String said = text.isEmpty() && step < n ? run.steps().get(step + 1).text() : text;
      String policy = now != null && run.choice().equals(now.choice()) ? "" : policy(run);
      return (beside ? "from step " + step : "on “" + cut(words.strip()) + "”")
          + ": "
          + (text.isEmpty() ? Tokenizer.shown(said) : cut(said))
          + " ("
          + Counted.of(n - step, "token")
          + policy
          + ")";
    }

    private static String policy(Run run) {
      CacheChoice c = run.choice();
      String title = ", " + c.policy().title();
      String slots = c.policy() == Policies.FULL ? "" : " " + c.slotsFor(run.prompt().size());
      boolean rounds = c.options().precision().rounds();
      return title + slots + (rounds ? " " + Switch.PRECISION.get(c.options()) : "");
    }

    private static String cut(String s) {
      return (s.length() > TEXT ? s.substring(0, TEXT - 1) + "…" : s).replace('\n', ' ');
    }

    /** Steps that both have alike. */
    private int parting(Run now) {
      int n = Math.min(run.steps().size(), now.steps().size()) - 1;
      int step = 0;
      while (step < n && token(run, step + 1) == token(now, step + 1)) {
        step++;
      }
      return step;
    }

    private static int token(Run run, int step) {
      return run.steps().get(step).token().id();
    }
  }

  /** Newest first. */
  public ObservableList<Branch> left() {
    return shown;
  }

  /** Says what the user wrote for a prompt that a chat's template was put around. */
  void name(String prompt, String words) {
    written.put(prompt, words);
  }

  private Branch branch(Run run, int chosen) {
    String prompt = run.promptText();
    return new Branch(run, chosen, written.getOrDefault(prompt, prompt));
  }

  /** Keeps a run that another takes the place of; nothing where there are no steps. */
  void add(Run run, int chosen) {
    if (run.steps().size() > 1) {
      left.addFirst(branch(run, chosen));
      if (left.size() > MOST) {
        left.removeLast();
      }
    }
  }

  /** Takes one out that is shown again, and keeps the one that was shown. */
  void swap(Branch shown, Run now, int chosen) {
    left.remove(shown);
    add(now, chosen);
  }

  void clear() {
    left.clear();
  }
}
