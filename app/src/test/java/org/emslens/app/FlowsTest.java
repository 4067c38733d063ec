package org.emslens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.emslens.hub.Catalogue;
import org.emslens.hub.ModelStore;
import org.emslens.hub.UserFolders;
import org.emslens.session.Recording;
import org.emslens.session.Run;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What users do from one feature to the next, as scripts on the default model. */
class FlowsTest extends DrivenWindow {
  /** The default model's file: a window that is opened with it reads no sample first. */
  private static Path file;

  @BeforeAll
  static void find() throws IOException {
    file =
        new ModelStore(UserFolders.models()).resolve(Catalogue.shipped(), null, (s, n, of) -> {});
  }

  static Stream<Path> flows() throws IOException {
    return in(FLOWS);
  }

  static Stream<Path> onTheModel() throws IOException {
    return in(FLOWS.resolve("model"));
  }

  @ParameterizedTest
  @MethodSource("flows")
  void everyActionSucceeds(Path flow) throws Exception {
    assertNull(drive(flow, null), flow.toString());
    nothingHalfIsLeft();
  }

  @ParameterizedTest
  @MethodSource("onTheModel")
  void everyActionSucceedsOnTheModel(Path flow) throws Exception {
    assertNull(drive(flow, file), flow.toString());
    nothingHalfIsLeft();
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
            file));
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
            file));
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
}
