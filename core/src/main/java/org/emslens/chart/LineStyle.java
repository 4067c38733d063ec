package org.emslens.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.ArrayList;
import java.util.List;
import org.emslens.cache.Policies;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * How a chart of lines looks, and each line of it.
 *
 * @param dashes lengths of strokes and gaps, or null for a line without
 */
record LineStyle(Color colour, Marker marker, float[] dashes) {
  private static final Marker[] MARKERS = {
    SeriesMarkers.CIRCLE, SeriesMarkers.SQUARE, SeriesMarkers.TRIANGLE_UP,
    SeriesMarkers.DIAMOND, SeriesMarkers.TRIANGLE_DOWN, SeriesMarkers.CROSS
  };

  /** One for each of {@link PolicyColours#DASHES}. */
  private static final float[][] DASHES = {null, {7, 4}, {2, 4}, {9, 4, 2, 4}};

  private static final float WIDTH = 2;

  /** How the lines of these policies look, in their order. */
  static List<LineStyle> of(List<Policies> policies) {
    int[] dashes = PolicyColours.dashes(policies);
    List<LineStyle> styles = new ArrayList<>();
    for (int i = 0; i < dashes.length; i++) {
      styles.add(
          new LineStyle(
              new Color(PolicyColours.of(policies.get(i))),
              MARKERS[i % MARKERS.length],
              DASHES[dashes[i]]));
    }
    return styles;
  }

  static void apply(XYStyler s) {
    s.setChartBackgroundColor(Color.WHITE);
    s.setPlotBorderVisible(false);
    s.setPlotGridLinesColor(new Color(0xe4e4e4));
    s.setLegendPosition(Styler.LegendPosition.OutsideE);
    s.setLegendBorderColor(Color.WHITE);
    s.setMarkerSize(8);
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    s.setLegendFont(font);
    s.setAxisTitleFont(font);
    s.setAxisTickLabelsFont(font);
    s.setYAxisDecimalPattern("0.###");
  }

  void line(XYSeries s) {
    s.setLineColor(colour);
    s.setMarkerColor(colour);
    s.setMarker(marker);
    s.setLineStyle(stroke(WIDTH, dashes));
  }

  /** An interval of a line's value: thin, of the line's colour, not in the legend. */
  void interval(XYSeries s) {
    s.setLineColor(colour);
    s.setMarker(SeriesMarkers.NONE);
    s.setLineStyle(new BasicStroke(1));
    s.setShowInLegend(false);
  }

  /** Lines, and a full cache's, which is no line of points but a level. */
  static BasicStroke stroke(float width, float[] dashes) {
    return new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 1, dashes, 0);
  }
}
