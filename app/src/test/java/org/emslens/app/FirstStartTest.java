package org.emslens.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first start where the model cannot be had, and scripts that cannot be read. */
class FirstStartTest {
  @TempDir Path folder;

  private GuiProcess.Result drive(String script, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("script.yaml"), script);
    return GuiProcess.run(
        folder, environment, "--drive", file.toString(), "--out", folder.toString());
  }

  /** No model, no network: the reason in full, ways out, and the recorded session stays. */
  @Test
  void withoutAModelTheRecordedSessionStaysAndTheReasonIsSaid() throws Exception {
    Path home = folder.resolve("home");
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Path tiny = HeadlessWindow.MODELS.resolve("plain").toAbsolutePath();
    GuiProcess.Result r =
        drive(
            """
            - wait: idle
            - expect:
                notice: /cannot be fetched.*python3 is not installed/
                model: null
                context.text: /capital/
                enabled.run: false
                enabled.save: true
            - state: before
            - click: "#budget"
            - type: "24"
            - key: Enter
            - wait: idle
            - expect: {budget.slots: 24, context.text: /capital/, notice: /cannot be fetched/}
            - click: "#page-needle"
            - click: "#page-inspect"
            - click: "#retry"
            - wait: idle
            - expect: {notice: /cannot be fetched/, context.text: /capital/}
            - answer: %s
            - click: "#choose-file"
            - wait: idle
            - expect: {model: plain, notice: null, enabled.run: true}
            """
                .formatted(tiny),
            Map.of(
                "EMSLENS_HOME",
                home.toString(),
                "HF_ENDPOINT",
                "http://127.0.0.1:9",
                "PATH",
                folder.toString(),
                "TMPDIR",
                temporary.toString(),
                "JDK_JAVA_OPTIONS",
                "-Djava.io.tmpdir=" + temporary));
    assertEquals(0, r.code(), r.said());
    try (Stream<Path> left = Files.walk(folder)) {
      assertEquals(
          0, left.filter(f -> f.toString().endsWith(".part")).count(), "nothing half is left");
    }
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(List.of(), left.toList(), "no copy of a font or of a recording is left");
    }
  }

  @Test
  void aScriptThatCannotBeReadIsASentence() throws Exception {
    GuiProcess.Result r = drive("- press: \"#run\"\n", Map.of());
    assertEquals(1, r.code());
    assertTrue(r.said().contains("action 1 is {\"press\":\"#run\"}; expected one of"), r.said());
  }
}
