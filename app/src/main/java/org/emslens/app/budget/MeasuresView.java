package org.emslens.app.budget;

import java.util.Locale;
import javafx.geometry.HPos;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import org.emslens.app.controls.Format;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.View;
import org.emslens.session.Measures;

/** What compression has done to the run: at the shown step, and over all steps up to it. */
final class MeasuresView extends GridPane {
  /** Names stand on two lines where numbers need the room. */
  private static final double NARROWEST = 58;

  private final Label[][] cells = new Label[4][2];

  MeasuresView(Lens lens) {
    super(3, 1);
    setId("measures");
    ColumnConstraints name = new ColumnConstraints();
    name.setMinWidth(NARROWEST);
    ColumnConstraints value = new ColumnConstraints();
    value.setMinWidth(USE_PREF_SIZE);
    value.setHgrow(Priority.ALWAYS);
    value.setHalignment(HPos.RIGHT);
    getColumnConstraints().addAll(name, value, value);
    head("this step", 1);
    head("so far", 2);
    row(
        0,
        "KL (nats)",
        "Divergence from the full cache's next-token distribution; mean over the steps");
    row(1, "agreement", "Whether the most probable token is the full cache's; share of the steps");
    row(
        2,
        "output error",
        "How far heads' outputs are from the full cache's, |full - o| / |full|; mean over all heads");
    row(
        3,
        "kept + merged",
        "Attention, of the latest compression; and what all compressions so far have left");
    Runnable refresh = () -> show(lens.readingBinding().get() ? null : lens.viewProperty().get());
    lens.viewProperty().addListener((o, before, now) -> refresh.run());
    lens.readingBinding().addListener((o, before, now) -> refresh.run());
    refresh.run();
  }

  private void head(String text, int column) {
    Label l = new Label(text);
    l.getStyleClass().add("card-note");
    add(l, column, 0);
  }

  private void row(int row, String name, String about) {
    Label label = new Label(name);
    label.setWrapText(true);
    label.setTooltip(new Tooltip(about));
    add(label, 0, row + 1);
    for (int i = 0; i < 2; i++) {
      cells[row][i] = new Label();
      cells[row][i].getStyleClass().add("number");
      cells[row][i].setId(
          "measure-"
              + name.replaceAll("[^a-z A-Z]", "").strip().replaceAll(" +", "-")
              + (i == 0 ? "" : "-so-far"));
      add(cells[row][i], i + 1, row + 1);
    }
  }

  private void show(View v) {
    if (v == null) {
      for (Label[] row : cells) {
        row[0].setText("–");
        row[1].setText("–");
      }
      return;
    }
    Measures m = Measures.of(v.run(), v.stepIndex());
    // The prompt's last token still saw all of it.
    boolean prompt = v.stepIndex() == 0;
    set(0, prompt ? "–" : Format.number(m.kl()), Format.number(m.meanKl()));
    set(
        1,
        prompt || Double.isNaN(m.agrees()) ? "–" : m.agrees() > 0 ? "yes" : "no",
        percent(m.agreement()));
    set(2, percent(m.outputError()), percent(m.meanOutputError()));
    set(
        3,
        Double.isNaN(m.keptMass())
            ? "–"
            : String.format(Locale.ROOT, "%.1f + ", 100 * m.keptMass()) + percent(m.mergedMass()),
        percent(m.leftMass()));
  }

  private void set(int row, String now, String soFar) {
    cells[row][0].setText(now);
    cells[row][1].setText(soFar);
  }

  private static String percent(double x) {
    return Double.isNaN(x) ? "–" : Format.percent(x);
  }
}
