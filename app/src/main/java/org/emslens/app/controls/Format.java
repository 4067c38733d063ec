package org.emslens.app.controls;

import java.util.Locale;
import org.emslens.text.Token;

/** Numbers and tokens as they are written everywhere. */
public final class Format {
  private Format() {}

  public static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  /** A setting: no more digits than it takes. */
  public static String plain(double x) {
    return x == Math.rint(x) ? Long.toString((long) x) : Double.toString(x);
  }

  /** A time that is left, as one would say it. */
  public static String seconds(double s) {
    return s < 90
        ? Math.max(1, Math.round(s)) + " s"
        : s < 5400 ? Math.round(s / 60) + " min" : Math.round(s / 3600) + " h";
  }

  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  public static String megabytes(long bytes) {
    return bytes > 0 && bytes < 100_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  public static String probability(double p) {
    return p >= 0.001 || p == 0
        ? String.format(Locale.ROOT, "%.3f", p)
        : String.format(Locale.ROOT, "%.1e", p);
  }

  public static String number(double x) {
    return Double.isNaN(x) ? "–" : String.format(Locale.ROOT, "%.3f", x);
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
