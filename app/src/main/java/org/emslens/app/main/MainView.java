package org.emslens.app.main;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.scene.Node;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.DragEvent;
import javafx.scene.input.TransferMode;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.emslens.app.compare.CompareView;
import org.emslens.app.controls.FileDialogs;
import org.emslens.app.controls.Surface;
import org.emslens.app.heads.AtlasView;
import org.emslens.app.heatmap.HeatmapView;
import org.emslens.app.lens.Lens;
import org.emslens.app.library.LibraryModel;
import org.emslens.app.library.LibraryView;
import org.emslens.app.needle.NeedleView;
import org.emslens.app.prompt.PromptModel;
import org.emslens.app.settings.Appearance;
import org.emslens.app.settings.Theme;
import org.emslens.app.sweep.SweepView;
import org.emslens.app.timeline.TimelineModel;
import org.emslens.app.timeline.TimelineView;

/**
 * The window's content: a header, one page at a time, the timeline of the run that is looked at,
 * what wants an answer, and the status line.
 */
public final class MainView extends BorderPane {
  private static final double TEXT_PIXELS = 12;
  private static final double ICON_PIXELS = 18;
  private static final String STYLES =
      MainView.class.getResource("/org/emslens/app/app.css").toExternalForm();

  private final Lens lens;
  private final Appearance appearance;
  private final ObjectProperty<Page> page = new SimpleObjectProperty<>(this, "page", Page.INSPECT);
  private final Map<Page, Node> pages = new EnumMap<>(Page.class);
  private final PromptModel prompt;
  private final InspectView inspect;
  private final TimelineModel timeline;
  private final TimelineView when;
  private final Commands commands;
  private final List<Surface> surfaces = new ArrayList<>();
  private final PopUps popUps;

  public MainView(Lens lens, Appearance appearance, FileDialogs dialogs) {
    this.lens = lens;
    this.appearance = appearance;
    popUps = new PopUps(this, () -> appearance.themeProperty().get().palette().surface());
    timeline = new TimelineModel(lens);
    prompt = new PromptModel(lens);
    inspect = new InspectView(lens, prompt, appearance);
    when = new TimelineView(lens, timeline);
    ShortcutsView shortcuts = new ShortcutsView();
    commands = new Commands(lens, dialogs, this, prompt, appearance, page, shortcuts::toggle);
    getStyleClass().add("lens");
    CompareView compare = new CompareView(lens, dialogs, prompt.lines().aboutBinding());
    Consumer<Runnable> look = open -> commands.instead(() -> inspect(open));
    pages.put(Page.INSPECT, inspect);
    pages.put(Page.COMPARE, compare);
    SweepView sweep = new SweepView(lens, dialogs, prompt.lines().aboutBinding(), look);
    NeedleView needle = new NeedleView(lens, dialogs, look);
    LibraryView library =
        new LibraryView(
            lens, new LibraryModel(lens, appearance.modelFolders()), dialogs, commands::openModel);
    pages.put(Page.SWEEP, sweep);
    pages.put(Page.NEEDLE, needle);
    pages.put(Page.MODELS, library);
    surfaces.addAll(inspect.surfaces());
    surfaces.addAll(compare.surfaces());
    StackPane middle = new StackPane();
    middle.getChildren().setAll(pages.values());
    middle.getChildren().add(shortcuts);
    middle.setMinSize(0, 0);
    commands.onCopy(
        () ->
            switch (page.get()) {
              case INSPECT -> commands.runCommand();
              case COMPARE -> compare.command();
              case SWEEP -> sweep.command();
              case NEEDLE -> needle.command();
              case MODELS -> "emslens models --local";
            });
    commands.onPicture(() -> pages.get(page.get()));
    setTop(
        new Header(lens, commands, page, appearance.askBeforeClosingProperty(), this::focusPage));
    commands.onClosing(
        () ->
            Stream.of(Page.values())
                .filter(
                    p ->
                        switch (p) {
                          case COMPARE -> compare.isUnsaved();
                          case SWEEP -> sweep.isUnsaved();
                          case NEEDLE -> needle.isUnsaved();
                          case INSPECT, MODELS -> false;
                        })
                .map(Page::title)
                .toList());
    setCenter(middle);
    setBottom(new VBox(when, new NoticeBar(lens), new StatusLine(lens, page)));
    page.addListener(
        (o, before, now) -> {
          turn(now);
          lens.said().faultsOver();
        });
    turn(page.get());
    appearance.lookBinding().addListener((o, before, now) -> dress());
    dress();
    BooleanSupplier cancel =
        () ->
            switch (page.get()) {
              case INSPECT -> {
                boolean played = timeline.playingProperty().get();
                timeline.playingProperty().set(false);
                yield lens.cancel() || played;
              }
              case COMPARE -> compare.cancel();
              case SWEEP -> sweep.cancel();
              case NEEDLE -> needle.cancel();
              case MODELS -> library.decline();
            };
    Runnable begin =
        () -> {
          switch (page.get()) {
            case INSPECT -> prompt.run();
            case COMPARE -> compare.start();
            case SWEEP -> sweep.run();
            case NEEDLE -> needle.run();
            case MODELS -> library.list();
          }
        };
    new Keys(
        this,
        lens,
        commands,
        timeline,
        page,
        inspect,
        shortcuts,
        appearance,
        () -> {
          if (page.get() == Page.INSPECT) {
            prompt.sayOrRun();
          } else {
            begin.run();
          }
        },
        begin,
        cancel,
        this::focusPage);
    setOnDragOver(this::dragOver);
    setOnDragDropped(this::dropped);
  }

  private void turn(Page now) {
    pages.forEach((p, node) -> node.setVisible(p == now));
    when.setVisible(now == Page.INSPECT);
    when.setManaged(now == Page.INSPECT);
  }

  /** Gives the focus to the steps, or to a page that keeps no keys for itself. */
  void focusPage() {
    if (page.get() == Page.INSPECT) {
      when.focusSteps();
    } else {
      pages.get(page.get()).requestFocus();
    }
  }

  boolean isPlaying() {
    return timeline.playingProperty().get();
  }

  private void dress() {
    appearance.themeProperty().get().apply();
    double text = appearance.textProperty().get();
    setStyle("-fx-font-size: " + TEXT_PIXELS * text + "px;");
    getStylesheets().setAll(STYLES, icons(text));
    surfaces.forEach(s -> s.lookProperty().set(appearance.lookBinding().get()));
    when.lookProperty().set(appearance.lookBinding().get());
  }

  /** Icons grow with the text; their size cannot be said in em, which would be their own. */
  private static String icons(double text) {
    String css = ".ikonli-font-icon { -fx-icon-size: " + Math.round(ICON_PIXELS * text) + "px; }";
    return "data:text/css;base64," + Base64.getEncoder().encodeToString(css.getBytes(UTF_8));
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
      open(e.getDragboard().getFiles().getFirst().toPath());
    }
    e.setDropCompleted(has);
    e.consume();
  }

  private void inspect(Runnable open) {
    open.run();
    page.set(Page.INSPECT);
  }

  /** Ends the program, by and by, where nothing would be lost. */
  public void close(Runnable end) {
    commands.close(end);
  }

  /** Makes the steps what the keyboard acts on, where the user has not gone elsewhere yet. */
  void focusSteps() {
    Node owner = getScene().getFocusOwner();
    if (!(owner instanceof TextInputControl)) {
      when.focusSteps();
    }
  }

  /** Opens a file that was dropped or named. */
  public void open(Path file) {
    commands.open(file);
  }

  /** Opens the model that a recording was made with, or offers it. */
  void openModelOf(String title) {
    commands.openModelOf(title);
  }

  /** Asks for a file to open. */
  void chooseFile() {
    commands.open();
  }

  public ObjectProperty<Theme> themeProperty() {
    return appearance.themeProperty();
  }

  /** What the middle of the window is for. */
  public ObjectProperty<Page> pageProperty() {
    return page;
  }

  public PromptModel prompt() {
    return prompt;
  }

  public HeatmapView heatmap() {
    return inspect.heatmap();
  }

  public AtlasView atlas() {
    return inspect.atlas();
  }

  /** The page on which a run is looked at. */
  public InspectView inspect() {
    return inspect;
  }

  /** Whether all pictures show what there is. */
  public boolean isCurrent() {
    return when.isCurrent()
        && surfaces.stream()
            .filter(s -> page.get() == Page.INSPECT || !inspect.surfaces().contains(s))
            .allMatch(Surface::isCurrent);
  }
}
