package org.emslens.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.emslens.experiment.Drift;
import org.emslens.experiment.Outcome;
import org.emslens.experiment.Summary.Measure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BudgetChartTest {
  /** Rows of a chart between its axis and the axis' title. */
  private static final int TOP = 497;

  private static final int BOTTOM = 512;

  /** Columns that tell two labels from two digits of one. */
  private static final int GAP = 20;

  /** However far lines stand aside of each other, and whatever lies at the ends of the axis. */
  @ParameterizedTest
  @CsvSource({
    "1, '64,128,256', 3",
    "2, '64,128,256', 3",
    "18, '64,128,256', 3",
    "18, '64,100,256', 3",
    "1, '64', 1",
    "18, '64', 1"
  })
  void budgetsAreWrittenUnderTheAxis(int lines, String budgets, int labels) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < lines; i++) {
      for (String budget : budgets.split(",")) {
        outcomes.add(outcome("line " + i, budget));
      }
    }
    BufferedImage image = BudgetChart.of(outcomes, Measure.KL).image(1);
    assertEquals(labels, words(image));
  }

  private static int words(BufferedImage image) {
    int words = 0;
    int clear = GAP;
    for (int x = 0; x < image.getWidth(); x++) {
      clear = dark(image, x) ? 0 : clear + 1;
      if (clear == GAP) {
        words++;
      }
    }
    return words;
  }

  private static boolean dark(BufferedImage image, int x) {
    for (int y = TOP; y < BOTTOM; y++) {
      if ((image.getRGB(x, y) & 0xff) < 0x80) {
        return true;
      }
    }
    return false;
  }

  private static Outcome outcome(String label, String budget) {
    double share = Integer.parseInt(budget) / 1024.0;
    Drift drift =
        new Drift(
            2, 1, 7.4, 2.7, share, 0.5, true, true, null, null, 0.1, 0.5, 0.2, 0.3, 96, share, 1, 1,
            1024, 8);
    return new Outcome(
        label + budget,
        "m",
        "prose 1024+8",
        1,
        null,
        null,
        null,
        null,
        false,
        "ems",
        "",
        label,
        budget,
        1.0,
        null,
        null,
        drift);
  }
}
