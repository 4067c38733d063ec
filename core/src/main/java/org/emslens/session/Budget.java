package org.emslens.session;

import java.util.Locale;

/**
 * How many slots each KV head may keep: a number, or a share of the prompt.
 *
 * @param share whether `amount` is a share, above 0 and up to 1
 */
public record Budget(double amount, boolean share) {

  public static Budget slots(int slots) {
    return new Budget(slots, false);
  }

  public static Budget share(double share) {
    return new Budget(share, true);
  }

  /**
   * `128` is slots, `0.25` a share of the prompt.
   *
   * @throws IllegalArgumentException in one sentence
   */
  public static Budget parse(String text) {
    try {
      if (text.matches("[0-9]{1,9}") && Integer.parseInt(text) > 0) {
        return slots(Integer.parseInt(text));
      }
      double share = Double.parseDouble(text);
      if (share > 0 && share <= 1) {
        return share(share);
      }
    } catch (NumberFormatException e) {
      // Said below, as for numbers out of range.
    }
    throw new IllegalArgumentException(
        "budget is '"
            + text
            + "'; expected a whole number of slots such as 128, or a share of the prompt such as 0.25.");
  }

  /** Slots for a prompt of so many tokens, at least one. */
  public int slotsFor(int promptTokens) {
    return share ? Math.max(1, (int) Math.round(amount * promptTokens)) : (int) amount;
  }

  @Override
  public String toString() {
    return share ? String.format(Locale.ROOT, "%s", amount) : Integer.toString((int) amount);
  }
}
