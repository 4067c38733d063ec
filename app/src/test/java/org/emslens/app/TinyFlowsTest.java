package org.emslens.app;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.emslens.app.main.LensWindow;
import org.emslens.app.settings.WindowSize;
import org.emslens.device.Devices;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What does not depend on what a model says, as scripts on a tiny one. */
class TinyFlowsTest extends DrivenWindow {
  private static final Path TINY = HeadlessWindow.MODELS.resolve("plain");

  static Stream<Path> tiny() throws IOException {
    return in(FLOWS.resolve("tiny"));
  }

  @ParameterizedTest
  @MethodSource("tiny")
  void everyActionSucceeds(Path flow) throws Exception {
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

  /** The window comes as it was left, unless a size is asked for. */
  @Test
  void itsSizeIsRemembered() throws Exception {
    Path settings = folder.resolve("settings.json");
    Path left = write("- resize: [1210, 730]\n- close: true\n");
    assertNull(
        driveIn(new LensWindow.Options(null, TINY, null, null, folder, settings), left), "left");
    Path back = write("- expect: {window.width: 1210, window.height: 730}\n- close: true\n");
    assertNull(
        driveIn(new LensWindow.Options(null, TINY, null, null, folder, settings), back), "back");
    Path asked = write("- expect: {window.width: 1100, window.height: 700}\n");
    assertNull(
        driveIn(
            new LensWindow.Options(WindowSize.of(1100, 700), TINY, null, null, folder, settings),
            asked),
        "asked");
  }

  @Test
  void aScriptThatFailsSaysWhere() throws Exception {
    String failure = drive(write("- wait: idle\n- expect: {budget.slots: 7}\n"), TINY);
    assertTrue(
        failure.startsWith("action 2 (expect:") && failure.contains("budget.slots is 128"),
        failure);
  }
}
