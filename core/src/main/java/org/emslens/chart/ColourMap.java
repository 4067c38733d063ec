package org.emslens.chart;

/** Perceptually even colour maps (matplotlib's), as 256 opaque ARGB colours. */
public enum ColourMap {
  VIRIDIS(
      "Viridis", "440154 482475 414487 355f8d 2a788e 21918c 22a884 44bf70 7ad151 bddf26 fde725"),
  MAGMA("Magma", "000004 140e36 3b0f70 641a80 8c2981 b73779 de4968 f7705c fe9f6d fecf92 fcfdbf"),
  CIVIDIS("Cividis", "00224e 123570 3b496c 575d6d 707173 8a8678 a59c74 c3b369 e1cc55 fee838");

  private final String title;
  private final int[] argb = new int[256];

  ColourMap(String title, String stops) {
    this.title = title;
    String[] hex = stops.split(" ");
    for (int i = 0; i < argb.length; i++) {
      double at = i / 255.0 * (hex.length - 1);
      int low = Math.min((int) at, hex.length - 2);
      argb[i] =
          between(Integer.parseInt(hex[low], 16), Integer.parseInt(hex[low + 1], 16), at - low);
    }
  }

  private static int between(int from, int to, double share) {
    int argb = 0xFF000000;
    for (int shift = 0; shift <= 16; shift += 8) {
      int a = from >> shift & 255;
      int b = to >> shift & 255;
      argb |= (int) Math.round(a + share * (b - a)) << shift;
    }
    return argb;
  }

  /** Colour of a value from 0 to 1; others are clamped. */
  public int colour(double value) {
    return argb[(int) Math.clamp(value * 255 + 0.5, 0, 255)];
  }

  @Override
  public String toString() {
    return title;
  }
}
