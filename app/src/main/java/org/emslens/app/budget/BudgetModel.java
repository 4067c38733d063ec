package org.emslens.app.budget;

import java.util.function.Consumer;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.StringBinding;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.NumberField;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.Said;
import org.emslens.app.lens.View;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.Policies;
import org.emslens.cache.Precision;
import org.emslens.cache.Switch;
import org.emslens.session.Budget;
import org.emslens.session.CacheChoice;
import org.emslens.session.Run;

/** What the budget's controls say and do, without the controls. */
public final class BudgetModel {
  private static final int DEFAULT_TOKENS = 512;
  private static final int MOST_SLOTS = 100_000;

  private final Lens lens;
  private final StringBinding summary;

  public BudgetModel(Lens lens) {
    this.lens = lens;
    summary =
        Bindings.createStringBinding(this::summarise, lens.viewProperty(), lens.readingBinding());
  }

  /** Slots, tokens and bytes after the shown step. */
  public StringBinding summaryBinding() {
    return summary;
  }

  private String summarise() {
    View v = lens.viewProperty().get();
    if (v == null || lens.readingBinding().get()) {
      return "";
    }
    Run r = v.run();
    Precision precision = r.choice().options().precision();
    long heads = r.config().allKvHeads();
    long mean = Math.round((double) v.step().after().slots() / heads);
    return String.format(
        "%s of %s tokens kept per head%s%s, %s of %s",
        Format.count(mean),
        Format.count(v.step().seen()),
        isShared(r.choice()) ? " (mean)" : "",
        precision.rounds() ? " as " + Switch.PRECISION.get(r.choice().options()) : "",
        Format.megabytes(r.bytes(v.step())).replace(" MB", ""),
        Format.megabytes(r.fullBytes(v.step())));
  }

  private static boolean isShared(CacheChoice c) {
    return c.policy().switches().contains(Switch.SHARE)
        && c.options().share() != CacheOptions.Share.EVEN;
  }

  /** Tokens of the prompt that is shown. */
  public int promptTokens() {
    return lens.runProperty().get() == null
        ? DEFAULT_TOKENS
        : Math.max(32, lens.runProperty().get().prompt().size());
  }

  /** The largest budget that means something: tokens so far, or what was chosen. */
  public int mostSlots() {
    Run r = lens.runProperty().get();
    return r == null ? DEFAULT_TOKENS : Math.max(Math.max(32, seen(r)), slots());
  }

  private static int seen(Run r) {
    return r.last().seen();
  }

  public CacheChoice choice() {
    return lens.settings().choice();
  }

  /** Slots per KV head of the current choice. */
  public int slots() {
    return choice().budget().slotsFor(promptTokens());
  }

  /**
   * Changes the policy, raising the budget where the new one needs more. Switches stay, but for a
   * policy that comes with others; how exactly slots are kept is no policy's matter.
   */
  public void choose(Policies policy) {
    CacheChoice wanted = choice().withPolicy(policy);
    boolean same = policy.preset().equals(choice().policy().preset());
    Precision precision = choice().options().precision();
    set(same ? wanted : wanted.withOptions(preset(policy).with(d -> d.precision = precision)));
  }

  /** Sets all switches as the policy comes with, but for window and slack. */
  public void reset() {
    set(choice().withOptions(preset(choice().policy())));
  }

  /** As the policy comes, but for a window and a slack that the user has changed. */
  private CacheOptions preset(Policies policy) {
    CacheOptions now = choice().options();
    CacheOptions came = choice().policy().preset();
    return policy
        .preset()
        .with(
            d -> {
              d.window = now.window() == came.window() ? d.window : now.window();
              d.slack = now.slack() == came.slack() ? d.slack : now.slack();
            });
  }

  /** Sets the window; the budget follows where it would be too small for it. */
  public void chooseWindow(int window) {
    change(d -> d.window = Math.clamp(window, 1, CacheOptions.MAX_WINDOW));
  }

  /** Sets the budget, raised to what the policy needs with its window. */
  public void chooseBudget(Budget budget) {
    set(choice().withBudget(budget));
  }

  /**
   * Slots, or a share of the prompt: `128`, `12 %`, `0.25`.
   *
   * @throws IllegalArgumentException in one sentence
   */
  public static Budget parse(String text) {
    try {
      Budget b = Budget.parse(NumberField.withoutGroups(text).replaceFirst("\\s+%$", "%"));
      if (!b.share() && b.amount() > MOST_SLOTS) {
        throw new IllegalArgumentException("too many");
      }
      return b;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "budget is '"
              + text
              + "'; expected slots up to 100,000 such as 128, or a share such as 12 % or 0.12.",
          e);
    }
  }

  /** As it is typed. */
  public static String format(Budget b) {
    return b.share()
        ? Format.plain(Math.round(b.amount() * 1e4) / 1e2) + " %"
        : Format.count((long) b.amount());
  }

  /** What the budget comes to, as far as a prompt is there that says so. */
  public String share() {
    if (choice().policy() == Policies.FULL) {
      return "everything stays";
    }
    Run r = lens.runProperty().get();
    if (r == null || lens.readingBinding().get()) {
      return "slots";
    }
    int n = r.prompt().size();
    Budget b = choice().budget();
    return b.share()
        ? "= " + Format.count(b.slotsFor(n)) + " slots"
        : b.slotsFor(n) >= seen(r)
            ? "slots, all tokens"
            : b.slotsFor(n) >= n
                ? "slots, the whole prompt"
                : "slots, " + Math.round(100.0 * b.slotsFor(n) / n) + " %";
  }

  /** Changes switches. */
  public void change(Consumer<CacheOptions.Draft> change) {
    set(choice().withOptions(choice().options().with(change)));
  }

  /**
   * Sets a switch by its name.
   *
   * @throws IllegalArgumentException in one sentence
   */
  public void set(Switch s, String value) {
    set(choice().withOptions(s.set(choice().options(), value)));
  }

  private void set(CacheChoice wanted) {
    int least = wanted.policy().with(wanted.options()).minimumBudget();
    boolean tooFew =
        wanted.policy() != Policies.FULL && wanted.budget().slotsFor(promptTokens()) < least;
    CacheChoice fits = tooFew ? wanted.withBudget(Budget.slots(least)) : wanted;
    if (!fits.equals(choice())) {
      lens.settings().choiceProperty().set(fits);
    }
    if (tooFew) {
      lens.said()
          .say(
              Said.Subject.RUN,
              wanted.policy().title()
                  + (wanted.policy().switches().contains(Switch.WINDOW)
                      ? " with a window of " + wanted.options().window()
                      : "")
                  + " needs at least "
                  + least
                  + " slots");
    }
  }
}
