package org.emslens.app.main;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import javafx.beans.binding.Bindings;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.geometry.Orientation;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.control.Slider;
import javafx.scene.control.SplitMenuButton;
import javafx.scene.control.SplitPane;
import javafx.scene.control.TextInputControl;
import javafx.scene.control.Tooltip;
import javafx.scene.input.DragEvent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.TransferMode;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.stage.DirectoryChooser;
import javafx.stage.FileChooser;
import org.controlsfx.control.ToggleSwitch;
import org.emslens.app.budget.BudgetModel;
import org.emslens.app.budget.BudgetView;
import org.emslens.app.budget.HeadBars;
import org.emslens.app.controls.Card;
import org.emslens.app.controls.ColourMap;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.Palette;
import org.emslens.app.controls.Scale;
import org.emslens.app.controls.Surface;
import org.emslens.app.heads.AtlasView;
import org.emslens.app.heads.Encoding;
import org.emslens.app.heatmap.HeatmapView;
import org.emslens.app.next.NextTokenView;
import org.emslens.app.prompt.PromptView;
import org.emslens.app.scores.ScoresView;
import org.emslens.app.settings.Theme;
import org.emslens.app.timeline.TimelineModel;
import org.emslens.app.timeline.TimelineView;
import org.emslens.app.tokens.ContextView;
import org.emslens.app.tokens.TokenStrip;
import org.kordamp.ikonli.javafx.FontIcon;
import org.kordamp.ikonli.material2.Material2AL;
import org.kordamp.ikonli.material2.Material2MZ;

/**
 * The window's content: what the model read and wrote at the left, what a head looks at in the
 * middle, what the cache kept at the right, when at the bottom.
 */
public final class MainView extends BorderPane {
  private final Lens lens;
  private final TimelineModel timeline;
  private final ObjectProperty<Theme> theme =
      new SimpleObjectProperty<>(this, "theme", Theme.LIGHT);
  private final List<Surface> surfaces = new ArrayList<>();
  private final PromptView prompt;
  private final HeatmapView heatmap;
  private final AtlasView atlas;

  public MainView(Lens lens) {
    this.lens = lens;
    timeline = new TimelineModel(lens);
    prompt = new PromptView(lens);
    heatmap = surface(new HeatmapView(lens));
    atlas = surface(new AtlasView(lens));
    getStylesheets().add(MainView.class.getResource("/org/emslens/app/app.css").toExternalForm());
    getStyleClass().add("lens");
    TimelineView when = new TimelineView(lens, timeline);
    setTop(header());
    SplitPane columns = new SplitPane(left(), centre(), right());
    columns.setDividerPositions(0.29, 0.745);
    setCenter(columns);
    setBottom(new VBox(when, new StatusLine(lens)));
    theme.addListener((o, before, now) -> dress(when, now));
    dress(when, theme.get());
    addEventFilter(KeyEvent.KEY_PRESSED, this::key);
    setOnDragOver(this::dragOver);
    setOnDragDropped(this::dropped);
  }

  private <S extends Surface> S surface(S s) {
    surfaces.add(s);
    return s;
  }

  private void dress(TimelineView when, Theme now) {
    now.apply();
    Palette p = now.palette();
    surfaces.forEach(s -> s.paletteProperty().set(p));
    when.paletteProperty().set(p);
  }

  private HBox header() {
    Label name = new Label("EMS Lens");
    name.getStyleClass().add("title");
    Label model = new Label();
    model.setId("model-title");
    model
        .textProperty()
        .bind(
            Bindings.when(lens.modelTitleProperty().isEmpty())
                .then("no model yet")
                .otherwise(lens.modelTitleProperty()));
    Label backend = new Label();
    backend.setId("backend");
    backend.getStyleClass().add("card-note");
    backend.textProperty().bind(lens.backendProperty());
    Region space = new Region();
    HBox.setHgrow(space, Priority.ALWAYS);
    SplitMenuButton open = new SplitMenuButton();
    open.setId("open");
    open.setText("Open");
    open.setGraphic(new FontIcon(Material2AL.FOLDER_OPEN));
    open.setTooltip(
        new Tooltip("A model (GGUF) or a recorded session (.emslens); or drop it on the window"));
    open.setOnAction(e -> openFile());
    MenuItem folder = new MenuItem("Model folder …");
    folder.setOnAction(e -> openFolder());
    MenuItem standard = new MenuItem("Default model");
    standard.setOnAction(e -> lens.openDefault());
    open.getItems().setAll(folder, standard);
    Button save = new Button("Save", new FontIcon(Material2MZ.SAVE));
    save.setId("save");
    save.setTooltip(new Tooltip("Save the session to one file that opens without the model"));
    save.disableProperty().bind(lens.runProperty().isNull());
    save.setOnAction(e -> saveFile());
    Button look = new Button("", new FontIcon(Material2AL.BRIGHTNESS_6));
    look.setId("theme");
    look.setTooltip(new Tooltip("Light or dark"));
    look.setOnAction(e -> theme.set(theme.get().other()));
    HBox header = new HBox(10, name, model, backend, space, open, save, look);
    header.getStyleClass().add("header");
    header.setAlignment(Pos.CENTER_LEFT);
    return header;
  }

  private SplitPane left() {
    Card promptCard = new Card("Prompt", prompt);
    ContextView context = surface(new ContextView(lens));
    Card contextCard = new Card("Context", context);
    contextCard
        .note()
        .textProperty()
        .bind(Bindings.createStringBinding(this::contextNote, lens.viewProperty()));
    ToggleSwitch beside = new ToggleSwitch("ask the full cache");
    beside.setId("compare");
    beside.setTooltip(
        new Tooltip(
            "Whether every step also asks the full cache, which takes as long again; from the next prompt on"));
    beside.selectedProperty().bindBidirectional(lens.compareProperty());
    Card next = new Card("Next token", surface(new NextTokenView(lens)), beside);
    next.note()
        .textProperty()
        .bind(Bindings.createStringBinding(this::divergence, lens.viewProperty()));
    SplitPane pane = new SplitPane(promptCard, contextCard, next);
    pane.setOrientation(Orientation.VERTICAL);
    pane.setDividerPositions(0.34, 0.69);
    return pane;
  }

  private String contextNote() {
    View v = lens.viewProperty().get();
    return v == null
        ? ""
        : Format.count(v.promptTokens())
            + " prompt + "
            + Format.count(v.stepIndex())
            + " generated tokens";
  }

  private String divergence() {
    View v = lens.viewProperty().get();
    return v == null || v.step().fullNext() == null
        ? ""
        : "KL " + Format.nats(v.step().divergence());
  }

  private SplitPane centre() {
    ComboBox<Encoding> encoding = combo("encoding", Encoding.values(), atlas.encodingProperty());
    Card heads = new Card("Heads", atlas, encoding);
    heads
        .note()
        .textProperty()
        .bind(Bindings.createStringBinding(this::headsNote, lens.viewProperty()));
    ComboBox<Scale> scale = combo("scale", Scale.values(), heatmap.scaleProperty());
    ComboBox<ColourMap> map = combo("map", ColourMap.values(), heatmap.mapProperty());
    atlas.mapProperty().bind(heatmap.mapProperty());
    Card head = new Card("Head", heatmap, scale, map);
    head.note()
        .textProperty()
        .bind(Bindings.createStringBinding(this::headNote, lens.viewProperty()));
    Card tokens = new Card("Tokens of this head", surface(new TokenStrip(lens)));
    SplitPane pane = new SplitPane(heads, head, tokens);
    pane.setOrientation(Orientation.VERTICAL);
    pane.setDividerPositions(0.30, 0.82);
    return pane;
  }

  private String headsNote() {
    View v = lens.viewProperty().get();
    return v == null ? "" : v.run().config().layers() + " layers × " + v.run().config().heads();
  }

  private String headNote() {
    View v = lens.viewProperty().get();
    return v == null
        ? ""
        : "layer "
            + v.layer()
            + ", head "
            + v.head()
            + " (KV "
            + v.head() / v.run().config().group()
            + ")";
  }

  private static <E> ComboBox<E> combo(String id, E[] values, ObjectProperty<E> bound) {
    ComboBox<E> box = new ComboBox<>();
    box.setId(id);
    box.getItems().setAll(values);
    box.valueProperty().bindBidirectional(bound);
    box.getStyleClass().add("small");
    return box;
  }

  private SplitPane right() {
    BudgetModel model = new BudgetModel(lens);
    Card budget = new Card("Budget", new BudgetView(lens, model));
    Card bars = new Card("Heads of this layer", surface(new HeadBars(lens)));
    Card scores = new Card("Global-Local", surface(new ScoresView(lens)));
    SplitPane pane = new SplitPane(budget, bars, scores);
    pane.setOrientation(Orientation.VERTICAL);
    pane.setDividerPositions(0.42, 0.71);
    return pane;
  }

  private void openFile() {
    FileChooser chooser = new FileChooser();
    chooser.setTitle("Open a model or a recorded session");
    chooser
        .getExtensionFilters()
        .setAll(
            new FileChooser.ExtensionFilter(
                "Models and sessions", "*.gguf", "*.emslens", "config.json"),
            new FileChooser.ExtensionFilter("All files", "*"));
    File f = chooser.showOpenDialog(getScene().getWindow());
    if (f != null) {
      lens.open(f.toPath());
    }
  }

  private void openFolder() {
    File f = new DirectoryChooser().showDialog(getScene().getWindow());
    if (f != null) {
      lens.open(f.toPath());
    }
  }

  private void saveFile() {
    FileChooser chooser = new FileChooser();
    chooser.setTitle("Save the session");
    chooser.setInitialFileName("session.emslens");
    File f = chooser.showSaveDialog(getScene().getWindow());
    if (f != null) {
      lens.save(f.toPath());
    }
  }

  private void dragOver(DragEvent e) {
    if (e.getDragboard().hasFiles()) {
      e.acceptTransferModes(TransferMode.COPY);
    }
    e.consume();
  }

  private void dropped(DragEvent e) {
    boolean has = e.getDragboard().hasFiles();
    if (has) {
      lens.open(e.getDragboard().getFiles().getFirst().toPath());
    }
    e.setDropCompleted(has);
    e.consume();
  }

  private void key(KeyEvent e) {
    boolean typing = e.getTarget() instanceof TextInputControl;
    if (e.isShortcutDown() && e.getCode() == KeyCode.ENTER) {
      prompt.run();
      e.consume();
    } else if (!typing && e.getTarget() instanceof Node n && !(n instanceof Slider)) {
      Runnable action =
          switch (e.getCode()) {
            case RIGHT -> timeline::forward;
            case LEFT -> timeline::back;
            case HOME -> timeline::first;
            case END -> timeline::last;
            case SPACE -> () -> timeline.playingProperty().set(!timeline.playingProperty().get());
            default -> null;
          };
      boolean pressesButton = e.getCode() == KeyCode.SPACE && n instanceof ButtonBase;
      if (action != null && !pressesButton) {
        action.run();
        e.consume();
      }
    }
  }

  public ObjectProperty<Theme> themeProperty() {
    return theme;
  }

  public PromptView prompt() {
    return prompt;
  }

  public HeatmapView heatmap() {
    return heatmap;
  }

  public AtlasView atlas() {
    return atlas;
  }
}
