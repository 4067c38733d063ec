package org.emslens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javafx.application.Platform;
import javafx.stage.Stage;
import org.emslens.app.drive.Script;
import org.emslens.app.main.LensWindow;
import org.emslens.device.Devices;
import org.emslens.session.Recording;
import org.emslens.session.Run;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.testfx.api.FxToolkit;

/** What users do from one feature to the next, as scripts on the default model. */
class FlowsTest {
  private static final Path FLOWS = Path.of("src", "test", "resources", "flows");

  private static final Path TINY = HeadlessWindow.MODELS.resolve("plain");

  @TempDir Path folder;

  @BeforeAll
  static void toolkit() throws Exception {
    FxToolkit.registerPrimaryStage();
    Platform.setImplicitExit(false);
  }

  static Stream<Path> flows() throws IOException {
    return in(FLOWS);
  }

  static Stream<Path> tiny() throws IOException {
    return in(FLOWS.resolve("tiny"));
  }

  private static Stream<Path> in(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("flows")
  void everyActionSucceeds(Path flow) throws Exception {
    assertNull(drive(flow, null), flow.toString());
    nothingHalfIsLeft();
  }

  /** What does not depend on what a model says is tried with a tiny one. */
  @ParameterizedTest
  @MethodSource("tiny")
  void everyActionSucceedsWithATinyModel(Path flow) throws Exception {
    assertNull(drive(flow, TINY), flow.toString());
    nothingHalfIsLeft();
  }

  @Test
  void aSessionMovesToAnotherDevice() throws Exception {
    assumeTrue(
        Devices.find().stream().anyMatch(f -> f.id().equals("opencl:0:0") && f.usable()),
        "there is no OpenCL on this machine");
    assertNull(drive(FLOWS.resolve("opencl").resolve("moves.yaml"), TINY));
  }

  private void nothingHalfIsLeft() throws IOException {
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.filter(f -> f.toString().endsWith(".part")).toList());
    }
  }

  /** What was being saved while the window closed is a whole file, and goes on when opened. */
  @Test
  void whatIsSavedWhileClosingOpensAgainAndGoesOn() throws Exception {
    assertNull(
        drive(
            write(
                "- wait: idle\n- click: \"#generate\"\n- wait: idle\n"
                    + "- save: $OUT/kept\n- close: true\n"),
            null));
    Path saved = folder.resolve("kept.emslens");
    Run before = Recording.read(saved);
    assertEquals(17, before.steps().size());
    assertNull(
        drive(
            write(
                "- wait: idle\n"
                    + "- expect: {model: /SmolLM2/, steps: 16, step: 16, enabled.step: true}\n"
                    + "- click: \"#step\"\n- wait: idle\n- expect: {steps: 17}\n"
                    + "- save: $OUT/on.emslens\n- wait: idle\n"),
            saved));
    Run after = Recording.read(folder.resolve("on.emslens"));
    assertTrue(after.generated(17).startsWith(before.generated(16)));
    assertEquals(before.last().next().top().getFirst().id(), after.last().token().id());
  }

  /** What was asked once the cache was compressed is found in a file, template and all. */
  @Test
  void aQuestionFromAFileIsAskedAfterwards() throws Exception {
    assertNull(
        drive(
            write(
                "- wait: idle\n- click: \"#chat\"\n- click: \"#afterwards\"\n- click: \"#prompt\"\n"
                    + "- key: Ctrl+A\n- type: The boat is blue and the house is red.\n"
                    + "- click: \"#question\"\n- type: Which is the colour of the boat?\n"
                    + "- key: Ctrl+Enter\n- wait: idle\n"
                    + "- expect: {generated: /colour of the boat/, shown: \"\", errors: []}\n"
                    + "- save: $OUT/asked.emslens\n- wait: idle\n"),
            null));
    assertNull(
        drive(
            write(
                "- wait: idle\n- expect: {prompt.afterwards: true, prompt.chat: true, "
                    + "prompt.question: \"Which is the colour of the boat?\", "
                    + "prompt.text: The boat is blue and the house is red.}\n"
                    + "- click: \"#step\"\n- wait: idle\n- expect: {errors: []}\n"),
            folder.resolve("asked.emslens")));
  }

  /** What was saved is told from its template, in a window that has not seen it before. */
  @Test
  void aChatFromAFileGoesOn() throws Exception {
    assertNull(
        drive(
            write(
                "- wait: idle\n- click: \"#chat\"\n- click: \"#system\"\n"
                    + "- type: Answer in one word.\n- click: \"#prompt\"\n- key: Ctrl+A\n"
                    + "- type: What is the capital of France?\n- click: \"#run\"\n- wait: idle\n"
                    + "- save: $OUT/chat.emslens\n- wait: idle\n"),
            null));
    assertNull(
        drive(
            write(
                "- wait: idle\n"
                    + "- expect: {prompt.text: \"What is the capital of France?\", step: 0}\n"
                    + "- click: \"#prompt\"\n- key: Ctrl+A\n- type: And of Spain?\n"
                    // Before it is answered, there is nothing to reply to.
                    + "- key: Ctrl+G\n- wait: idle\n- key: Ctrl+Enter\n- wait: idle\n"
                    + "- expect: {generated: /And of Spain/, prompt.text: \"\", errors: []}\n"
                    // The field has the focus again.
                    + "- type: And of Italy?\n- expect: {prompt.text: \"And of Italy?\"}\n"),
            folder.resolve("chat.emslens")));
  }

  /** A recording that is not there leaves the window with a model, and is told of. */
  @Test
  void aRecordingThatIsNotThereLeavesAModel() throws Exception {
    assertNull(
        drive(
            write(
                "- wait: idle\n"
                    + "- expect: {model: /SmolLM2/, notice: /nope.emslens/, enabled.run: true}\n"),
            folder.resolve("nope.emslens")));
  }

  /** A text file becomes the prompt, and what was written before can be had back. */
  @Test
  void aTextBecomesThePrompt() throws Exception {
    Files.writeString(folder.resolve("notes.md"), "A text from a file.");
    Files.writeString(folder.resolve("picture.xyz"), "?");
    assertNull(
        drive(
            write(
                "- wait: idle\n- click: \"#prompt\"\n- type: Three words here\n"
                    + "- drop: $OUT/notes.md\n"
                    + "- expect: {prompt.text: A text from a file., notice: /taken the place/}\n"
                    + "- click: \"#prompt-back\"\n"
                    + "- expect: {prompt.text: Three words here, notice: null}\n"
                    + "- drop: $OUT/notes.md\n- click: \"#prompt-keep\"\n- click: \"#run\"\n"
                    + "- wait: idle\n- expect: {context.text: A text from a file., errors: []}\n"
                    + "- drop: $OUT/picture.xyz\n"
                    + "- expect: {status: /only models .* recordings .* and texts can be opened/}\n"),
            TINY));
  }

  @Test
  void aScriptThatFailsSaysWhere() throws Exception {
    String failure = drive(write("- wait: idle\n- expect: {budget.slots: 7}\n"), TINY);
    assertTrue(
        failure.startsWith("action 2 (expect:") && failure.contains("budget.slots is 128"),
        failure);
  }

  private Path write(String script) throws IOException {
    return Files.writeString(folder.resolve("script.yaml"), script);
  }

  /** Takes a new window through a script; tells null, or what failed. */
  private String drive(Path flow, Path file) throws Exception {
    String text = Files.readString(flow).replace("$OUT", folder.toString());
    Script script = Script.parse(flow, text.getBytes(StandardCharsets.UTF_8));
    CompletableFuture<String> ended = new CompletableFuture<>();
    Platform.runLater(
        () -> {
          try {
            new LensWindow(
                    new Stage(),
                    new LensWindow.Options(1280, 800, file, null, script, folder, null),
                    ended::complete)
                .show();
          } catch (RuntimeException e) {
            ended.completeExceptionally(e);
          }
        });
    return ended.get(3, TimeUnit.MINUTES);
  }
}
