package org.emslens.app.heatmap;

import org.emslens.app.controls.Scale;
import org.emslens.chart.ColourMap;

/**
 * How a map's numbers become pixels; one pixel of the plot is one of the image, so that absent keys
 * can be hatched.
 *
 * @param later colour of keys after their query
 * @param hatch colour of the lines over keys that the cache no longer holds
 * @param width of the image in pixels, likewise height
 */
record MapColours(
    ColourMap map, Scale scale, Range range, int later, int hatch, int width, int height) {
  private static final int HATCH = 6;

  /** The largest probability that the colours tell apart. */
  float most(MapPicture picture) {
    float largest = picture.largest();
    return range == Range.WHOLE || largest <= 0 ? 1 : largest;
  }

  /** Opaque ARGB pixels, row by row. */
  int[] paint(MapPicture picture) {
    int[] argb = new int[width * height];
    float most = most(picture);
    for (int y = 0; y < height; y++) {
      int row = (int) ((long) y * picture.rows() / height) * picture.columns();
      for (int x = 0; x < width; x++) {
        float p = picture.values()[row + (int) ((long) x * picture.columns() / width)];
        argb[y * width + x] =
            p >= 0
                ? map.colour(scale.place(p / most))
                : p == MapPicture.ABSENT && (x + y) % HATCH < 2 ? hatch : later;
      }
    }
    return argb;
  }
}
