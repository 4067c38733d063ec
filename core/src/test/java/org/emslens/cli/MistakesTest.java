package org.emslens.cli;

import static org.emslens.cli.CommandLineTest.sentence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.emslens.TestFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Ordinary mistakes are told at once, in a sentence, and fill no log. */
@Execution(ExecutionMode.CONCURRENT)
class MistakesTest {
  private static final String MODEL = TestFiles.path("tiny/plain").toString();
  private static final String NO_MODEL = "/no/such.gguf";

  @TempDir Path folder;

  private CommandLineTest.Result run(String... args) throws Exception {
    return CommandLineTest.run(folder, "-Xmx1g", Map.of(), List.of(args));
  }

  @Test
  void aModelThatIsNotThereIsToldFirst() throws Exception {
    String no = "emslens: /no/such.gguf: no such file or folder.";
    String none = folder.resolve("none").toString();
    sentence(CommandLineTest.within("run", "--model", NO_MODEL, "--prompt-file", none), 1, no);
    sentence(CommandLineTest.within("tokens", "--model", NO_MODEL, "--text-file", none), 1, no);
    sentence(
        CommandLineTest.within("logits", "--model", NO_MODEL, "--ids", "5", "--out", "/proc/x"),
        1,
        no);
    sentence(
        CommandLineTest.within(
            "sweep", "--model", MODEL + "," + NO_MODEL, "--prose", "50", "--out", none),
        1,
        no);
    assertFalse(Files.exists(folder.resolve("none")), "nothing was begun");
  }

  @Test
  void sessionFilesHaveTheirEnding() throws Exception {
    Path file = folder.resolve("x.txt");
    sentence(
        CommandLineTest.within(
            "run", "--model", MODEL, "--prompt", "boats", "--record", file.toString()),
        2,
        "--record: a session file ends in .emslens; found '" + file + "'.");
    assertFalse(Files.exists(file));
  }

  @Test
  void whatCannotBeWrittenIsToldBeforeTheWork() throws Exception {
    // A text too long for the context would be told instead, if the prompt were looked at first.
    String prompt = Files.writeString(folder.resolve("p.txt"), "boats ".repeat(9000)).toString();
    Path file = folder.resolve("p.txt/x.emslens");
    String no =
        file + ": it cannot be written there: " + folder.resolve("p.txt") + " is not a folder.";
    sentence(
        CommandLineTest.within(
            "run", "--model", MODEL, "--prompt-file", prompt, "--record", file.toString()),
        1,
        no);
    no = prompt + ": it cannot be written there: " + prompt + " is not a folder.";
    sentence(
        CommandLineTest.within("sweep", "--model", MODEL, "--prose", "9999", "--out", prompt),
        1,
        no);
  }

  @Test
  void runsThatAllFailAreAFailureToldOnce() throws Exception {
    CommandLineTest.Result r =
        run(
            "sweep",
            "--model",
            MODEL,
            "--prose",
            "9999999",
            "--policies",
            "full,tova,ems",
            "--budgets",
            "30,5%",
            "--out",
            folder.resolve("s").toString());
    assertEquals(1, r.code(), r.err());
    assertEquals("", r.out());
    List<String> lines = r.err().strip().lines().toList();
    assertEquals(3, lines.size(), r.err());
    assertTrue(lines.get(1).contains("10000127 tokens; the context holds 2048."), r.err());
    assertEquals("emslens: All 20 runs failed.", lines.get(2));
    r =
        run(
            "needle",
            "--model",
            MODEL,
            "--lengths",
            "60,9000",
            "--depths",
            "0,1",
            "--policies",
            "ems",
            "--budgets",
            "20",
            "--seeds",
            "1",
            "--out",
            folder.resolve("n").toString());
    assertEquals(0, r.code(), r.err());
    assertTrue(r.err().strip().endsWith("2 of 4 runs failed."), r.err());
  }

  @Test
  void mistakesTakeALineOfTheLog() throws Exception {
    sentence(run("run", "--model", MODEL, "--prompt-file", "/"), 1, "'/': is a folder");
    assertEquals(
        1, log().lines().filter(l -> l.contains("INFO") && l.contains("is a folder")).count());
    assertFalse(log().contains("ERROR") || log().contains("\tat "), log());
  }

  private String log() throws IOException {
    return Files.readString(folder.resolve("home/logs/emslens.log"));
  }
}
