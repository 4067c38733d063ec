package org.emslens.app.controls;

import java.util.Locale;

/** How an attention probability becomes a place on a colour bar. */
public enum Scale {
  LOG("log"),
  ROOT("square root"),
  LINEAR("linear");

  /** Probabilities below 10 to this power look alike. */
  private static final int LOWEST_POWER = -4;

  private final String title;

  Scale(String title) {
    this.title = title;
  }

  /** Place from 0 to 1 of a probability. */
  public double place(double p) {
    return switch (this) {
      case LOG -> p <= 0 ? 0 : 1 - Math.log10(p) / LOWEST_POWER;
      case ROOT -> Math.sqrt(p);
      case LINEAR -> p;
    };
  }

  /** Probabilities that are worth a mark on the colour bar. */
  public double[] marks() {
    return this == LOG
        ? new double[] {1e-4, 1e-3, 1e-2, 0.1, 1}
        : new double[] {0, 0.25, 0.5, 0.75, 1};
  }

  /** How a mark is written. */
  public String label(double p) {
    return this == LOG && p < 0.01
        ? "10" + (p < 2e-4 ? "⁻⁴" : "⁻³")
        : String.format(
            Locale.ROOT, p == Math.rint(p) ? "%.0f" : p < 0.1 || this == LOG ? "%s" : "%.2f", p);
  }

  @Override
  public String toString() {
    return title;
  }
}
