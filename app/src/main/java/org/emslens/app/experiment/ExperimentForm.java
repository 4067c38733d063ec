package org.emslens.app.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javafx.beans.binding.Bindings;
import javafx.beans.value.ObservableValue;
import javafx.event.ActionEvent;
import javafx.geometry.Insets;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.CheckBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.VBox;
import org.controlsfx.control.CheckComboBox;
import org.emslens.app.controls.Choices;
import org.emslens.app.controls.Parts;
import org.emslens.app.controls.Scroll;
import org.emslens.app.controls.WrapBar;
import org.emslens.app.controls.Wrapping;
import org.emslens.app.lens.Lens;
import org.emslens.app.lens.Models;
import org.emslens.cache.Policies;
import org.emslens.experiment.Grid;
import org.emslens.experiment.GridFile;
import org.emslens.experiment.Task;
import org.emslens.experiment.Trial;
import org.emslens.session.Budget;
import org.emslens.session.CommandText;
import org.kordamp.ikonli.javafx.FontIcon;
import org.kordamp.ikonli.material2.Material2MZ;

/**
 * What an experiment in the window crosses: a page's own fields, then policies, budgets and seeds,
 * the buttons, how far it is, and what is wrong with the fields.
 */
public final class ExperimentForm extends VBox {
  private final Lens lens;
  private final ExperimentModel model;
  private final Supplier<String> command;
  private final Supplier<List<Task>> tasks;
  private final CheckComboBox<Policies> policies;
  private final TextField budgets;
  private final TextField seeds;
  private final TextField switches;
  private final Node seedsField;
  private final CheckBox overlay = new CheckBox("overlay earlier results");
  private final Label failure = new Label();

  /**
   * @param name what ids begin with
   * @param tasks reads the page's own fields; throws IllegalArgumentException in one sentence
   * @param command the line that runs what the form says
   * @param own the page's own fields
   */
  public ExperimentForm(
      String name,
      Lens lens,
      ExperimentModel model,
      Supplier<List<Task>> tasks,
      Supplier<String> command,
      String budgets,
      List<Policies> ticked,
      Node... own) {
    super(8);
    this.model = model;
    this.lens = lens;
    this.tasks = tasks;
    this.command = command;
    this.policies = Choices.policies(name + "-policies", ticked);
    this.budgets =
        Choices.field(
            name + "-budgets",
            budgets,
            "Slots per KV head, or shares of the prompt such as 25% or 0.25");
    this.seeds = Choices.field(name + "-seeds", "1-3", "Seeds of the prompts");
    this.switches =
        Choices.field(
            name + "-switches",
            "",
            "Tried with each policy, in all combinations: alpha=0.25,0.4 bias=none");
    switches.setPromptText("alpha=0.25,0.4 bias=none");
    Button run = new Button("Run", new FontIcon(Material2MZ.PLAY_ARROW));
    run.setId(name + "-run");
    run.disableProperty().bind(lens.models().modelProperty().isNull());
    run.setOnAction(e -> run());
    Button cancel = new Button("Cancel");
    cancel.setId(name + "-cancel");
    cancel.setTooltip(new Tooltip("End what this page runs; its results so far stay (Esc)"));
    cancel.disableProperty().bind(model.runningBinding().not());
    cancel.setOnAction(e -> model.cancel());
    Button clear = new Button("Clear");
    clear.setId(name + "-clear");
    clear.setTooltip(new Tooltip("Forget all results"));
    clear.disableProperty().bind(Bindings.isEmpty(model.outcomes()).or(model.runningBinding()));
    Parts.leaveTo(this, cancel, clear);
    clear.setOnAction(e -> model.clear());
    overlay.setId(name + "-overlay");
    overlay.setTooltip(new Tooltip("Show the results of earlier runs together with the latest"));
    overlay.selectedProperty().bindBidirectional(model.overlayProperty());
    overlay.visibleProperty().bind(model.hasEarlierProperty());
    overlay.managedProperty().bind(overlay.visibleProperty());
    Label note = new Label();
    note.setId(name + "-note");
    Wrapping.wrap(note);
    note.setMinHeight(USE_PREF_SIZE);
    note.getStyleClass().add("card-note");
    note.textProperty().bind(model.noteProperty());
    Label whose = new Label();
    whose.setId(name + "-whose");
    Wrapping.wrap(whose);
    whose.setMinHeight(USE_PREF_SIZE);
    whose.textProperty().bind(model.whoseProperty());
    whose.visibleProperty().bind(whose.textProperty().isNotEmpty());
    whose.managedProperty().bind(whose.visibleProperty());
    failure.setId(name + "-failure");
    Wrapping.wrap(failure);
    failure.getStyleClass().add("failure");
    failure.setMinHeight(USE_PREF_SIZE);
    seedsField = Choices.named("seeds", seeds);
    seedsField.managedProperty().bind(seedsField.visibleProperty());
    getChildren().addAll(own);
    getChildren()
        .addAll(
            Choices.named("policies", policies),
            Choices.named("budgets", this.budgets),
            seedsField,
            Choices.named("switches", switches),
            new WrapBar(6, run, cancel, clear),
            overlay,
            note,
            whose,
            failure);
    getStyleClass().addAll("card", "form");
    setPadding(new Insets(10));
    setPrefWidth(280);
    addEventHandler(
        ActionEvent.ACTION,
        e -> {
          if (e.getTarget() instanceof TextField && lens.models().modelProperty().get() != null) {
            check();
          }
        });
  }

  /** Whether the prompts differ from seed to seed; where they do not, none is asked for. */
  public void seeded(ObservableValue<Boolean> seeded) {
    seedsField.visibleProperty().bind(seeded);
  }

  /**
   * The line that runs this experiment again.
   *
   * @param command `sweep` or `needle`
   * @param own options of the page's own
   */
  public String line(String command, List<String> own) {
    Models.Open open = lens.models().modelProperty().get();
    String model = open == null ? null : open.argument();
    List<String> words = new ArrayList<>(List.of(command));
    if (model != null) {
      words.addAll(List.of("--model", model));
    }
    words.addAll(own);
    words.addAll(
        List.of(
            "--policies",
            String.join(
                ",",
                policies.getCheckModel().getCheckedItems().stream().map(Policies::id).toList()),
            "--budgets",
            budgets.getText().replace(" ", "")));
    if (seedsField.isVisible()) {
      words.addAll(List.of("--seeds", seeds.getText().replace(" ", "")));
    }
    Choices.words(switches).forEach(s -> words.addAll(List.of("--switch", s)));
    words.addAll(List.of("--out", "results"));
    return CommandText.of(words);
  }

  /** A form that scrolls where the window is too low for it. */
  public static ScrollPane scrolling(ExperimentForm form) {
    ScrollPane pane = Scroll.down(form);
    pane.setFitToHeight(true);
    pane.setMinWidth(USE_PREF_SIZE);
    return pane;
  }

  /** Runs what the fields say; what is wrong with them is told beneath them. */
  public void run() {
    if (lens.models().modelProperty().get() == null) {
      failure.setText("No model is open yet.");
      return;
    }
    List<Trial> trials = check();
    if (trials != null) {
      model.run(trials, command.get());
    }
  }

  /**
   * The trials that the fields say, or null where one cannot be read, which is told beneath them.
   */
  private List<Trial> check() {
    failure.setText("");
    try {
      Grid grid =
          new Grid(
              List.of(lens.models().name()),
              tasks.get(),
              Choices.contenders(policies),
              Grid.variants(Choices.words(switches)),
              Choices.parse(budgets, "budgets", Budget::parse),
              seedsField.isVisible()
                  ? Choices.parse(seeds, "seeds", GridFile::seeds).stream()
                      .flatMap(List::stream)
                      .toList()
                  : List.of(1L),
              false);
      return grid.trials();
    } catch (IllegalArgumentException e) {
      failure.setText(e.getMessage());
      return null;
    }
  }
}
