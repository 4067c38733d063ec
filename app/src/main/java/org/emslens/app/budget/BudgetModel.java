package org.emslens.app.budget;

import java.util.function.Consumer;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.StringBinding;
import org.emslens.app.controls.Format;
import org.emslens.app.main.Lens;
import org.emslens.app.main.View;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.Policies;
import org.emslens.session.Budget;
import org.emslens.session.CacheChoice;
import org.emslens.session.Run;

/** What the budget's controls say and do, without the controls. */
public final class BudgetModel {
  private static final int DEFAULT_TOKENS = 512;

  private final Lens lens;
  private final StringBinding summary;

  public BudgetModel(Lens lens) {
    this.lens = lens;
    summary = Bindings.createStringBinding(this::summarise, lens.viewProperty());
  }

  /** Slots, tokens and bytes after the shown step. */
  public StringBinding summaryBinding() {
    return summary;
  }

  private String summarise() {
    View v = lens.viewProperty().get();
    if (v == null) {
      return "";
    }
    Run r = v.run();
    long heads = r.config().allKvHeads();
    long mean = Math.round((double) v.step().after().slots() / heads);
    return String.format(
        "%s of %s tokens kept per head,  %s of %s",
        Format.count(mean),
        Format.count(v.step().seen()),
        Format.megabytes(r.bytes(v.step())),
        Format.megabytes(r.fullBytes(v.step())));
  }

  /** Tokens of the prompt that is shown, the largest budget that means something. */
  public int promptTokens() {
    return lens.runProperty().get() == null
        ? DEFAULT_TOKENS
        : Math.max(32, lens.runProperty().get().prompt().size());
  }

  public CacheChoice choice() {
    return lens.choiceProperty().get();
  }

  /** Slots per KV head of the current choice. */
  public int slots() {
    return choice().budget().slotsFor(promptTokens());
  }

  /**
   * Changes the policy, raising the budget where the new one needs more. Switches stay, but for a
   * policy that comes with others.
   */
  public void choose(Policies policy) {
    CacheChoice wanted = choice().withPolicy(policy);
    boolean same = policy.preset().equals(choice().policy().preset());
    set(same ? wanted : wanted.withOptions(preset(policy)));
  }

  /** Sets all switches as the policy comes with, but for window and slack. */
  public void reset() {
    set(choice().withOptions(preset(choice().policy())));
  }

  private CacheOptions preset(Policies policy) {
    CacheOptions now = choice().options();
    return policy
        .preset()
        .with(
            d -> {
              d.window = now.window();
              d.slack = now.slack();
            });
  }

  /** Sets window and budget together, each kept in reach of the other. */
  public void choose(int window, int slots) {
    int w = Math.clamp(window, 1, CacheOptions.MAX_WINDOW);
    set(
        choice()
            .withOptions(choice().options().with(d -> d.window = w))
            .withBudget(Budget.slots(slots)));
  }

  /** Changes switches. */
  public void change(Consumer<CacheOptions.Draft> change) {
    set(choice().withOptions(choice().options().with(change)));
  }

  private void set(CacheChoice wanted) {
    int least = wanted.policy().with(wanted.options()).minimumBudget();
    CacheChoice fits =
        wanted.budget().slotsFor(promptTokens()) < least
            ? wanted.withBudget(Budget.slots(least))
            : wanted;
    if (!fits.equals(choice())) {
      lens.choiceProperty().set(fits);
    }
  }
}
