package org.emslens.app.library;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import javafx.application.Platform;
import javafx.beans.binding.Bindings;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.collections.ListChangeListener;
import javafx.collections.MapChangeListener;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.scene.text.Font;
import org.emslens.app.controls.Amount;
import org.emslens.app.controls.Card;
import org.emslens.app.controls.Choices;
import org.emslens.app.controls.FileDialogs;
import org.emslens.app.controls.Format;
import org.emslens.app.controls.NumberField;
import org.emslens.app.controls.Parts;
import org.emslens.app.controls.Scroll;
import org.emslens.app.lens.Job;
import org.emslens.app.lens.Lens;
import org.emslens.engine.Fit;
import org.emslens.model.ModelConfig;
import org.kordamp.ikonli.material2.Material2AL;

/** The page on which models are found, fetched, opened and deleted. */
public final class LibraryView extends StackPane {
  private static final double FORM = 250;
  private static final int LEAST_CONTEXT = 128;
  private static final int MOST_CONTEXT = 131_072;
  private static final double GB = 1e9;

  /** Least widths of the columns, in heights of a letter: of names, numbers, and the buttons. */
  private static final double[] LETTERS = {11, 8, 6.5, 7, 6, 7, 13, 12};

  /** Columns by how much is lost without them. */
  private static final int[] BY_WORTH = {0, 7, 6, 3, 2, 1, 4, 5};

  private static final int HERE = 6;
  private static final double BORDER = 2;

  private static final String HELP =
      "Models of the catalogue, those that lie on this disk already (fetched by this program, in Hugging Face's cache, in the folders of LM Studio, Ollama and GPT4All, in folders of your choice), and those of a repository of the model hub. What a model needs is its weights, and for each token of context its queries, keys and values in every layer.";

  private final LibraryModel model;
  private final Consumer<Path> open;
  private final TableView<Row> table = new TableView<>();

  /** Shows how large text is. */
  private final Label measure = new Label();

  private final ReadOnlyObjectProperty<Font> letter = measure.fontProperty();
  private final TextField repository =
      Choices.field("library-repository", "", "organisation/name, as on the model hub");

  /**
   * @param open opens a model, unless the user would rather keep what is shown
   */
  public LibraryView(Lens lens, LibraryModel model, FileDialogs dialogs, Consumer<Path> open) {
    this.model = model;
    this.open = open;
    BorderPane page = new BorderPane();
    page.setLeft(form(lens, dialogs));
    Button refresh =
        Parts.button("library-refresh", Material2AL.AUTORENEW, "Look again", model::refresh);
    table.setId("library-table");
    table.setItems(model.rows());
    Label looking = new Label();
    looking
        .textProperty()
        .bind(
            Bindings.when(model.lookingProperty())
                .then("Looking for models …")
                .otherwise("No models yet."));
    table.setPlaceholder(looking);
    columns();
    Card card = new Card("Models", HELP, new VBox(table, detail()), refresh);
    card.note()
        .textProperty()
        .bind(Bindings.when(model.lookingProperty()).then("looking …").otherwise(""));
    page.setCenter(card);
    measure.setManaged(false);
    measure.setVisible(false);
    getChildren().addAll(measure, page, new TermsSheet(model));
    model.contextProperty().addListener((o, before, now) -> table.refresh());
    lens.models().modelProperty().addListener((o, before, now) -> table.refresh());
    model.rows().addListener((ListChangeListener<Row>) c -> keepFocus());
    model
        .fetches()
        .addListener(
            (MapChangeListener<String, Job>)
                c -> {
                  keepFocus();
                  table.refresh();
                });
    model
        .newestProperty()
        .addListener(
            (o, before, now) -> {
              if (now != null) {
                table.getSelectionModel().clearSelection();
                table.scrollTo(now);
                table.getSelectionModel().select(now);
              }
            });
    visibleProperty()
        .addListener(
            (o, before, now) -> {
              if (now) {
                model.refresh();
              } else {
                model.forgetListing();
              }
            });
  }

  /** What the table has no room for, of the row that is chosen. */
  private Label detail() {
    Label detail = new Label();
    detail.setId("library-detail");
    detail.getStyleClass().add("card-note");
    detail.setWrapText(true);
    detail.setMinHeight(USE_PREF_SIZE);
    detail.setPadding(new Insets(4, 8, 4, 8));
    detail
        .textProperty()
        .bind(
            Bindings.createStringBinding(
                () -> {
                  Row row = table.getSelectionModel().getSelectedItem();
                  return row == null ? "" : path(row) + ": " + fits(row);
                },
                table.getSelectionModel().selectedItemProperty(),
                model.contextProperty()));
    detail.visibleProperty().bind(detail.textProperty().isNotEmpty());
    detail.managedProperty().bind(detail.visibleProperty());
    VBox.setVgrow(table, Priority.ALWAYS);
    return detail;
  }

  /** Rows that come anew have buttons of their own; who is in the table stays there. */
  private void keepFocus() {
    Node focused = getScene() == null ? null : getScene().getFocusOwner();
    for (Node n = focused; n != null; n = n.getParent()) {
      if (n == table) {
        table.requestFocus();
        return;
      }
    }
  }

  private Node form(Lens lens, FileDialogs dialogs) {
    NumberField<Integer> field =
        NumberField.whole(
            "library-context",
            "context",
            "Tokens of context that there is to be room for",
            model.contextProperty().get(),
            LEAST_CONTEXT,
            MOST_CONTEXT,
            n -> model.contextProperty().set(n),
            lens.said().faults("context"));
    Amount context =
        new Amount(
            "library-tokens",
            field,
            true,
            LEAST_CONTEXT,
            MOST_CONTEXT,
            x -> Math.rint(x / 128) * 128,
            x -> model.contextProperty().set((int) x));
    model
        .contextProperty()
        .addListener(
            (o, before, now) -> {
              field.setValue(now.intValue());
              context.show(now.intValue(), MOST_CONTEXT);
            });
    context.show(model.contextProperty().get(), MOST_CONTEXT);
    repository.setPromptText("organisation/name");
    repository.setOnAction(e -> list());
    repository.textProperty().addListener((o, before, now) -> model.forgetListing());
    HBox.setHgrow(repository, Priority.ALWAYS);
    Button look = new Button("List");
    look.setId("library-list");
    look.setMinWidth(USE_PREF_SIZE);
    look.setTooltip(
        new Tooltip("Lists the models of a repository of the model hub, to be fetched"));
    look.setOnAction(e -> list());
    Button add = new Button("Add a folder …");
    add.setId("library-add-folder");
    add.setOnAction(
        e -> dialogs.folder(getScene().getWindow(), "A folder with models").ifPresent(model::add));
    VBox chosen = new VBox(2);
    model.folders().addListener((ListChangeListener<Path>) c -> list(chosen));
    list(chosen);
    VBox form =
        new VBox(
            10,
            Choices.named("room for so many tokens", context),
            Choices.named("of the model hub", new HBox(6, repository, look)),
            Choices.named("folders of your choice", new VBox(4, chosen, add)));
    form.setPadding(new Insets(8));
    form.setPrefWidth(FORM);
    Node scrolling = Scroll.down(form);
    Card card =
        new Card(
            "Library",
            "HF_ENDPOINT names a mirror of the model hub. For a gated model, accept its terms on its page and start the program with HF_TOKEN.",
            scrolling);
    card.setPrefWidth(FORM + 20);
    return card;
  }

  private void list(VBox chosen) {
    chosen.getChildren().clear();
    for (Path folder : model.folders()) {
      Label name = new Label(folder.toString());
      name.setMinWidth(0);
      name.setTooltip(new Tooltip(folder.toString()));
      HBox.setHgrow(name, Priority.ALWAYS);
      name.setMaxWidth(Double.MAX_VALUE);
      Button remove =
          Parts.button(
              "library-remove-folder",
              Material2AL.CLOSE,
              "No longer look through this folder",
              () -> model.remove(folder));
      remove.getStyleClass().addAll("small", "flat");
      HBox row = new HBox(4, name, remove);
      row.setAlignment(Pos.CENTER_LEFT);
      chosen.getChildren().add(row);
    }
  }

  /** Lists what the repository that is written has. */
  public void list() {
    model.list(repository.getText());
  }

  /** Declines the terms that wait for an answer, if any; tells whether it did. */
  public boolean decline() {
    LibraryModel.Question asked = model.questionProperty().get();
    return asked != null && asked.answer().complete(false);
  }

  private void columns() {
    List<TableColumn<Row, ?>> all =
        List.of(
            text("model", Row::title, LibraryView::path),
            text("where", Row::owner, LibraryView::path),
            text("family", r -> config(r, ModelConfig::architecture)),
            size(),
            text("type", r -> config(r, ModelConfig::quantization)),
            text("context", r -> config(r, c -> Format.count(c.context()))),
            text("here", this::fits),
            actions());
    table.getColumns().setAll(all);
    table.widthProperty().addListener((o, before, now) -> fit());
    // Not while styles are given out, which goes through the children.
    letter.addListener((o, before, now) -> Platform.runLater(this::fit));
    fit();
  }

  /** Where there is no room for all columns, those that say least go first. */
  private void fit() {
    // Columns that are constrained keep widths that they no longer want.
    table.setColumnResizePolicy(TableView.UNCONSTRAINED_RESIZE_POLICY);
    double em = letter.get().getSize();
    double left = table.getWidth() / em - BORDER;
    for (int c : BY_WORTH) {
      TableColumn<Row, ?> column = table.getColumns().get(c);
      double needs = LETTERS[c];
      column.setVisible(left >= needs);
      column.setMinWidth(column.isVisible() ? needs * em : 0);
      column.setPrefWidth(LETTERS[c] * em * (c == 0 || c == HERE ? 1.6 : 1));
      left -= column.isVisible() ? needs : 0;
    }
    table.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_SUBSEQUENT_COLUMNS);
  }

  private static String config(Row r, Function<org.emslens.model.ModelConfig, String> what) {
    return r.local() == null || r.local().config() == null ? "" : what.apply(r.local().config());
  }

  private String fits(Row r) {
    Fit fit = model.fit(r);
    if (fit != null) {
      String needs = String.format(Locale.ROOT, "%.1f GB", fit.bytes() / GB);
      return fit.kind() == Fit.Kind.NOT ? fit.words() : needs + ", " + fit.words();
    }
    return r.isHere()
        ? "cannot be opened: " + r.local().problem()
        : r.partial() > 0 ? begun(r) : "not fetched yet";
  }

  private static String begun(Row r) {
    String here = Format.megabytes(r.partial());
    return r.bytes() == 0
        ? here + " are here"
        : here.replace(" MB", "") + " of " + Format.megabytes(r.bytes()) + " are here";
  }

  private static String path(Row r) {
    return r.isHere() ? r.path().toString() : r.owner();
  }

  private static TableColumn<Row, String> text(String name, Function<Row, String> what) {
    return text(name, what, what);
  }

  /**
   * @param whole is shown of the row that is pointed at
   */
  private static TableColumn<Row, String> text(
      String name, Function<Row, String> what, Function<Row, String> whole) {
    TableColumn<Row, String> column = new TableColumn<>(name);
    column.setCellValueFactory(r -> new SimpleStringProperty(what.apply(r.getValue())));
    column.setCellFactory(
        c ->
            new TableCell<>() {
              @Override
              protected void updateItem(String item, boolean empty) {
                super.updateItem(item, empty);
                Row row = empty ? null : getTableRow().getItem();
                String all = row == null ? "" : whole.apply(row);
                setAlignment(Pos.CENTER_LEFT);
                setText(empty ? null : item);
                setTooltip(all.isEmpty() ? null : new Tooltip(all));
              }
            });
    return column;
  }

  private static TableColumn<Row, Long> size() {
    TableColumn<Row, Long> column = new TableColumn<>("size");
    column.setCellValueFactory(r -> new SimpleObjectProperty<>(r.getValue().bytes()));
    column.setComparator(Comparator.naturalOrder());
    column.setCellFactory(
        c ->
            new TableCell<>() {
              @Override
              protected void updateItem(Long bytes, boolean empty) {
                super.updateItem(bytes, empty);
                setAlignment(Pos.CENTER_RIGHT);
                setText(empty || bytes == 0 ? null : Format.megabytes(bytes));
              }
            });
    return column;
  }

  private TableColumn<Row, Row> actions() {
    TableColumn<Row, Row> column = new TableColumn<>("");
    column.setSortable(false);
    column.setCellValueFactory(r -> new SimpleObjectProperty<>(r.getValue()));
    column.setCellFactory(
        c ->
            new TableCell<>() {
              @Override
              protected void updateItem(Row row, boolean empty) {
                super.updateItem(row, empty);
                setGraphic(empty || row == null ? null : buttons(row));
              }
            });
    return column;
  }

  private HBox buttons(Row row) {
    HBox box = new HBox(4);
    box.setAlignment(Pos.CENTER_LEFT);
    Job job = model.fetching(row);
    if (job != null) {
      ProgressBar bar = new ProgressBar();
      bar.progressProperty().bind(job.progressProperty());
      bar.setPrefWidth(50);
      box.getChildren().addAll(bar, button("library-pause", "Pause", () -> model.pause(row)));
    } else if (!row.isHere()) {
      String what = row.partial() > 0 ? "Resume" : "Fetch";
      box.getChildren().add(button("library-fetch", what, () -> model.fetch(row)));
    }
    if (model.isOpen(row)) {
      Label open = new Label("is open");
      open.getStyleClass().add("card-note");
      box.getChildren().add(open);
    } else if (row.canOpen()) {
      box.getChildren().add(button("library-open", "Open", () -> open.accept(row.path())));
    }
    if (row.deletable() || job == null && row.partial() > 0) {
      box.getChildren().add(button("library-delete", "Delete", () -> model.delete(row)));
    }
    return box;
  }

  private static Button button(String id, String text, Runnable action) {
    Button b = new Button(text);
    b.setId(id);
    b.getStyleClass().add("small");
    b.setMinWidth(USE_PREF_SIZE);
    b.setOnAction(e -> action.run());
    return b;
  }
}
