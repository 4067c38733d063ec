package org.emslens.session;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many slots each KV head may keep: a number, or a share of the prompt.
 *
 * @param share whether `amount` is a share, above 0 and up to 1
 */
public record Budget(double amount, boolean share) {
  private static final Pattern SLOTS = Pattern.compile("[0-9]{1,9}");

  /** Digits are few, so that no number takes long to read. */
  private static final Pattern SHARE =
      Pattern.compile("([0-9]{0,9}[.]?[0-9]{1,20}(?:[eE]-?[0-9]{1,2})?) ?(%?)");

  public static Budget slots(int slots) {
    return new Budget(slots, false);
  }

  public static Budget share(double share) {
    return new Budget(share, true);
  }

  /**
   * `128` is slots; `5 %`, `5%` and `0.05` are the same share of the prompt.
   *
   * @throws IllegalArgumentException in one sentence
   */
  public static Budget parse(String text) {
    String written = text.strip();
    if (SLOTS.matcher(written).matches() && Integer.parseInt(written) > 0) {
      return slots(Integer.parseInt(written));
    }
    Matcher m = SHARE.matcher(written);
    if (m.matches()) {
      // In decimals: 7 % must be the very number that 0.07 is, or finished runs are run again.
      BigDecimal number = new BigDecimal(m.group(1));
      double share = (m.group(2).isEmpty() ? number : number.movePointLeft(2)).doubleValue();
      if (share > 0 && share <= 1) {
        return share(share);
      }
    }
    throw new IllegalArgumentException(
        "budget is '"
            + text
            + "'; expected a whole number of slots such as 128, or a share of the prompt such as 5 % or 0.05.");
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
