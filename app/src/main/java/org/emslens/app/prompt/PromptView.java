package org.emslens.app.prompt;

import java.util.stream.Stream;
import javafx.beans.binding.Bindings;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextArea;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.controlsfx.control.ToggleSwitch;
import org.emslens.app.controls.Parts;
import org.emslens.app.controls.Scroll;
import org.emslens.app.controls.Switches;
import org.emslens.app.controls.WrapBar;
import org.emslens.app.controls.Wrapping;
import org.emslens.app.lens.JobKind;
import org.emslens.app.lens.Lens;
import org.emslens.session.Sampling;
import org.kordamp.ikonli.javafx.FontIcon;
import org.kordamp.ikonli.material2.Material2AL;
import org.kordamp.ikonli.material2.Material2MZ;

/**
 * The prompt: a sample to pick or a text to write, plain or as a chat turn, how tokens are chosen,
 * and the button that runs it.
 */
public final class PromptView extends VBox {
  private static final PseudoClass FAILED = PseudoClass.getPseudoClass("failed");

  /** Heights of a letter below which what a sample shows is left out, for its text's sake. */
  private static final double ROOMY = 17;

  /** As many more for each of what takes a line or two: fields of chance, question, system turn. */
  private static final double LINES = 3;

  /** Share of a line that the system turn takes at least. */
  private static final double SYSTEM = 0.4;

  private final PromptModel model;
  private final TextArea text = new TextArea();
  private final ComboBox<Sample> samples = new ComboBox<>();
  private final Label about = new Label();
  private boolean showing;

  public PromptView(Lens lens, PromptModel model) {
    this.model = model;
    setSpacing(5);
    setMinSize(0, 0);
    samples.setId("samples");
    samples.setAccessibleText("Samples");
    samples.getItems().setAll(model.samples());
    samples.setPromptText("Samples");
    samples.setMaxWidth(Double.MAX_VALUE);
    samples.setOnAction(
        e -> {
          if (!showing && samples.getValue() != null) {
            model.fill(samples.getValue());
          }
        });
    model.sampleProperty().addListener((o, before, now) -> showSample());
    model.editedProperty().addListener((o, before, now) -> showSample());
    about.setId("about");
    about.getStyleClass().add("card-note");
    about.setWrapText(true);
    about
        .visibleProperty()
        .bind(
            Bindings.createBooleanBinding(
                () -> !about.getText().isEmpty() && isRoomy(lens.settings().sampling()),
                about.textProperty(),
                model.afterwardsProperty(),
                model.chatProperty(),
                lens.settings().samplingProperty(),
                heightProperty(),
                about.fontProperty()));
    about.setMinHeight(USE_PREF_SIZE);
    ScrollPane explained = Scroll.down(about);
    explained.setFocusTraversable(false);
    explained.setMinHeight(0);
    // What scrolls would like to be one line high, however many its text has.
    explained
        .prefHeightProperty()
        .bind(
            Bindings.createDoubleBinding(
                () -> about.prefHeight(explained.getWidth() - 4) + 4,
                about.textProperty(),
                about.fontProperty(),
                explained.widthProperty()));
    explained.maxHeightProperty().bind(heightProperty().multiply(0.32));
    explained.visibleProperty().bind(about.visibleProperty());
    explained.managedProperty().bind(explained.visibleProperty());
    text.setId("prompt");
    Wrapping.wrap(text);
    text.promptTextProperty().bind(model.hintBinding());
    text.setMinHeight(40);
    text.setPrefRowCount(3);
    text.textProperty().bindBidirectional(model.textProperty());
    text.addEventFilter(KeyEvent.KEY_PRESSED, e -> tab(text, e));
    VBox.setVgrow(text, Priority.ALWAYS);
    TextArea question = question();
    SamplingView how = new SamplingView(lens);
    // It has a line of its own only where there is room for one.
    TextField system = system();
    system
        .minWidthProperty()
        .bind(Bindings.createDoubleBinding(() -> SYSTEM * how.getWidth(), how.widthProperty()));
    how.getChildren().addFirst(system);
    getChildren().addAll(samples, explained, text, question, how, buttons(lens));
  }

  private TextArea question() {
    TextArea question = new TextArea();
    question.setId("question");
    Wrapping.wrap(question);
    question.setPromptText("What is asked once the text above is compressed.");
    question.setAccessibleText("Question, asked after the compression");
    question.setPrefRowCount(1);
    question.setMinHeight(USE_PREF_SIZE);
    question.textProperty().bindBidirectional(model.questionProperty());
    question.addEventFilter(KeyEvent.KEY_PRESSED, e -> tab(question, e));
    question.visibleProperty().bind(model.afterwardsProperty());
    question.managedProperty().bind(question.visibleProperty());
    return question;
  }

  private TextField system() {
    TextField system = new TextField();
    system.setId("system");
    system.setPromptText("system turn");
    system.setPrefColumnCount(14);
    system.setTooltip(
        new Tooltip(
            "What the model is told before the chat; the template's own where this is empty"));
    system.setAccessibleText("System turn");
    system.textProperty().bindBidirectional(model.systemProperty());
    system.visibleProperty().bind(model.chatProperty());
    system.managedProperty().bind(system.visibleProperty());
    system.setMinHeight(USE_PREF_SIZE);
    return system;
  }

  private boolean isRoomy(Sampling how) {
    long more =
        Stream.of(
                how.temperature() > 0, model.afterwardsProperty().get(), model.chatProperty().get())
            .filter(b -> b)
            .count();
    return getHeight() > (ROOMY + LINES * more) * about.getFont().getSize();
  }

  /** A text area keeps Tab for itself; here it leads on, and Ctrl+Tab inserts one. */
  private static void tab(TextArea text, KeyEvent e) {
    if (e.getCode() == KeyCode.TAB) {
      if (e.isControlDown()) {
        text.replaceSelection("\t");
      } else if (e.isShiftDown()) {
        text.requestFocusTraversal(javafx.scene.TraversalDirection.PREVIOUS);
      } else {
        text.requestFocusTraversal(javafx.scene.TraversalDirection.NEXT);
      }
      e.consume();
    }
  }

  /** An edited sample is none any more, so that it can be picked again. */
  private void showSample() {
    Sample s = model.sampleProperty().get();
    boolean edited = model.editedProperty().get();
    showing = true;
    samples.setPromptText(s == null ? "Samples" : s.title() + " (edited)");
    samples.setValue(edited ? null : s);
    showing = false;
    // What a sample shows, its own text shows.
    boolean itself = s != null && !edited;
    about.setText(itself ? s.about() : "");
    Tooltip whole = itself ? new Tooltip(s.about()) : null;
    if (whole != null) {
      whole.setWrapText(true);
      whole.setMaxWidth(420);
    }
    about.setTooltip(whole);
    samples.setTooltip(whole);
  }

  /** Says how long the prompt is. */
  public static void tellLength(PromptModel model, Label length) {
    length.setId("token-count");
    length.textProperty().bind(model.lengthProperty());
    length.setTooltip(
        new Tooltip("Tokens of this prompt, and how many the model's context can hold"));
    model
        .tooLongProperty()
        .addListener((o, before, now) -> length.pseudoClassStateChanged(FAILED, now));
  }

  private WrapBar buttons(Lens lens) {
    ToggleSwitch chat = Switches.reachable(new ToggleSwitch("chat turn"));
    chat.setId("chat");
    chat.setMinWidth(USE_PREF_SIZE);
    chat.setTooltip(new Tooltip("Send the prompt in the model's own chat template"));
    chat.selectedProperty().bindBidirectional(model.chatProperty());
    // Off it can always be switched.
    chat.disableProperty()
        .bind(
            Bindings.createBooleanBinding(
                () -> !model.canChat() && !model.chatProperty().get(),
                model.chatProperty(),
                lens.models().modelProperty()));
    ToggleSwitch afterwards = Switches.reachable(new ToggleSwitch("ask after"));
    afterwards.setId("afterwards");
    afterwards.setMinWidth(USE_PREF_SIZE);
    afterwards.setTooltip(
        new Tooltip(
            "Compress the text without the question, and ask it then: nothing that is compressed knows what will be asked"));
    afterwards.selectedProperty().bindBidirectional(model.afterwardsProperty());
    Button run = new Button("Run", new FontIcon(Material2MZ.PLAY_ARROW));
    run.setId("run");
    run.getStyleClass().add("accent");
    run.setTooltip(
        new Tooltip(
            "Read the prompt and compress its cache (Ctrl+Enter; Ctrl+Shift+Enter within a chat)"));
    run.setMinWidth(Region.USE_PREF_SIZE);
    run.disableProperty()
        .bind(
            Bindings.createBooleanBinding(
                () -> !model.canRun(), model.textProperty(), lens.models().modelProperty()));
    run.setOnAction(e -> model.run());
    Button say = new Button("Say");
    say.setId("say");
    say.setTooltip(
        new Tooltip(
            "The next turn of the chat that is shown, in the same cache (Ctrl+Enter); then press Generate (Ctrl+G)"));
    say.setMinWidth(Region.USE_PREF_SIZE);
    say.visibleProperty().bind(model.chatProperty());
    say.managedProperty().bind(say.visibleProperty());
    // Where it is too early, it says so.
    say.disableProperty().bind(model.meantBinding().not());
    model
        .meantBinding()
        .addListener(
            (o, before, now) -> {
              say.getStyleClass().removeAll("accent");
              run.getStyleClass().removeAll("accent");
              (now ? say : run).getStyleClass().add("accent");
            });
    say.setOnAction(
        e -> {
          model.say();
          text.requestFocus();
        });
    Button cancel = new Button("", new FontIcon(Material2AL.CLOSE));
    cancel.setId("cancel");
    cancel.setTooltip(new Tooltip("Stop reading or generating; what is done stays (Esc)"));
    cancel.setAccessibleText("Cancel");
    cancel.setMinWidth(Region.USE_PREF_SIZE);
    cancel
        .disableProperty()
        .bind(
            Bindings.createBooleanBinding(
                () ->
                    lens.jobs().running().stream()
                        .noneMatch(
                            j ->
                                j.kind() == JobKind.READ
                                    || j.kind() == JobKind.GENERATE
                                    || j.kind() == JobKind.PLAN),
                lens.jobs().running()));
    cancel.setOnAction(e -> lens.cancel());
    Parts.leaveTo(this, cancel);
    HBox first = new HBox(10, chat, afterwards);
    first.setAlignment(Pos.CENTER_LEFT);
    HBox last = new HBox(6, cancel, say, run);
    last.setAlignment(Pos.CENTER_RIGHT);
    return new WrapBar(6, first, last);
  }
}
