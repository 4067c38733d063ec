package org.emslens.app.sweep;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.value.ObservableBooleanValue;
import javafx.beans.value.ObservableValue;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.stage.FileChooser;
import org.emslens.app.controls.Choices;
import org.emslens.app.controls.FileDialogs;
import org.emslens.app.controls.Parts;
import org.emslens.app.controls.Titles;
import org.emslens.app.experiment.QuestionBox;
import org.emslens.app.lens.Lens;
import org.emslens.cli.Failures;
import org.emslens.experiment.FileTask;
import org.emslens.experiment.Ruler;
import org.emslens.experiment.RulerTask;
import org.emslens.experiment.Task;
import org.emslens.format.TextFiles;
import org.emslens.session.Asking;
import org.emslens.session.Run;
import org.emslens.session.Step;
import org.emslens.session.Turn;
import org.kordamp.ikonli.javafx.FontIcon;
import org.kordamp.ikonli.material2.Material2AL;

/** The fields that say what a sweep compresses. */
final class SweepPrompts extends VBox {

  /** Where the text comes from; all that asks nothing ends in tokens that are to be predicted. */
  enum Source {
    PROSE("generated prose"),
    NEEDLE("a fact hidden in prose"),
    RULER("a task of RULER"),
    OPEN("the open prompt"),
    FILE("a text file");

    private final String title;

    Source(String title) {
      this.title = title;
    }

    /** Whether prompts are made from a seed. */
    boolean isSeeded() {
      return this == PROSE || asks();
    }

    /** Whether something is asked that is right or wrong. */
    boolean asks() {
      return this == NEEDLE || this == RULER;
    }
  }

  private final Lens lens;
  private final FileDialogs dialogs;
  private final Label open;
  private final ComboBox<Source> source = new ComboBox<>();
  private final TextField file = Choices.field("sweep-file", "", "A UTF-8 text");
  private final TextField tokens =
      Choices.field("sweep-tokens", "600", "Tokens of the prompt, about");
  private final TextField continuation =
      Choices.field(
          "sweep-continuation",
          "64",
          "Last tokens of the text, which are not compressed but predicted");

  private final TextField answer =
      Choices.field(
          "sweep-answer",
          "",
          "What should follow the question, with the space that stands between them; of the open prompt, left empty, what was generated after it");

  private final TextField asked =
      Choices.field(
          "sweep-asked", "", "What is asked of the text; left empty, the text's end is predicted");

  private final QuestionBox question = new QuestionBox("sweep-question");
  private final ComboBox<Ruler> ruler = new ComboBox<>();

  SweepPrompts(Lens lens, FileDialogs dialogs, ObservableValue<String> about) {
    super(8);
    open = Parts.note("sweep-prompt", about);
    this.lens = lens;
    this.dialogs = dialogs;
    source.setId("sweep-source");
    source.getItems().setAll(Source.values());
    source.setConverter(Titles.of(s -> s.title));
    source.setMaxWidth(Double.MAX_VALUE);
    source.valueProperty().addListener((o, before, now) -> arrange(now));
    source.setValue(Source.PROSE);
    asked.setPromptText("nothing: its end is predicted");
    ruler.setId("sweep-ruler");
    ruler.setTooltip(
        new Tooltip("Facts among others, a chain of variables, words to be counted; see RULER"));
    ruler.getItems().setAll(Ruler.values());
    ruler.setConverter(Titles.of(r -> r.id().replace('-', ' ')));
    ruler.setMaxWidth(Double.MAX_VALUE);
    ruler.setValue(Ruler.MULTI_KEY);
    lens.runProperty()
        .addListener(
            (o, before, now) -> {
              if (source.getValue() == Source.OPEN && isAsked(before) != isAsked(now)) {
                arrange(Source.OPEN);
              }
            });
  }

  /** Whether a run was asked something once its prompt was compressed. */
  private static boolean isAsked(Run run) {
    return run != null && run.question() != null;
  }

  /** Only the fields that count. */
  private void arrange(Source now) {
    getChildren().setAll(Choices.named("prompts", source));
    if (now == Source.OPEN) {
      getChildren().add(open);
    }
    answer.setPromptText(now == Source.OPEN ? "what was generated" : "");
    if (now == Source.FILE) {
      arrangeFile();
      return;
    }
    if (now == Source.RULER) {
      getChildren().add(Choices.named("task", ruler));
    }
    if (now.isSeeded()) {
      getChildren().add(Choices.named("tokens", tokens));
    }
    boolean wasAsked = now == Source.OPEN && isAsked(lens.runProperty().get());
    if (now.asks() || wasAsked) {
      getChildren().add(Choices.named("question", question));
    }
    if (wasAsked) {
      getChildren().add(Choices.named("answer", answer));
    } else if (!now.asks()) {
      getChildren().add(Choices.named("continuation", continuation));
    }
  }

  /** What counts goes by whether anything is asked; fields stay where they are while one types. */
  private void arrangeFile() {
    BooleanBinding asks =
        Bindings.createBooleanBinding(() -> !asked.getText().isBlank(), asked.textProperty());
    getChildren()
        .addAll(
            Choices.named("file", chosenFile()),
            Choices.named("asked of it", asked),
            where(asks, Choices.named("question", question)),
            where(asks, Choices.named("answer", answer)),
            where(asks.not(), Choices.named("continuation", continuation)));
  }

  private static Node where(ObservableBooleanValue shown, Node node) {
    node.visibleProperty().bind(shown);
    node.managedProperty().bind(shown);
    return node;
  }

  private HBox chosenFile() {
    Button choose = new Button("", new FontIcon(Material2AL.FOLDER_OPEN));
    choose.setTooltip(new Tooltip("Choose a text file"));
    choose.setOnAction(
        e ->
            dialogs
                .open(
                    getScene().getWindow(),
                    "A text to compress",
                    List.of(new FileChooser.ExtensionFilter("All files", "*")))
                .ifPresent(f -> file.setText(f.toString())));
    HBox.setHgrow(file, Priority.ALWAYS);
    return new HBox(4, file, choose);
  }

  ReadOnlyObjectProperty<Source> sourceProperty() {
    return source.valueProperty();
  }

  /**
   * @throws IllegalArgumentException in one sentence, where a field cannot be read
   */
  List<Task> tasks() {
    return switch (source.getValue()) {
      case PROSE ->
          lengths().stream().map(n -> (Task) new Task.ProseTask(n, continuation())).toList();
      case NEEDLE ->
          lengths().stream()
              .flatMap(n -> question.inside().stream().map(in -> needle(n, in)))
              .toList();
      case RULER ->
          lengths().stream()
              .flatMap(n -> question.inside().stream().map(in -> ruler(n, in)))
              .toList();
      case OPEN -> ofOpen(openRun());
      case FILE -> ofFile(path());
    };
  }

  /** The same as options of the command line. */
  List<String> options() {
    String n = tokens.getText().replace(" ", "");
    List<String> rest = List.of("--continuation", continuation.getText().strip());
    return switch (source.getValue()) {
      case PROSE -> join(List.of("--prose", n), rest);
      case NEEDLE -> join(List.of("--needle", n), question.option());
      case RULER -> join(List.of("--ruler", rulers()), question.option());
      case OPEN -> ofOpen(openRun(), rest);
      case FILE -> ofFile(path(), rest);
    };
  }

  private static Task needle(int tokens, boolean inside) {
    return new Task.NeedleTask(tokens, -1, inside);
  }

  private Task ruler(int tokens, boolean inside) {
    return new RulerTask(ruler.getValue(), tokens, inside);
  }

  private String rulers() {
    return lengths().stream()
        .map(n -> ruler.getValue().id() + ":" + n)
        .collect(Collectors.joining(","));
  }

  private static List<String> join(List<String> a, List<String> b) {
    return Stream.concat(a.stream(), b.stream()).toList();
  }

  private List<Integer> lengths() {
    return Choices.wholes(tokens, "tokens");
  }

  private int continuation() {
    return Choices.wholes(continuation, "continuation").getFirst();
  }

  private List<Task> ofOpen(Run run) {
    String title = "the open prompt";
    if (!isAsked(run)) {
      return List.of(new Task.TextTask(title, run.promptText(), continuation()));
    }
    Turn turn = run.question();
    return asked(title, new Asking(run.promptText(), turn.text()), turn.words(), answer(run));
  }

  private List<Task> asked(String title, Asking asking, String words, String expected) {
    return question.inside().stream()
        .map(
            in ->
                (Task)
                    new Task.AskedTask(
                        title, asking.compressed(), asking.afterwards(), words, expected, in))
        .toList();
  }

  private List<Task> ofFile(Path path) {
    if (asked.getText().isBlank()) {
      return List.of(new FileTask(path, false, continuation(), null));
    }
    try {
      Asking asking = Asking.of(TextFiles.read(path), asked.getText());
      return asked(path.getFileName().toString(), asking, asked.getText().strip(), written());
    } catch (IOException e) {
      throw new IllegalArgumentException(Failures.sentence(e), e);
    }
  }

  private List<String> ofFile(Path path, List<String> rest) {
    List<String> text = List.of("--prompt-file", path.toString());
    return asked.getText().isBlank()
        ? join(text, rest)
        : join(text, asked(Asking.of("", asked.getText()).afterwards(), written()));
  }

  private List<String> asked(String afterwards, String expected) {
    return join(List.of("--afterwards=" + afterwards, "--answer=" + expected), question.option());
  }

  private List<String> ofOpen(Run run, List<String> rest) {
    List<String> prompt = List.of("--prompt=" + run.promptText());
    return isAsked(run)
        ? join(prompt, asked(run.question().text(), answer(run)))
        : join(prompt, rest);
  }

  private String written() {
    if (answer.getText().isBlank()) {
      throw new IllegalArgumentException("No answer is written.");
    }
    return answer.getText();
  }

  /** What the user wrote, or what came after the question, up to the next turn. */
  private String answer(Run run) {
    if (!answer.getText().isBlank()) {
      return answer.getText();
    }
    int from = run.question().last() + 1;
    int to =
        run.turns().size() > 1
            ? Math.min(run.turns().get(1).first(), run.steps().size())
            : run.steps().size();
    String said =
        from >= to
            ? ""
            : run.steps().subList(from, to).stream().map(Step::text).collect(Collectors.joining());
    if (said.isBlank()) {
      throw new IllegalArgumentException(
          "No answer is written, and none was generated on the page Inspect.");
    }
    return said;
  }

  private Run openRun() {
    Run run = lens.runProperty().get();
    if (run == null) {
      throw new IllegalArgumentException("No prompt is open; run one on the page Inspect.");
    }
    return run;
  }

  private Path path() {
    if (file.getText().isBlank()) {
      throw new IllegalArgumentException("No file is chosen.");
    }
    return Path.of(file.getText().strip());
  }
}
