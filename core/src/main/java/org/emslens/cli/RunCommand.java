package org.emslens.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.emslens.cache.CacheFrame;
import org.emslens.cache.TokenState;
import org.emslens.device.ProcessMemory;
import org.emslens.engine.LoadedModel;
import org.emslens.engine.Progress;
import org.emslens.format.TextFiles;
import org.emslens.format.Writable;
import org.emslens.model.Model;
import org.emslens.session.Asking;
import org.emslens.session.CacheChoice;
import org.emslens.session.Manifest;
import org.emslens.session.Measures;
import org.emslens.session.Recording;
import org.emslens.session.Run;
import org.emslens.session.Sampling;
import org.emslens.session.Session;
import org.emslens.session.Step;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Generates text with a compressed cache.")
final class RunCommand implements Callable<Integer> {
  @Mixin private ModelOption model;

  @ArgGroup(multiplicity = "1")
  private Prompt prompt;

  @ArgGroup private Afterwards afterwards;

  @Option(
      names = "--chat",
      description = "Send the prompt as a chat turn, in the model's own template.")
  private boolean chat;

  @Mixin private CacheOption cache;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      defaultValue = "32",
      split = ",",
      description =
          "Tokens of an answer at most (${DEFAULT-VALUE}); with --turn, one number for all answers or one for each, such as 40,12.")
  private List<Integer> maxNewTokens;

  @Option(
      names = "--temperature",
      defaultValue = "0",
      description = "From 0, which takes the most probable token, to 2 (${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = "--top-p",
      description =
          "Probability that the sampled tokens hold together at least (0.95, as in the window).")
  private Double topP;

  @Option(
      names = "--top-k",
      defaultValue = "0",
      description = "Tokens that may come at most; 0 for no limit (${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = "--min-p",
      defaultValue = "0",
      description =
          "Least probability of a token that may come, as a share of the most probable one's (${DEFAULT-VALUE}).")
  private double minP;

  @Option(
      names = "--repetition-penalty",
      defaultValue = "1",
      description =
          "Logits of tokens that the text holds already are divided by this, negative ones multiplied; 1 for none (${DEFAULT-VALUE}).")
  private double repetition;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Of the random numbers (${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "With --chat: what the model is told first.")
  private String system;

  @Option(
      names = "--turn",
      paramLabel = "TEXT",
      description =
          "What is said after the answer, as a chat turn in the same cache; may be given again.")
  private List<String> turns = new ArrayList<>();

  @Option(names = "--json", description = "One JSON object instead of the text.")
  private boolean json;

  @Option(
      names = "--measure",
      description =
          "Also ask the full cache at every step, which takes as long again; with --json, each step then has its divergence and more.")
  private boolean measure;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description = "Save the session as a .emslens file.")
  private Path record;

  @Spec private CommandSpec spec;

  private static final class Prompt {
    @Option(names = "--prompt", paramLabel = "TEXT", description = "The prompt.")
    private String text;

    @Option(
        names = "--prompt-file",
        paramLabel = "F",
        description = "A UTF-8 file with the prompt.")
    private Path file;

    @Option(
        names = "--context-file",
        paramLabel = "F",
        description = "A UTF-8 file that is compressed before the --question is known.")
    private Path context;

    /** What is compressed. */
    String read() throws IOException {
      Path from = context == null ? file : context;
      return from == null ? text : TextFiles.read(from);
    }
  }

  private static final class Afterwards {
    @Option(
        names = "--question",
        paramLabel = "Q",
        description = "What is asked once the prompt is compressed, after a blank line.")
    private String question;

    @Option(
        names = "--afterwards",
        paramLabel = "TEXT",
        description = "Likewise, as it is: what lines that repeat a session need.")
    private String text;
  }

  @Override
  public Integer call() throws IOException {
    check();
    CacheChoice choice = cache.choice();
    Sampling sampling = sampling();
    model.check();
    if (record != null) {
      Writable.file(record);
    }
    String text = prompt.read();
    try (LoadedModel loaded = model.load()) {
      Asking asking = asking(loaded.model(), text).within(loaded.model());
      long start = System.nanoTime();
      Session session =
          Session.start(
              loaded.model(),
              loaded.pass(),
              asking.compressed(),
              choice,
              sampling,
              detail(),
              Progress.NONE);
      double prefillSeconds = (System.nanoTime() - start) / 1e9;
      start = System.nanoTime();
      if (asking.afterwards() != null) {
        String words =
            afterwards.question == null ? asking.words(loaded.model().chat()) : afterwards.question;
        session.ask(asking.afterwards(), words, step -> {});
      }
      generate(session, 0);
      for (int i = 0; i < turns.size(); i++) {
        session.say(loaded.model().chat(), turns.get(i), this::print);
        generate(session, i + 1);
      }
      double decodeSeconds = (System.nanoTime() - start) / 1e9;
      Run run = session.run();
      if (json) {
        Map<String, Object> json = json(run, loaded, prefillSeconds, decodeSeconds);
        json.put("manifest", Manifest.of(loaded, Invocation.of(spec)));
        JsonOut.print(spec, json);
      }
      if (record != null) {
        Recording.write(run, Manifest.of(loaded, Invocation.of(spec)), record, Progress.NONE);
      }
    }
    return 0;
  }

  private void check() {
    if (record != null && !record.toString().endsWith(Recording.ENDING)) {
      throw wrong(
          "--record: a session file ends in " + Recording.ENDING + "; found '" + record + "'.");
    }
    if (!chat && system != null) {
      throw wrong("--system is what a chat begins with; --chat is missing.");
    }
    if (prompt.context != null && afterwards == null) {
      throw wrong(
          "--context-file is compressed before a question is known; --question is missing.");
    }
    if (afterwards != null && afterwards.question != null && afterwards.question.isBlank()) {
      throw wrong("--question is empty.");
    }
    if (afterwards != null && afterwards.text != null && afterwards.text.isEmpty()) {
      throw wrong("--afterwards is empty.");
    }
    if (maxNewTokens.size() > 1 && maxNewTokens.size() != turns.size() + 1) {
      throw wrong(
          "--max-new-tokens has "
              + maxNewTokens.size()
              + " numbers; expected one, or one for each of "
              + (turns.size() + 1)
              + " answers.");
    }
  }

  private ParameterException wrong(String why) {
    return new ParameterException(spec.commandLine(), why);
  }

  private Sampling sampling() {
    try {
      for (int n : maxNewTokens) {
        if (n < 0) {
          throw new IllegalArgumentException("max-new-tokens is " + n + "; expected 0 or more.");
        }
      }
      double held = topP != null ? topP : temperature > 0 ? Sampling.USUAL_TOP_P : 1;
      return Sampling.asked(temperature, held, topK, minP, repetition, seed);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private Session.Detail detail() {
    if (record != null) {
      return Session.Detail.COMPARED;
    }
    return measure ? Session.Detail.MEASURED : Session.Detail.TEXT;
  }

  private Asking asking(Model m, String text) {
    if (!turns.isEmpty() && m.chat() == null) {
      throw new IllegalArgumentException(m.title() + " brings no chat template; leave --turn out.");
    }
    if (afterwards == null || afterwards.text != null) {
      String all = chat ? asChat(m, system, text) : text;
      return new Asking(all, afterwards == null ? null : afterwards.text);
    }
    String question = afterwards.question;
    return chat
        ? Asking.within(asChat(m, system, Asking.joined(text, question)), question)
        : Asking.of(text, question);
  }

  private static String asChat(Model m, String system, String text) {
    if (m.chat() == null) {
      throw new IllegalArgumentException(m.title() + " brings no chat template; leave --chat out.");
    }
    return m.chat().begin(system, text);
  }

  private void generate(Session session, int answer) {
    int most = maxNewTokens.get(Math.min(answer, maxNewTokens.size() - 1));
    for (int i = 0; i < most && session.canStep(); i++) {
      print(session.step());
    }
    if (!json) {
      spec.commandLine().getOut().println();
      spec.commandLine().getOut().flush();
    }
  }

  private void print(Step step) {
    if (!json) {
      spec.commandLine().getOut().print(step.text());
      spec.commandLine().getOut().flush();
    }
  }

  private static Map<String, Object> json(
      Run run, LoadedModel loaded, double prefillSeconds, double decodeSeconds) {
    int generated = run.steps().size() - 1;
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("text", run.generated(generated));
    json.put("tokens", run.steps().stream().skip(1).map(s -> s.token().id()).toList());
    json.put("model", run.model());
    json.put("policy", run.choice().policy().id());
    json.put("budget", run.choice().slotsFor(run.prompt().size()));
    json.put("promptTokens", run.prompt().size());
    json.put("ended", run.ended());
    List<Map<String, Object>> steps = new ArrayList<>();
    List<Measures> measures = Measures.all(run);
    for (Step s : run.steps()) {
      steps.add(step(run, s, measures.get(s.index())));
    }
    json.put("steps", steps);
    Map<String, Object> timings = new LinkedHashMap<>();
    timings.put("loadSeconds", loaded.seconds());
    timings.put("prefillSeconds", prefillSeconds);
    timings.put("decodeSeconds", decodeSeconds);
    timings.put("peakMemoryBytes", ProcessMemory.peak());
    timings.put("decodeTokensPerSecond", decodeSeconds > 0 ? generated / decodeSeconds : 0);
    json.put("timings", timings);
    json.put("backend", loaded.pass().device());
    return json;
  }

  /**
   * Counts over all KV heads of all layers; source tokens are retained in slots of their own,
   * merged into others', evicted, or out of reach of the layer's window.
   */
  private static Map<String, Object> step(Run run, Step s, Measures m) {
    CacheFrame frame = s.after();
    long[] states = new long[TokenState.values().length];
    for (int i = 0; i < frame.compressed().size(); i++) {
      int reached = run.reached(i / run.config().kvHeads(), s);
      int[] counts = frame.head(i).count(s.seen(), reached);
      for (int k = 0; k < counts.length; k++) {
        states[k] += counts[k];
      }
    }
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("step", s.index());
    row.put("token", s.token() == null ? null : s.token().id());
    row.put("text", s.text());
    row.put("seen", s.seen());
    row.put("retained", states[TokenState.KEPT.ordinal()]);
    row.put("merged", states[TokenState.MERGED.ordinal()]);
    row.put("evicted", states[TokenState.EVICTED.ordinal()]);
    if (run.hasWindows()) {
      row.put("outOfReach", states[TokenState.OUT_OF_REACH.ordinal()]);
    }
    row.put("bytes", run.bytes(s));
    row.put("compressed", s.plan() != null);
    measures(row, m);
    return row;
  }

  /** Of this step, and over all steps so far; null where the full cache was not asked. */
  private static void measures(Map<String, Object> row, Measures m) {
    row.put("kl", orNull(m.kl()));
    row.put("meanKl", orNull(m.meanKl()));
    row.put("agrees", Double.isNaN(m.agrees()) ? null : m.agrees() > 0);
    row.put("agreement", orNull(m.agreement()));
    row.put("outputError", orNull(m.outputError()));
    row.put("meanOutputError", orNull(m.meanOutputError()));
    row.put("keptMass", m.keptMass());
    row.put("mergedMass", m.mergedMass());
    row.put("evictedMass", m.evictedMass());
    row.put("leftMass", m.leftMass());
  }

  private static Double orNull(double x) {
    return Double.isNaN(x) ? null : x;
  }
}
