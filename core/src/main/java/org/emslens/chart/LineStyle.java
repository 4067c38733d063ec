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

  private LineStyle() {}

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
    s.setLineColor(Viridis.line(i));
    s.setMarkerColor(Viridis.line(i));
    s.setMarker(MARKERS[i % MARKERS.length]);
    s.setLineStyle(SeriesLines.SOLID);
    s.setLineWidth(2);
  }

  /** An interval of a line's value: thin, of the line's colour, not in the legend. */
  static void applyInterval(XYSeries s, int i) {
    s.setLineColor(Viridis.line(i));
    s.setMarker(SeriesMarkers.NONE);
    s.setLineStyle(new BasicStroke(1));
    s.setShowInLegend(false);
  }
}
