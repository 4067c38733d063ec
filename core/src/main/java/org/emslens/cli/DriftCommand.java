package org.emslens.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import org.emslens.cache.PromptScore;
import org.emslens.engine.LoadedModel;
import org.emslens.engine.Progress;
import org.emslens.engine.scores.PromptScoring;
import org.emslens.experiment.Baseline;
import org.emslens.experiment.Drift;
import org.emslens.format.TextFiles;
import org.emslens.session.CacheChoice;
import org.emslens.text.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "drift",
    mixinStandardHelpOptions = true,
    description =
        "What compression does to the model's predictions of a given continuation, as JSON.")
final class DriftCommand implements Callable<Integer> {
  @Mixin private ModelOption model;

  @Option(names = "--prompt-file", required = true, paramLabel = "F", description = "The prompt.")
  private Path prompt;

  @Option(
      names = "--continuation-file",
      required = true,
      paramLabel = "G",
      description = "What follows it.")
  private Path continuation;

  @Mixin private CacheOption cache;

  @Option(names = "--once", description = "Compress after the prompt only, never again.")
  private boolean once;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    CacheChoice choice = cache.choice();
    model.check();
    String before = TextFiles.read(prompt);
    String after = TextFiles.read(continuation);
    try (LoadedModel loaded = model.load()) {
      int[] prompt = Tokenizer.ids(loaded.model().tokenizer().encodePrompt(before));
      int[] ids = Tokenizer.ids(loaded.model().tokenizer().encode(after));
      if (prompt.length == 0 || ids.length == 0) {
        throw new IOException(
            "The " + (prompt.length == 0 ? "prompt" : "continuation") + " is empty.");
      }
      int context = loaded.model().config().context();
      if (prompt.length + ids.length > context) {
        throw new IOException(
            "Prompt and continuation have "
                + (prompt.length + ids.length)
                + " tokens; the context holds "
                + context
                + ".");
      }
      Set<PromptScore> asks = choice.asks(prompt.length);
      Baseline full = Baseline.of(loaded.pass(), prompt, ids, 0, Progress.NONE);
      new PromptScoring(loaded.model(), loaded.pass()).ask(full.prefill(), asks, Progress.NONE);
      JsonOut.print(spec, Drift.measure(loaded.pass(), full, choice, once, Progress.NONE));
      return 0;
    }
  }
}
