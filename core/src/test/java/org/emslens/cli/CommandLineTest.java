package org.emslens.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.emslens.TestFiles;
import org.emslens.cache.Policies;
import org.emslens.format.Json;
import org.emslens.format.Npy;
import org.emslens.session.CommandText;
import org.emslens.session.Recording;
import org.emslens.session.Run;
import org.emslens.session.Step;
import org.emslens.session.Turn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import picocli.CommandLine;

/** The command line as a process: what it prints, where, and its exit codes. */
@Execution(ExecutionMode.CONCURRENT)
class CommandLineTest {
  private static final String MODEL = TestFiles.path("tiny/plain").toString();

  @TempDir Path folder;

  record Result(int code, String out, String err) {
    JsonNode json() throws IOException {
      assertEquals(0, code, err);
      return Json.MAPPER.readTree(out);
    }
  }

  private Result run(String... args) throws IOException, InterruptedException {
    return run("-Xmx2g", args);
  }

  private Result run(String heap, String[] args) throws IOException, InterruptedException {
    return run(folder, heap, Map.of(), List.of(args));
  }

  /** Runs the program as a process, with a home of its own in a folder. */
  static Result run(Path folder, String heap, Map<String, String> environment, List<String> args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            // What runs for a second is not worth a second compilation.
            "-XX:TieredStopAtLevel=1",
            heap,
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "--add-exports=java.base/jdk.internal.module=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Emslens.class.getName()));
    command.addAll(args);
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    ProcessBuilder b =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    b.environment().put("EMSLENS_HOME", folder.resolve("home").toString());
    b.environment().putAll(environment);
    int code = b.start().waitFor();
    return new Result(
        code,
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  /** The same within this process, which takes no second to start. */
  static Result within(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine emslens = Emslens.commandLine();
    emslens.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return new Result(emslens.execute(args), out.toString(), err.toString());
  }

  static void sentence(Result r, int code, String part) {
    assertEquals(code, r.code, r.out + r.err);
    assertEquals("", r.out);
    assertEquals(1, r.err.strip().lines().count(), r.err);
    assertTrue(r.err.contains(part), r.err);
  }

  @Test
  void infoAndTokens() throws Exception {
    JsonNode info = run("info", "--model", MODEL).json();
    assertEquals(3, info.get("layers").asInt());
    assertEquals(2, info.get("kvHeads").asInt());
    assertEquals("F32", info.get("quantization").asText());
    JsonNode tokens = run("tokens", "--model", MODEL, "--text", "Zwei boats 🎉 came").json();
    StringBuilder text = new StringBuilder();
    tokens.forEach(t -> text.append(t.get("text").asText()));
    assertTrue(text.toString().startsWith("Zwei boats "));
    assertEquals(17, tokens.get(tokens.size() - 1).get("end").asInt(), "code points are counted");
  }

  @Test
  void runGeneratesAndRecords() throws Exception {
    Path file = folder.resolve("r.emslens");
    String prompt = "The keeper lit the lamp and counted the boats.";
    JsonNode json =
        run(
                "run",
                "--model",
                MODEL,
                "--prompt",
                prompt,
                "--policy",
                "ems",
                "--budget",
                "12",
                "--window",
                "4",
                "--slack",
                "4",
                "--max-new-tokens",
                "9",
                "--temperature",
                "1",
                "--json",
                "--record",
                file.toString())
            .json();
    assertEquals(9, json.get("tokens").size());
    assertEquals(10, json.get("steps").size());
    JsonNode last = json.get("steps").get(9);
    long all =
        last.get("retained").asLong() + last.get("merged").asLong() + last.get("evicted").asLong();
    assertEquals(6L * last.get("seen").asLong(), all);
    assertEquals(last.get("retained").asLong() * 2 * 16 * 4, last.get("bytes").asLong());
    assertTrue(last.get("kl").asDouble() > 0 && last.get("meanOutputError").asDouble() > 0);
    assertEquals(json.get("text").asText(), Recording.read(file).generated(9));
    Result plain =
        run(
            "run",
            "--model",
            MODEL,
            "--prompt",
            prompt,
            "--max-new-tokens",
            "3",
            "--budget",
            "0.9",
            "--window",
            "4");
    assertEquals(0, plain.code, plain.err);
    assertEquals("", plain.err);
  }

  @Test
  void logitsAndDrift() throws Exception {
    Path logits = folder.resolve("l.npy");
    Path attention = folder.resolve("a.npy");
    Result r =
        within(
            "logits",
            "--model",
            MODEL,
            "--ids",
            "5,9,40,7",
            "--out",
            logits.toString(),
            "--layer",
            "1",
            "--attention-out",
            attention.toString());
    assertEquals(0, r.code, r.err);
    assertArrayEquals(new int[] {4, 320}, Npy.read(logits).shape());
    Npy a = Npy.read(attention);
    assertArrayEquals(new int[] {4, 4, 4}, a.shape());
    assertEquals(1, a.data()[0], 1e-5);
    assertEquals(0, a.data()[1]);
    Path some = folder.resolve("some.npy");
    String[] few = {
      "logits",
      "--model",
      MODEL,
      "--ids",
      "5,9,40,7",
      "--positions",
      "2,-1",
      "--out",
      some.toString()
    };
    assertEquals(0, within(few).code);
    Npy all = Npy.read(logits);
    assertArrayEquals(new int[] {2, 320}, Npy.read(some).shape());
    assertEquals(all.data()[2 * 320 + 9], Npy.read(some).data()[9]);
    assertEquals(all.data()[3 * 320 + 9], Npy.read(some).data()[320 + 9]);
    few[6] = "4";
    String expected = "; there are positions 0 to 3, or -1 to -4 from the end.";
    assertTrue(within(few).err.contains("--positions holds 4" + expected));
    few[5] = "--positions=-7";
    few[6] = "--device=cpu";
    assertTrue(within(few).err.contains("--positions holds -7" + expected));
    Path p =
        Files.writeString(
            folder.resolve("p.txt"), "The keeper lit the lamp and counted the boats.");
    Path c = Files.writeString(folder.resolve("c.txt"), " Two boats came home.");
    JsonNode drift =
        within(
                "drift",
                "--model",
                MODEL,
                "--prompt-file",
                p.toString(),
                "--continuation-file",
                c.toString(),
                "--policy",
                "full",
                "--budget",
                "8")
            .json();
    assertEquals(0, drift.get("kl").asDouble(), 1e-6);
    assertEquals(drift.get("fullNll").asDouble(), drift.get("nll").asDouble(), 1e-6);
  }

  @Test
  void compressWritesThePlan() throws Exception {
    Path cases = TestFiles.path("cases/small");
    Path out = folder.resolve("plan");
    Result r =
        run(
            "compress",
            "--queries",
            cases.resolve("queries.npy").toString(),
            "--keys",
            cases.resolve("keys.npy").toString(),
            "--values",
            cases.resolve("values.npy").toString(),
            "--budget",
            "16",
            "--window",
            "8",
            "--out",
            out.toString());
    assertEquals(0, r.code, r.err);
    JsonNode plan = Json.read(out.resolve("plan.json"));
    JsonNode expected = TestFiles.json("cases/small/expected.json");
    assertEquals(
        expected.get("heads").get(0).get("centres"), plan.get("heads").get(0).get("centres"));
    assertEquals(
        expected.get("heads").get(1).get("members"), plan.get("heads").get(1).get("members"));
    assertArrayEquals(
        TestFiles.npy("cases/small/merged_keys.npy").data(),
        Npy.read(out.resolve("merged_keys.npy")).data(),
        1e-4f);
  }

  @Test
  void sweepsGoOnWhereTheyWereAndNeedlesAreCounted() throws Exception {
    Path out = folder.resolve("sweep");
    String[] sweep = {
      "sweep",
      "--model",
      MODEL,
      "--prose",
      "40",
      "--needle",
      "40",
      "--continuation",
      "8",
      "--policies",
      "full,tova,ems-reported",
      "--budgets",
      "20,0.6",
      "--switch",
      "tau=0.2,0.6",
      "--seeds",
      "1-2",
      "--jobs",
      "2",
      "--out",
      out.toString()
    };
    Result first = within(sweep);
    assertEquals(0, first.code, first.err);
    assertTrue(first.out.contains("EMS as reported, tau=0.6"), first.out);
    // A manifest; per prompt full once, TOVA, where no tau matters, at two budgets, EMS with two
    // taus.
    assertEquals(1 + 4 * (1 + 2 + 4), Files.readAllLines(out.resolve("results.jsonl")).size());
    assertTrue(Files.size(out.resolve("budget-kl.svg")) > 1000);
    assertTrue(Files.size(out.resolve("budget-accuracy.png")) > 1000);
    Result again = within(sweep);
    assertTrue(again.err.contains("28 runs, 28 of them done before"), again.err);
    assertEquals(first.out, again.out);

    Result needle =
        within(
            "needle",
            "--model",
            MODEL,
            "--lengths",
            "40,60",
            "--depths",
            "0,1",
            "--question",
            "inside,after",
            "--policies",
            "ems",
            "--budgets",
            "20",
            "--seeds",
            "1-2",
            "--out",
            folder.resolve("needle").toString());
    assertEquals(0, needle.code, needle.err);
    assertTrue(needle.out.contains("EMS, 20, question after"), needle.out);
    assertTrue(needle.out.contains("of 2"), needle.out);
    assertTrue(Files.exists(folder.resolve("needle").resolve("needle.svg")));
  }

  /** A folder of results goes on with the model that it was begun with, and no other. */
  @Test
  void resultsOfAnotherModelAreNotTakenOver() throws Exception {
    Path model = folder.resolve("model");
    Files.createDirectory(model);
    try (Stream<Path> files = Files.list(Path.of(MODEL))) {
      for (Path f : files.toList()) {
        Files.copy(f, model.resolve(f.getFileName()));
      }
    }
    Path out = folder.resolve("of-one");
    String[] sweep = {
      "sweep",
      "--model",
      model.toString(),
      "--prose",
      "40",
      "--continuation",
      "4",
      "--policies",
      "full,tova",
      "--budgets",
      "20",
      "--out",
      out.toString()
    };
    assertEquals(0, within(sweep).code);
    String[] once = Arrays.copyOf(sweep, sweep.length + 1);
    once[sweep.length] = "--once";
    String table = within(once).out;
    assertEquals(1, table.lines().filter(l -> l.contains("TOVA")).count(), table);
    Files.writeString(
        model.resolve("config.json"), Files.readString(model.resolve("config.json")) + "\n");
    sentence(within(sweep), 1, "has results of another model under the name '" + model + "'");
  }

  /** What a session's line says, word for word, comes to the same session. */
  @Test
  void aLineRepeatsQuestionAndTurns() throws Exception {
    Path first = folder.resolve("first.emslens");
    String context = "The keeper lit the lamp and counted the boats. Two came home.";
    String[] words = {
      "run",
      "--model",
      MODEL,
      "--prompt",
      context,
      "--question",
      "Who didn't come?",
      "--chat",
      "--policy",
      "ems-repeat",
      "--adaptive",
      "--no-count-correction",
      "--budget",
      "20",
      "--max-new-tokens",
      "5,3",
      "--turn",
      "Is that\nall?",
      "--record",
      first.toString()
    };
    Result made = within(words);
    assertEquals(0, made.code, made.err);
    Run whole = Recording.read(first);
    assertEquals(2, whole.turns().size());
    String line = CommandText.run(whole, MODEL);
    Process shell =
        new ProcessBuilder("bash", "-c", line.replaceFirst("^emslens", "printf '%s\\\\0'")).start();
    String unquoted = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    List<String> again = new ArrayList<>(List.of(unquoted.split("\0")));
    Path second = folder.resolve("second.emslens");
    again.addAll(List.of("--record", second.toString()));
    Result repeated = within(again.toArray(String[]::new));
    assertEquals(0, repeated.code, repeated.err);
    Run same = Recording.read(second);
    assertEquals(
        whole.steps().stream().map(Step::token).toList(),
        same.steps().stream().map(Step::token).toList());
    assertEquals(
        whole.turns().stream().map(Turn::tokens).toList(),
        same.turns().stream().map(Turn::tokens).toList());
    assertEquals("Who didn't come?", same.question().words());
    // A context from a file is the same context.
    String[] ofFile = words.clone();
    ofFile[3] = "--context-file";
    ofFile[4] = Files.writeString(folder.resolve("context.txt"), context + "\n").toString();
    Path third = folder.resolve("third.emslens");
    ofFile[ofFile.length - 1] = third.toString();
    Result read = within(ofFile);
    assertEquals(0, read.code, read.err);
    Run fromFile = Recording.read(third);
    assertEquals(whole.promptText(), fromFile.promptText());
    assertEquals("Who didn't come?", fromFile.question().words());
    assertEquals(
        whole.steps().stream().map(Step::token).toList(),
        fromFile.steps().stream().map(Step::token).toList());
    sentence(within("run", "--context-file", "x"), 2, "--question is missing");
    sentence(within("run", "--prompt", "x", "--max-new-tokens", "3,4"), 2, "has 2 numbers");
  }

  @Test
  void benchMeasuresEveryPolicy() throws Exception {
    String[] args = {"bench", "--model", MODEL, "--contexts", "70", "--budget", "30", "--json"};
    Result bench = within(args);
    assertEquals(0, bench.code, bench.err);
    List<String> lines = bench.out.strip().lines().toList();
    assertEquals(Policies.values().length, lines.size());
    for (String line : lines) {
      JsonNode b = Json.MAPPER.readTree(line);
      boolean full = b.get("policy").asText().equals("full");
      assertTrue(b.get("prefillTokensPerSecond").asDouble() > 0);
      assertTrue(b.get("decodeTokensPerSecond").asDouble() > 0);
      assertEquals(full, b.get("planMillis").asDouble() == 0, line);
      assertTrue(b.get("peakBytes").asLong() > 10_000_000);
    }
  }

  @Test
  void experimentMistakesAreOneSentence() throws Exception {
    String out = folder.resolve("x").toString();
    sentence(within("sweep", "--model", MODEL), 2, "--out");
    sentence(within("sweep", "--model", MODEL, "--out", out), 2, "--prose");
    sentence(within("sweep", "--prose", "50", "--budgets", "3", "--out", out), 2, "budget is 3");
    sentence(within("sweep", "--prose", "50", "--switch", "tua=1", "--out", out), 2, "'tua'");
    sentence(within("sweep", "none.yaml", "--out", out), 1, "none.yaml");
    sentence(within("needle", "--depths", "2", "--out", out), 2, "--depths has 2.0");
    sentence(within("needle", "--question", "before", "--out", out), 2, "'before'");
    sentence(
        within("sweep", "--prose", "40", "--afterwards", "Who?", "--answer", "I", "--out", out),
        2,
        "--prompt or --prompt-file is missing.");
    sentence(within("run", "--prompt", "x", "--afterwards", ""), 2, "--afterwards is empty.");
    sentence(
        within("run", "--prompt", "x", "--question", "A", "--question", "B"),
        2,
        "--question is given twice.");
    sentence(
        within("sweep", "--prose", "40", "--question", "after", "--out", out),
        2,
        "--question counts with --needle, --ruler or --afterwards");
    sentence(
        within("sweep", "a.yaml", "--policies", "ems", "--out", out),
        2,
        "--policies is given beside the experiment a.yaml, which says what is run.");
    sentence(
        within("run", "--prompt", "x", "--policy", "tova", "--share", "all"),
        2,
        "TOVA has no switch share");
    sentence(within("bench", "--contexts", "3"), 2, "--contexts");
  }

  @Test
  void memoryThatRunsOutIsOneSentence() throws Exception {
    Path large = folder.resolve("large.txt");
    try (RandomAccessFile f = new RandomAccessFile(large.toFile(), "rw")) {
      f.setLength(300_000_000);
    }
    String[] args = {"run", "--model", MODEL, "--prompt-file", large.toString()};
    sentence(run("-Xmx100m", args), 1, "not enough memory");
  }

  @Test
  void mistakesAreOneSentence() throws Exception {
    sentence(within("run", "--model", MODEL), 2, "--prompt");
    sentence(
        within("run", "--model", MODEL, "--prompt", "x", "--policy", "best"), 2, "streaming-llm");
    sentence(
        within("run", "--model", MODEL, "--prompt", "x", "--budget", "-4"), 2, "budget is '-4'");
    sentence(within("run", "--model", MODEL, "--prompt", "x", "--alpha", "7"), 2, "alpha is 7");
    sentence(within("run", "--model", "/no/such.gguf", "--prompt", "x"), 1, "/no/such.gguf");
    sentence(within("info", "--model", TestFiles.path("tiny/quants.json").toString()), 1, "GGUF");
    sentence(within("get", "nothing"), 1, "smollm2-135m-instruct");
    sentence(within("logits", "--model", MODEL, "--ids", "999", "--out", "x.npy"), 2, "999");
    String under = Files.createFile(folder.resolve("a.txt")).resolve("x.npy").toString();
    sentence(
        within("logits", "--model", MODEL, "--ids", "5", "--out", under),
        1,
        "a.txt is not a folder");
    Result help = run("drift", "--help");
    assertEquals(0, help.code);
    assertTrue(help.out.contains("--continuation-file"));
  }
}
