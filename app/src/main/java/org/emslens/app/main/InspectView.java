package org.emslens.app.main;

import java.util.ArrayList;
import java.util.List;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.DoubleExpression;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.geometry.Orientation;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.SplitPane;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.controlsfx.control.ToggleSwitch;
import org.emslens.app.budget.BudgetModel;
import org.emslens.app.budget.BudgetView;
import org.emslens.app.budget.HeadBars;
import org.emslens.app.controls.Card;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.Parts;
import org.emslens.app.controls.Scale;
import org.emslens.app.controls.Scroll;
import org.emslens.app.controls.Surface;
import org.emslens.app.controls.Switches;
import org.emslens.app.controls.Tail;
import org.emslens.app.controls.Titles;
import org.emslens.app.heads.AtlasView;
import org.emslens.app.heads.Encoding;
import org.emslens.app.heatmap.HeatmapView;
import org.emslens.app.heatmap.Range;
import org.emslens.app.heatmap.RepetitionModel;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.Models;
import org.emslens.app.lens.View;
import org.emslens.app.next.NextTokenView;
import org.emslens.app.prompt.PromptModel;
import org.emslens.app.prompt.PromptView;
import org.emslens.app.scores.ScoresView;
import org.emslens.app.settings.Appearance;
import org.emslens.app.tokens.ContextView;
import org.emslens.app.tokens.PinnedView;
import org.emslens.app.tokens.Search;
import org.emslens.app.tokens.SearchBar;
import org.emslens.app.tokens.TokenStrip;
import org.emslens.chart.ColourMap;
import org.emslens.session.Run;
import org.kordamp.ikonli.javafx.FontIcon;
import org.kordamp.ikonli.material2.Material2MZ;

/**
 * The page on which a run is looked at: what the model read and wrote at the left, what a head
 * looks at in the middle, what the cache kept at the right. Where there is no room for all of it,
 * it scrolls.
 */
public final class InspectView extends StackPane {
  /** Least widths at which columns can be used, before they scroll, with text as designed. */
  private static final double[] LEAST_WIDTHS = {252, 300, 250};

  private static final double DIVIDER = 5;
  private static final double LEAST_CONTEXT = 140;
  private static final double LEAST_PROMPT = 216;

  /** What the fields of a drawn token take besides. */
  private static final double CHANCE = 34;

  /** For a question that comes afterwards. */
  private static final double QUESTION = 38;

  /** And for a chat's system turn. */
  private static final double SYSTEM = 34;

  private static final double PINNED = 112;
  private static final double MOST_OF_ANSWER = 52;

  private final Lens lens;
  private final Appearance appearance;
  private final List<Surface> surfaces = new ArrayList<>();
  private final Dividers dividers;
  private final RepetitionModel repetition;
  private final HeatmapView heatmap;
  private final AtlasView atlas;
  private final Search search = new Search();
  private final SearchBar searchBar = new SearchBar(search);
  private final ContextView context;
  private String looked = "";

  InspectView(Lens lens, PromptModel prompt, Appearance appearance) {
    this.lens = lens;
    this.appearance = appearance;
    dividers = new Dividers(appearance);
    repetition = new RepetitionModel(lens);
    heatmap = surface(new HeatmapView(lens, repetition));
    atlas = surface(new AtlasView(lens));
    context = surface(new ContextView(lens, search));
    SplitPane columns =
        split(
            "columns",
            new double[] {0.29, 0.745},
            least(left(prompt), LEAST_WIDTHS[0]),
            least(centre(), LEAST_WIDTHS[1]),
            least(right(), LEAST_WIDTHS[2]));
    columns.setOrientation(Orientation.HORIZONTAL);
    ScrollPane all = Scroll.of(columns);
    all.setFitToHeight(true);
    all.setId("inspect-scroll");
    VBox.setVgrow(all, Priority.ALWAYS);
    getChildren().add(new VBox(shown(prompt), all));
    setMinSize(0, 0);
  }

  /** Says whose pictures these are where the prompt at the left is another. */
  private static Label shown(PromptModel prompt) {
    Label l = Parts.note("shown", prompt.lines().shownBinding());
    l.getStyleClass().add("shown");
    return l;
  }

  private <S extends Surface> S surface(S s) {
    surfaces.add(s);
    return s;
  }

  List<Surface> surfaces() {
    return surfaces;
  }

  /** A vertical pane of cards whose dividers are remembered under a name. */
  private SplitPane split(String name, double[] at, Region... parts) {
    SplitPane pane = new SplitPane(parts);
    pane.setId(name);
    pane.setOrientation(Orientation.VERTICAL);
    dividers.add(pane, at);
    DoubleExpression least = new SimpleDoubleProperty(DIVIDER * at.length);
    for (Region r : parts) {
      least = least.add(r.minHeightProperty());
    }
    if (!name.equals("columns")) {
      pane.minHeightProperty().bind(least);
    }
    return pane;
  }

  private Region least(SplitPane pane, double width) {
    pane.minWidthProperty().bind(appearance.textProperty().multiply(width));
    return pane;
  }

  private static <R extends Region> R atLeast(R part, Appearance appearance, double height) {
    part.minHeightProperty().bind(appearance.textProperty().multiply(height));
    return part;
  }

  private SplitPane left(PromptModel prompt) {
    Card promptCard = new Card("Prompt", Help.PROMPT.text(), new PromptView(lens, prompt));
    PromptView.tellLength(prompt, promptCard.note());
    PinnedView pinned = surface(new PinnedView(lens));
    pinned.prefHeightProperty().bind(appearance.textProperty().multiply(PINNED));
    pinned.minHeightProperty().bind(pinned.prefHeightProperty());
    pinned.visibleProperty().bind(lens.selection().pinnedProperty().greaterThanOrEqualTo(0));
    pinned.managedProperty().bind(pinned.visibleProperty());
    pinned.visibleProperty().addListener((o, before, now) -> dividers.place());
    VBox.setVgrow(context, Priority.ALWAYS);
    lens.runProperty().addListener((o, before, now) -> lookAtFirst(prompt, before, now));
    prompt.lookProperty().addListener((o, before, now) -> look(now));
    Card contextCard =
        new Card("Context", Help.CONTEXT.text(), new VBox(context, generated(), pinned), searchBar);
    note(contextCard, this::contextNote);
    ToggleSwitch beside = Switches.reachable(new ToggleSwitch("full cache too"));
    beside.setId("compare");
    beside.setTooltip(
        new Tooltip(
            "Whether every step also asks the full cache, which takes as long again; from the next prompt on"));
    beside.selectedProperty().bindBidirectional(lens.compareProperty());
    Card next = new Card("Next token", Help.NEXT.text(), surface(new NextTokenView(lens)), beside);
    note(next, this::divergence);
    contextCard
        .minHeightProperty()
        .bind(
            Bindings.createDoubleBinding(
                () ->
                    appearance.textProperty().get()
                        * (LEAST_CONTEXT
                            + (pinned.isVisible() ? PINNED : 0)
                            + (lens.selection().stepProperty().get() > 0 ? MOST_OF_ANSWER : 0)),
                appearance.textProperty(),
                pinned.visibleProperty(),
                lens.selection().stepProperty()));
    promptCard
        .minHeightProperty()
        .bind(
            Bindings.createDoubleBinding(
                () ->
                    appearance.textProperty().get()
                        * (LEAST_PROMPT
                            + (lens.settings().sampling().temperature() > 0 ? CHANCE : 0)
                            + (prompt.afterwardsProperty().get() ? QUESTION : 0)
                            + (prompt.chatProperty().get() ? SYSTEM : 0)),
                appearance.textProperty(),
                prompt.afterwardsProperty(),
                prompt.chatProperty(),
                lens.settings().samplingProperty()));
    return split(
        "left", new double[] {0.36, 0.69}, promptCard, contextCard, atLeast(next, appearance, 130));
  }

  /** What a sample is about is found for the user once it has been read. */
  private void lookAtFirst(PromptModel prompt, Run before, Run now) {
    boolean read = now != null && (before == null || !before.promptText().equals(now.promptText()));
    if (read
        && !look(prompt.lookProperty().get())
        && search.wantedProperty().get().equals(looked)) {
      search.wantedProperty().set("");
    }
  }

  private boolean look(String at) {
    Run run = lens.runProperty().get();
    boolean there = run != null && !at.isEmpty() && run.promptText().contains(at);
    if (there) {
      search.wantedProperty().set(at);
      looked = at;
    }
    return there;
  }

  /** The answer so far, wherever the context is scrolled to. */
  private Tail generated() {
    Tail l = new Tail();
    l.setId("generated");
    l.getStyleClass().add("generated");
    l.maxHeightProperty().bind(appearance.textProperty().multiply(MOST_OF_ANSWER));
    l.wholeProperty().bind(Bindings.createStringBinding(this::answer, lens.viewProperty()));
    l.visibleProperty().bind(l.wholeProperty().isNotEmpty());
    l.managedProperty().bind(l.visibleProperty());
    return l;
  }

  private String answer() {
    View v = lens.viewProperty().get();
    if (v == null || v.stepIndex() == 0) {
      return "";
    }
    return AnswerText.of(v.run().generated(v.stepIndex()));
  }

  private void note(Card card, java.util.concurrent.Callable<String> text) {
    card.note()
        .textProperty()
        .bind(
            Bindings.createStringBinding(
                text,
                lens.viewProperty(),
                lens.readingBinding(),
                lens.compareProperty(),
                lens.models().modelProperty()));
  }

  private String contextNote() {
    View v = lens.viewProperty().get();
    return v == null
        ? ""
        : Format.count(v.promptTokens())
            + " + "
            + Format.count(v.stepIndex())
            + (v.run().canDecode() || isOpen(v.run()) ? " tokens" : " tokens, recorded");
  }

  /** Whether the model is open that made this. */
  private boolean isOpen(Run run) {
    Models.Open open = lens.models().modelProperty().get();
    return open != null && run.madeBy(open.loaded().model());
  }

  private String divergence() {
    View v = lens.viewProperty().get();
    if (v == null || lens.readingBinding().get()) {
      return "";
    }
    boolean asked = v.step().fullNext() != null;
    String kl = asked && v.stepIndex() > 0 ? "KL " + Format.nats(v.step().divergence()) : "";
    boolean later = v.run().canDecode() && asked != lens.compareProperty().get();
    return later ? (kl + "  from the next prompt on").strip() : kl;
  }

  private SplitPane centre() {
    ComboBox<Encoding> encoding =
        combo("encoding", "What tiles show", Encoding.values(), atlas.encodingProperty());
    Card heads = new Card("Heads", Help.HEADS.text(), atlas, encoding);
    note(heads, this::headsNote);
    ComboBox<Range> range =
        combo("range", "What the colours span", Range.values(), heatmap.rangeProperty());
    ComboBox<Scale> scale =
        combo("scale", "How probabilities become colours", Scale.values(), heatmap.scaleProperty());
    ComboBox<ColourMap> map = combo("map", "Colour map", ColourMap.values(), heatmap.mapProperty());
    atlas.mapProperty().bind(heatmap.mapProperty());
    Card head = new Card("Head", Help.HEAD.text(), heatmap, repeated(), range, scale, map);
    note(head, this::headNote);
    Card tokens =
        new Card("Tokens of this head", Help.TOKENS.text(), surface(new TokenStrip(lens)));
    return split(
        "centre",
        new double[] {0.30, 0.80},
        atLeast(heads, appearance, 110),
        atLeast(head, appearance, 160),
        atLeast(tokens, appearance, 96));
  }

  private String headsNote() {
    View v = lens.viewProperty().get();
    return v == null ? "" : v.run().config().layers() + " layers × " + v.run().config().heads();
  }

  private ToggleButton repeated() {
    ToggleButton b = new ToggleButton("", new FontIcon(Material2MZ.REPEAT));
    b.setId("repeated");
    b.getStyleClass().add("small");
    b.setMinWidth(USE_PREF_SIZE);
    b.setTooltip(
        new Tooltip(
            "What this head looks at while the model reads the prompt a second time, told to repeat it: where KVzip's scores come from. Takes as long as reading it did, and as much memory; once made, it is kept with the prompt and its recordings"));
    b.setAccessibleText("The prompt as it is repeated");
    b.selectedProperty().bindBidirectional(repetition.wantedProperty());
    b.disableProperty().bind(repetition.possibleBinding().not());
    return b;
  }

  /** Whether the head's map is that of the prompt's repetition. */
  public boolean isRepeated() {
    return repetition.mapProperty().get() != null;
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

  private static <E> ComboBox<E> combo(
      String id, String about, E[] values, ObjectProperty<E> bound) {
    ComboBox<E> box = new ComboBox<>();
    box.setId(id);
    box.setTooltip(new Tooltip(about));
    box.setAccessibleText(about);
    box.getItems().setAll(values);
    box.valueProperty().bindBidirectional(bound);
    box.getStyleClass().add("small");
    Titles.fit(box);
    return box;
  }

  private SplitPane right() {
    BudgetModel model = new BudgetModel(lens);
    Button reset = new Button("Reset layout");
    reset.setId("reset-layout");
    reset.getStyleClass().add("small");
    reset.setTooltip(new Tooltip("Put all dividers back where they were designed to be"));
    reset.setOnAction(e -> dividers.reset());
    Card budget = new Card("Budget", Help.BUDGET.text(), new BudgetView(lens, model), reset);
    Card bars = new Card("Heads of this layer", Help.BARS.text(), surface(new HeadBars(lens)));
    Card scores = new Card("Scores", Help.SCORES.text(), surface(new ScoresView(lens)));
    return split(
        "right",
        new double[] {0.52, 0.79},
        atLeast(budget, appearance, 220),
        atLeast(bars, appearance, 130),
        atLeast(scores, appearance, 130));
  }

  /** Puts the caret where one types what to find. */
  void find() {
    searchBar.begin();
  }

  /** What is looked for in the context, or empty. */
  String sought() {
    return search.wantedProperty().get();
  }

  HeatmapView heatmap() {
    return heatmap;
  }

  AtlasView atlas() {
    return atlas;
  }

  /** The text with its states. */
  public ContextView context() {
    return context;
  }
}
