package org.emslens.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.emslens.experiment.Summary.Estimate;
import org.emslens.experiment.Summary.Measure;
import org.junit.jupiter.api.Test;

/** Means over trials, and what must not be thrown together. */
class SummaryTest {
  private static Outcome outcome(String model, double kl, boolean needle) {
    return outcome(model, kl, needle, "inside");
  }

  private static Outcome outcome(String model, double kl, boolean needle, String question) {
    Drift drift =
        new Drift(
            2, 1, 7.4, 2.7, kl, 0.5, true, true, null, null, 0.1, 0.5, 0.2, 0.3, 96, 0.5, 1, 1, 32,
            8);
    return new Outcome(
        model + kl,
        model,
        needle ? "needle 40 0.5 inside" : "prose 40+8",
        1,
        needle ? 40 : null,
        needle ? 0.5 : null,
        null,
        needle ? question : null,
        needle,
        "ems",
        "",
        "EMS",
        "16",
        1.0,
        null,
        null,
        drift);
  }

  @Test
  void modelsAreToldApart() {
    List<Outcome> two = List.of(outcome("a.gguf", 0.2, false), outcome("b.gguf", 0.8, false));
    assertEquals(
        List.of("EMS, a.gguf", "EMS, b.gguf"),
        Summary.of(two).stream().map(Summary::label).toList());
    assertEquals(0.2, Summary.of(two).getFirst().estimate(Measure.KL).mean(), 1e-12);
    assertEquals("EMS", Summary.of(two.subList(0, 1)).getFirst().label());
    List<NeedleGrid> grids =
        NeedleGrid.of(List.of(outcome("a.gguf", 0.2, true), outcome("b.gguf", 0.8, true)));
    assertEquals(
        List.of("EMS, a.gguf, 16, question inside", "EMS, b.gguf, 16, question inside"),
        grids.stream().map(NeedleGrid::title).toList());
  }

  /** What is asked of what was compressed without the question is another matter. */
  @Test
  void questionsAreToldApart() {
    List<Outcome> two =
        List.of(outcome("a", 0.2, true, "inside"), outcome("a", 0.8, true, "after"));
    assertEquals(
        List.of("EMS, asked inside", "EMS, asked after"),
        Summary.of(two).stream().map(Summary::label).toList());
    assertEquals("EMS", Summary.of(two.subList(1, 2)).getFirst().label());
  }

  /** Files of one name, or two answers for one, are two lines, and rows that can be told apart. */
  @Test
  void textsOfOneNameAreToldApart() {
    List<Outcome> two = List.of(of("story.txt -8", "a"), of("story.txt -8", "b"));
    assertEquals(
        List.of("EMS, story.txt -8", "EMS, story.txt -8 (2)"),
        Summary.byTask(two).stream().map(Summary::label).toList());
    List<String> rows = OutcomeCsv.table(two).lines().toList();
    assertTrue(rows.get(0).endsWith(",text"), rows.get(0));
    assertTrue(rows.get(1).endsWith("," + "a".repeat(12)), rows.get(1));
    assertTrue(rows.get(2).endsWith("," + "b".repeat(12)), rows.get(2));
  }

  private static Outcome of(String task, String digit) {
    Outcome o = outcome("a.gguf", 0.2, false);
    String key = "a.gguf|" + task + " " + digit.repeat(64) + "|1|ems||16|once";
    return new Outcome(
        key, o.model(), task, 1, null, null, null, null, false, "ems", "", "EMS", "16", 1.0, null,
        null, o.drift());
  }

  /** Facts that stand anywhere have a row of their own; RULER's tasks are no needles. */
  @Test
  void needlesAnywhereAreARow() {
    Outcome o = outcome("a", 0.2, true);
    Outcome anywhere =
        new Outcome(
            "k",
            "a",
            "needle 40 anywhere inside",
            1,
            40,
            null,
            null,
            "inside",
            true,
            "ems",
            "",
            "EMS",
            "16",
            1.0,
            null,
            null,
            o.drift());
    Outcome ruler =
        new Outcome(
            "r",
            "a",
            "ruler single 40 inside",
            1,
            40,
            null,
            "single",
            "inside",
            true,
            "ems",
            "",
            "EMS",
            "16",
            1.0,
            null,
            null,
            o.drift());
    NeedleGrid grid = NeedleGrid.of(List.of(o, anywhere, ruler)).getFirst();
    assertEquals(List.of(NeedleGrid.ANYWHERE, 0.5), grid.depths());
    assertEquals(1, grid.cell(40, NeedleGrid.ANYWHERE).accuracy().n());
    assertEquals("anywhere", NeedleGrid.named(grid.depths().getFirst()));
  }

  /** Student's t as SciPy has it: t.ppf(0.975, n - 1). */
  @Test
  void fewValuesAreLessSure() {
    double[] t = {12.706204736, 4.302652730, 3.182446305, 2.776445105};
    for (int n = 2; n <= 5; n++) {
      assertEquals(t[n - 2], halfWidth(n), 1e-6, n + " values");
    }
    assertEquals(2.119905299, halfWidth(17), 1e-6);
    assertEquals(2.009575235, halfWidth(50), 1e-6);
  }

  /** Of the interval, in standard errors. */
  private static double halfWidth(int n) {
    List<Outcome> all = new ArrayList<>();
    double mean = 0;
    for (int i = 0; i < n; i++) {
      all.add(outcome("a", i, false));
      mean += (double) i / n;
    }
    double squares = 0;
    for (int i = 0; i < n; i++) {
      squares += (i - mean) * (i - mean);
    }
    Estimate e = Summary.of(all).getFirst().estimate(Measure.KL);
    assertEquals(mean, e.mean(), 1e-12);
    return (e.high() - e.mean()) / Math.sqrt(squares / (n - 1) / n);
  }
}
