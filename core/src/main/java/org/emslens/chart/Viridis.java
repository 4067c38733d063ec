package org.emslens.chart;

import java.awt.Color;

/**
 * Colours from dark to bright that rise evenly, for colour-blind eyes too; and colours of lines.
 */
final class Viridis {
  /** Seven points of matplotlib's viridis. */
  private static final int[] POINTS = {
    0x440154, 0x443983, 0x31688e, 0x21918c, 0x35b779, 0x90d743, 0xfde725
  };

  /** Okabe and Ito's palette, without black and yellow. */
  private static final int[] LINES = {
    0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0xd55e00, 0x56b4e9, 0x666666, 0x8c6d31, 0x5254a3
  };

  private Viridis() {}

  /**
   * @param x from 0 to 1
   */
  static Color at(double x) {
    double p = Math.clamp(x, 0, 1) * (POINTS.length - 1);
    int i = Math.min((int) p, POINTS.length - 2);
    double t = p - i;
    int rgb = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int a = POINTS[i] >> shift & 255;
      int b = POINTS[i + 1] >> shift & 255;
      rgb |= (int) Math.round(a + t * (b - a)) << shift;
    }
    return new Color(rgb);
  }

  static Color line(int i) {
    return new Color(LINES[i % LINES.length]);
  }
}
