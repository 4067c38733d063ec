package org.emslens.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** How charts of lines look. */
final class LineStyle {
  private static final Marker[] MARKERS = {
    SeriesMarkers.CIRCLE, SeriesMarkers.SQUARE, SeriesMarkers.TRIANGLE_UP,
    SeriesMarkers.DIAMOND, SeriesMarkers.TRIANGLE_DOWN, SeriesMarkers.CROSS
  };

  /** Okabe and Ito's palette, without black and yellow, and two more. */
  private static final int[] COLOURS = {
    0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0xd55e00, 0x56b4e9, 0x666666, 0x8c6d31, 0x5254a3
  };

  private LineStyle() {}

  private static Color colour(int i) {
    return new Color(COLOURS[i % COLOURS.length]);
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

  /**
   * @param i number of the line, which gives its colour and marker
   */
  static void apply(XYSeries s, int i) {
    s.setLineColor(colour(i));
    s.setMarkerColor(colour(i));
    s.setMarker(MARKERS[i % MARKERS.length]);
    s.setLineStyle(SeriesLines.SOLID);
    s.setLineWidth(2);
  }

  /** An interval of a line's value: thin, of the line's colour, not in the legend. */
  static void applyInterval(XYSeries s, int i) {
    s.setLineColor(colour(i));
    s.setMarker(SeriesMarkers.NONE);
    s.setLineStyle(new BasicStroke(1));
    s.setShowInLegend(false);
  }
}
