package org.emslens.session;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.Policies;
import org.emslens.cache.PromptScore;
import org.emslens.cache.Switch;

/** What a user chose to do to the cache: a policy, its switches, and a budget. */
public record CacheChoice(Policies policy, CacheOptions options, Budget budget) {

  public static final CacheChoice DEFAULT =
      new CacheChoice(Policies.EMS, CacheOptions.EMS, Budget.slots(128));

  /**
   * Slots per KV head for a prompt of so many tokens.
   *
   * @throws IllegalArgumentException where the policy cannot work with so few
   */
  public int slotsFor(int promptTokens) {
    int slots = budget.slotsFor(promptTokens);
    int least = policy.with(options).minimumBudget();
    if (slots < least && policy != Policies.FULL) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "budget is %s%s; %s%s needs at least %d slots.",
              budget,
              budget.share() ? " of " + promptTokens + " tokens, that is " + slots + " slots" : "",
              policy.title(),
              policy.switches().contains(Switch.WINDOW)
                  ? " with a window of " + options.window()
                  : "",
              least));
    }
    return slots;
  }

  /**
   * What the policy wants to know of a prompt of so many tokens before it compresses it; nothing
   * where the budget holds it whole.
   *
   * @throws IllegalArgumentException as `slotsFor` does
   */
  public Set<PromptScore> asks(int promptTokens) {
    return promptTokens <= slotsFor(promptTokens) ? Set.of() : policy.with(options).asks();
  }

  /** Whether it leaves the cache as it was computed. */
  public boolean isExact() {
    return policy == Policies.FULL && !options.precision().rounds();
  }

  /** Whether a switch can change anything, others being as they are. */
  public boolean reads(Switch s) {
    boolean read = policy.switches().contains(s) && (s.matters(options) || isOfGlobal(s));
    return read || s == Switch.WINDOW && options.precision().rounds();
  }

  /** EMS's score has the correction too, whatever becomes of slots that are not kept. */
  private boolean isOfGlobal(Switch s) {
    return s == Switch.COUNT_CORRECTION && policy.switches().contains(Switch.ALPHA);
  }

  /**
   * @param set switches that somebody has set
   * @throws IllegalArgumentException in one sentence, where one of them cannot change anything
   */
  public void read(Collection<Switch> set) {
    for (Switch s : set) {
      if (reads(s)) {
        continue;
      }
      if (policy.switches().contains(s)) {
        throw new IllegalArgumentException(
            s.id() + " changes nothing of " + policy.title() + " " + s.idle(options) + ".");
      }
      throw new IllegalArgumentException(
          String.format(
              "%s has no switch %s; expected one of %s.",
              policy.title(),
              s.id(),
              policy.switches().stream()
                  .filter(this::reads)
                  .sorted()
                  .map(Switch::id)
                  .collect(Collectors.joining(", "))));
    }
  }

  public CacheChoice withPolicy(Policies x) {
    return new CacheChoice(x, options, budget);
  }

  public CacheChoice withOptions(CacheOptions x) {
    return new CacheChoice(policy, x, budget);
  }

  public CacheChoice withBudget(Budget x) {
    return new CacheChoice(policy, options, x);
  }
}
