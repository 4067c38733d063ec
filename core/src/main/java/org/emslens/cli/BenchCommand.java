package org.emslens.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.emslens.cache.Policies;
import org.emslens.engine.LoadedModel;
import org.emslens.engine.Progress;
import org.emslens.experiment.Bench;
import org.emslens.experiment.Prose;
import org.emslens.format.Json;
import org.emslens.session.Budget;
import org.emslens.session.CacheChoice;
import org.emslens.text.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Speed and memory by length of context and policy.")
final class BenchCommand implements Callable<Integer> {
  @Mixin private ModelOption model;

  @Option(
      names = "--contexts",
      split = ",",
      paramLabel = "N",
      defaultValue = "256,512,1024,2048,4096,8192",
      description =
          "Tokens of prompt (default: ${DEFAULT-VALUE}); what the model cannot hold is cut.")
  private List<Integer> contexts;

  @Option(
      names = "--policies",
      split = ",",
      paramLabel = "P",
      description = "Policies (all of them).")
  private List<String> policies = Policies.ids();

  @Option(
      names = "--budget",
      paramLabel = "B",
      defaultValue = "128",
      description =
          "Slots per KV head, or a share of the prompt, such as 5%% or 0.05 (default: ${DEFAULT-VALUE}).")
  private String budget;

  @Option(names = "--json", description = "JSON lines instead of a table.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    List<CacheChoice> choices;
    try {
      Budget slots = Budget.parse(budget);
      choices =
          policies.stream()
              .map(Policies::byId)
              .map(p -> new CacheChoice(p, p.preset(), slots))
              .toList();
      choices.forEach(c -> contexts.forEach(c::slotsFor));
      if (contexts.stream().anyMatch(n -> n < 64)) {
        throw new IllegalArgumentException("--contexts has a number below 64.");
      }
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    PrintWriter out = spec.commandLine().getOut();
    try (LoadedModel loaded = model.load()) {
      int most = loaded.model().config().context() - Bench.decoded();
      if (!json) {
        out.printf("%s, %s%n", loaded.model().title(), loaded.pass().device());
        out.printf(
            "%-15s %7s %7s %9s %8s %8s %8s %8s %7s %8s %8s%n",
            "policy",
            "context",
            "budget",
            "prefill/s",
            "decode/s",
            "score ms",
            "plan ms",
            "apply ms",
            "share",
            "cache MB",
            "peak MB");
      }
      List<Integer> lengths = contexts.stream().map(n -> Math.min(n, most)).distinct().toList();
      int[] longest = prose(loaded, Collections.max(lengths) + Bench.decoded());
      spec.commandLine().getErr().println("Warming up with a short prompt.");
      Bench.warmUp(loaded, longest, choices);
      for (int context : lengths) {
        int[] ids = Arrays.copyOf(longest, context + Bench.decoded());
        Bench.run(loaded, ids, choices, Progress.NONE, b -> print(out, b));
      }
    }
    return 0;
  }

  private static int[] prose(LoadedModel loaded, int tokens) {
    List<String> text =
        new Prose(1)
            .sentences(tokens, s -> loaded.model().tokenizer().encode(s).size(), Progress.NONE);
    int[] ids = Tokenizer.ids(loaded.model().tokenizer().encode(String.join(" ", text)));
    return Arrays.copyOf(ids, tokens);
  }

  private void print(PrintWriter out, Bench b) {
    if (json) {
      out.println(Json.MAPPER.valueToTree(b));
    } else {
      out.print(
          String.format(
              Locale.ROOT,
              "%-15s %7d %7s %9.0f %8.1f %8.1f %8.1f %8.1f %6.1f%% %8.1f %8.0f%n",
              b.policy(),
              b.context(),
              b.policy().equals("full") ? "" : b.budget(),
              b.prefillTokensPerSecond(),
              b.decodeTokensPerSecond(),
              b.scoreMillis(),
              b.planMillis(),
              b.applyMillis(),
              100 * b.compressionShare(),
              b.bytes() / 1e6,
              b.peakBytes() / 1e6));
    }
    out.flush();
  }
}
