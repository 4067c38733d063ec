package org.emslens.app.main;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javafx.beans.binding.Bindings;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.geometry.Orientation;
import javafx.scene.Node;
import javafx.scene.control.ButtonBase;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Slider;
import javafx.scene.control.SplitPane;
import javafx.scene.control.TextInputControl;
import javafx.scene.control.Tooltip;
import javafx.scene.input.DragEvent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.TransferMode;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.controlsfx.control.ToggleSwitch;
import org.emslens.app.budget.BudgetModel;
import org.emslens.app.budget.BudgetView;
import org.emslens.app.budget.HeadBars;
import org.emslens.app.compare.CompareView;
import org.emslens.app.controls.Card;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.Palette;
import org.emslens.app.controls.Scale;
import org.emslens.app.controls.Surface;
import org.emslens.app.heads.AtlasView;
import org.emslens.app.heads.Encoding;
import org.emslens.app.heatmap.HeatmapView;
import org.emslens.app.needle.NeedleView;
import org.emslens.app.next.NextTokenView;
import org.emslens.app.prompt.PromptView;
import org.emslens.app.scores.ScoresView;
import org.emslens.app.settings.Theme;
import org.emslens.app.sweep.SweepView;
import org.emslens.app.timeline.TimelineModel;
import org.emslens.app.timeline.TimelineView;
import org.emslens.app.tokens.ContextView;
import org.emslens.app.tokens.TokenStrip;
import org.emslens.chart.ColourMap;

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
  private final ObjectProperty<Page> page = new SimpleObjectProperty<>(this, "page", Page.INSPECT);
  private final Map<Page, Node> pages = new EnumMap<>(Page.class);
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
    setTop(new Header(lens, page, theme));
    SplitPane columns = new SplitPane(left(), centre(), right());
    columns.setDividerPositions(0.29, 0.745);
    CompareView compare = new CompareView(lens);
    compare.surfaces().forEach(this::surface);
    Runnable inspect = () -> page.set(Page.INSPECT);
    pages.put(Page.INSPECT, columns);
    pages.put(Page.COMPARE, compare);
    pages.put(Page.SWEEP, new SweepView(lens, inspect));
    pages.put(Page.NEEDLE, new NeedleView(lens, inspect));
    StackPane middle = new StackPane();
    middle.getChildren().setAll(pages.values());
    setCenter(middle);
    setBottom(new VBox(when, new StatusLine(lens, page)));
    page.addListener((o, before, now) -> turn(when, now));
    turn(when, page.get());
    theme.addListener((o, before, now) -> dress(when, now));
    dress(when, theme.get());
    addEventFilter(KeyEvent.KEY_PRESSED, this::key);
    setOnDragOver(this::dragOver);
    setOnDragDropped(this::dropped);
  }

  private void turn(TimelineView when, Page now) {
    pages.forEach((p, node) -> node.setVisible(p == now));
    when.setVisible(now == Page.INSPECT);
    when.setManaged(now == Page.INSPECT);
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
    boolean typing = e.getTarget() instanceof TextInputControl || page.get() != Page.INSPECT;
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

  /** What the middle of the window is for. */
  public ObjectProperty<Page> pageProperty() {
    return page;
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
