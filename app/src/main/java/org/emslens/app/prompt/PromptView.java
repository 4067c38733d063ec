package org.emslens.app.prompt;

import javafx.beans.binding.Bindings;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.Spinner;
import javafx.scene.control.TextArea;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.controlsfx.control.ToggleSwitch;
import org.emslens.app.main.Lens;
import org.emslens.session.Sampling;
import org.kordamp.ikonli.javafx.FontIcon;
import org.kordamp.ikonli.material2.Material2AL;
import org.kordamp.ikonli.material2.Material2MZ;

/**
 * The prompt: a sample to pick or a text to write, plain or as a chat turn, and the button that
 * runs it.
 */
public final class PromptView extends VBox {
  private final Lens lens;
  private final TextArea text = new TextArea();
  private final ToggleSwitch chat = new ToggleSwitch("chat turn");
  private final ComboBox<Sample> samples = new ComboBox<>();
  private final Label about = new Label();

  public PromptView(Lens lens) {
    this.lens = lens;
    setSpacing(6);
    setMinSize(0, 0);
    samples.setId("samples");
    samples.getItems().setAll(Sample.all());
    samples.setPromptText("Samples");
    samples.setMaxWidth(Double.MAX_VALUE);
    HBox.setHgrow(samples, Priority.ALWAYS);
    samples.setOnAction(e -> fill(samples.getValue()));
    about.setId("about");
    about.getStyleClass().add("card-note");
    about.setWrapText(true);
    about
        .minHeightProperty()
        .bind(Bindings.when(about.textProperty().isEmpty()).then(0).otherwise(50));
    about.setMaxHeight(50);
    about.managedProperty().bind(about.textProperty().isNotEmpty());
    text.setId("prompt");
    text.setWrapText(true);
    text.setPromptText("Write a prompt, or pick a sample above.");
    text.setMinHeight(40);
    VBox.setVgrow(text, Priority.ALWAYS);
    chat.setId("chat");
    Button run = new Button("Run", new FontIcon(Material2MZ.PLAY_ARROW));
    run.setId("run");
    run.setDefaultButton(true);
    run.setTooltip(new Tooltip("Read the prompt and compress its cache (Ctrl+Enter)"));
    run.setMinWidth(Region.USE_PREF_SIZE);
    run.disableProperty()
        .bind(
            lens.modelReadyProperty()
                .not()
                .or(
                    Bindings.createBooleanBinding(
                        () -> text.getText().isBlank(), text.textProperty())));
    run.setOnAction(e -> run());
    Button cancel = new Button("Cancel", new FontIcon(Material2AL.CLOSE));
    cancel.setId("cancel");
    cancel.visibleProperty().bind(lens.busyProperty());
    cancel.managedProperty().bind(lens.busyProperty());
    cancel.setMinWidth(Region.USE_PREF_SIZE);
    cancel.setOnAction(e -> lens.cancel());
    Region space = new Region();
    HBox.setHgrow(space, Priority.ALWAYS);
    HBox buttons = new HBox(8, chat, temperature(), space, cancel, run);
    buttons.setAlignment(Pos.CENTER_LEFT);
    getChildren().addAll(samples, about, text, buttons);
    lens.openedProperty().addListener((o, before, now) -> opened(now));
  }

  /** 0 takes the most probable token; more lets chance in, always the same for the same seed. */
  private HBox temperature() {
    Label name = new Label("temperature");
    name.setMinWidth(USE_PREF_SIZE);
    Spinner<Double> value = new Spinner<>(0, 2, 0, 0.1);
    value.setId("temperature");
    value.setPrefWidth(80);
    value.setMinWidth(80);
    value.setTooltip(new Tooltip("0 takes the most probable token"));
    value
        .valueProperty()
        .addListener(
            (o, before, now) ->
                lens.samplingProperty().set(new Sampling(now, now > 0 ? 0.95 : 1, 1)));
    lens.samplingProperty()
        .addListener((o, before, now) -> value.getValueFactory().setValue(now.temperature()));
    HBox box = new HBox(4, name, value);
    box.setAlignment(Pos.CENTER_LEFT);
    return box;
  }

  /** Shows the prompt of a run that was opened, template and all. */
  private void opened(String prompt) {
    samples.setValue(null);
    about.setText("");
    text.setText(prompt);
    chat.setSelected(false);
  }

  /** Fills in a sample, its settings included. */
  public void fill(Sample s) {
    if (s != null) {
      samples.setValue(s);
      text.setText(s.text());
      about.setText(s.about());
      about.setTooltip(new Tooltip(s.about()));
      chat.setSelected(s.chat());
    }
  }

  /** Runs what is written, with the sample's settings where it is still the sample's text. */
  public void run() {
    Sample s = samples.getValue();
    if (s != null && s.text().equals(text.getText())) {
      lens.startWith(text.getText(), chat.isSelected(), s.choice());
    } else {
      lens.start(text.getText(), chat.isSelected());
    }
  }
}
