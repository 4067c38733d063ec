package org.emslens.app.controls;

import java.util.Locale;
import org.emslens.text.Token;

/** Numbers and tokens as they are written everywhere. */
public final class Format {
  private Format() {}

  public static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  public static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  public static String probability(double p) {
    return p >= 0.001 || p == 0
        ? String.format(Locale.ROOT, "%.3f", p)
        : String.format(Locale.ROOT, "%.1e", p);
  }

  public static String nats(double kl) {
    return Double.isNaN(kl) ? "–" : String.format(Locale.ROOT, "%.3f nats", kl);
  }

  /** A token's text, cut to so many characters. */
  public static String token(Token t, int longest) {
    String s = t == null ? "" : t.shown();
    return s.length() <= longest ? s : s.substring(0, longest - 1) + "…";
  }
}
