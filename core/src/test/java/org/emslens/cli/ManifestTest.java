package org.emslens.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.emslens.TestFiles;
import org.emslens.format.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What results say about where they come from, and arguments under a locale without UTF-8. */
@Execution(ExecutionMode.CONCURRENT)
class ManifestTest {
  @TempDir Path folder;

  private CommandLineTest.Result run(List<String> args) throws Exception {
    return CommandLineTest.run(folder, "-Xmx1g", Map.of("LC_ALL", "C"), args);
  }

  private static String tiny() {
    return TestFiles.path("tiny/plain").toString();
  }

  @Test
  void recordingsAndJsonHoldWhatItTakesToRepeatThem() throws Exception {
    Path file = folder.resolve("r.emslens");
    List<String> args =
        List.of(
            "run",
            "--model",
            tiny(),
            "--prompt",
            "It's a boat.",
            "--max-new-tokens",
            "2",
            "--policy",
            "snapkv",
            "--budget",
            "20",
            "--window",
            "4",
            "--json",
            "--record",
            file.toString());
    CommandLineTest.Result r = run(args);
    assertEquals(0, r.code(), r.err());
    JsonNode told = Json.MAPPER.readTree(r.out()).path("manifest");
    try (ZipFile zip = new ZipFile(file.toFile())) {
      JsonNode recorded =
          Json.MAPPER
              .readTree(zip.getInputStream(zip.getEntry("recording.json")).readAllBytes())
              .path("manifest");
      assertEquals(told.path("sha256"), recorded.path("sha256"));
      assertEquals(told.path("command"), recorded.path("command"));
    }
    assertTrue(told.path("program").asText().matches("EMS Lens [0-9].*"), told.toString());
    assertTrue(told.path("sha256").asText().matches("[0-9a-f]{64}"), told.toString());
    assertTrue(told.path("date").asText().startsWith("20"), told.toString());
    assertTrue(
        told.path("command").asText().contains("--prompt 'It'\\''s a boat.' --max-new-tokens 2"),
        told.toString());
  }

  @Test
  void tablesAndLinesOfExperimentsBeginWithAManifest() throws Exception {
    Path out = folder.resolve("sweep");
    List<String> args =
        List.of(
            "sweep",
            "--model",
            tiny(),
            "--prose",
            "60",
            "--continuation",
            "4",
            "--policies",
            "snapkv",
            "--budgets",
            "24",
            "--seeds",
            "1",
            "--out",
            out.toString());
    assertEquals(0, run(args).code());
    List<String> lines = Files.readAllLines(out.resolve("results.jsonl"));
    assertEquals(2, lines.size());
    assertTrue(Json.MAPPER.readTree(lines.getFirst()).path("manifest").has("command"));
    List<String> table = Files.readAllLines(out.resolve("results.csv"));
    assertTrue(table.getFirst().startsWith("# program: EMS Lens"), table.getFirst());
    assertEquals(2, table.stream().filter(l -> !l.startsWith("#")).count());
    // Gone on with, it keeps what it said and runs nothing again.
    assertEquals(0, run(args).code());
    assertEquals(lines, Files.readAllLines(out.resolve("results.jsonl")));
    assertEquals(table, Files.readAllLines(out.resolve("results.csv")));
  }

  @Test
  void argumentsThatAreNotAsciiArriveWhole() throws Exception {
    CommandLineTest.Result r = run(List.of("tokens", "--model", tiny(), "--text", "Grüße"));
    assertEquals(0, r.code(), r.err());
    StringBuilder text = new StringBuilder();
    Json.MAPPER.readTree(r.out()).findValues("text").forEach(t -> text.append(t.asText()));
    assertEquals("Gr<0xC3><0xBC><0xC3><0x9F>e", text.toString(), "its tokens are bytes");
    CommandLineTest.Result bad =
        run(List.of("run", "--model", tiny(), "--prompt", "x", "--policy", "größte"));
    assertEquals(2, bad.code());
    assertTrue(bad.err().contains("policy is 'größte'"), bad.err());
  }

  @Test
  void aRecordingThatIsNoneIsASentence() throws Exception {
    Path bad = Files.write(folder.resolve("bad.emslens"), new byte[0]);
    try {
      org.emslens.session.Recording.read(bad);
    } catch (IOException e) {
      assertTrue(!e.getMessage().contains("null"), e.getMessage());
      return;
    }
    throw new AssertionError("It was read.");
  }
}
