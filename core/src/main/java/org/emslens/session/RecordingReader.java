package org.emslens.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.zip.ZipException;
import org.emslens.cache.CacheFrame;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.CompressionPlan;
import org.emslens.cache.Policies;
import org.emslens.cache.PromptScore;
import org.emslens.device.PromptLayer;
import org.emslens.device.PromptMemory;
import org.emslens.device.cpu.HostPrompt;
import org.emslens.engine.Prompt;
import org.emslens.engine.PromptScores;
import org.emslens.engine.RepetitionMap;
import org.emslens.format.BadFileException;
import org.emslens.model.AttentionSpec;
import org.emslens.model.ModelConfig;
import org.emslens.text.Token;

/**
 * Reads recordings, trusting nothing: sizes are checked against the archive before they are
 * allocated.
 */
final class RecordingReader {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /**
   * Tokens that stand before a part that is repeated; a sentence and the last few of the prompt.
   */
  private static final int MOST_INTRODUCED = 1000;

  private final Path file;
  private final RecordingParts parts;

  private RecordingReader(Path file, RecordingParts parts) {
    this.file = file;
    this.parts = parts;
  }

  static Run read(Path file) throws IOException {
    try (RecordingParts parts = new RecordingParts(file)) {
      return new RecordingReader(file, parts).run();
    } catch (EOFException e) {
      throw new BadFileException(file, "is damaged: it ends too early.", e);
    } catch (ZipException e) {
      throw new BadFileException(file, "is damaged: a part of it cannot be unpacked.", e);
    } catch (NullPointerException | ArithmeticException e) {
      throw new BadFileException(file, "is damaged: a part of it is missing.", e);
    } catch (IllegalArgumentException e) {
      String why = e.getMessage() == null ? "a part of it is wrong." : e.getMessage();
      throw new BadFileException(file, "is damaged: " + why, e);
    }
  }

  private Run run() throws IOException {
    RecordedRun json = json();
    Prompt prefill = prefill(json);
    CacheChoice choice =
        new CacheChoice(Policies.byId(json.policy()), json.options(), json.budget());
    return new Run(
        json.model(),
        json.promptText(),
        json.prompt(),
        prefill,
        choice,
        json.sampling(),
        steps(json),
        json.turns(),
        json.ended(),
        false);
  }

  private RecordedRun json() throws IOException {
    byte[] text;
    try (DataInputStream in = parts.open("recording.json", -1)) {
      text = in.readAllBytes();
    }
    try {
      RecordedRun run =
          MAPPER.treeToValue(RecordingUpgrade.upgraded(MAPPER.readTree(text)), RecordedRun.class);
      if (run == null
          || !Recording.FORMAT.equals(run.format())
          || run.version() < 1
          || run.version() > Recording.VERSION) {
        throw bad(
            "recording.json says format '"
                + (run == null ? null : run.format())
                + "', version "
                + (run == null ? null : run.version())
                + "; expected '"
                + Recording.FORMAT
                + "', versions 1 to "
                + Recording.VERSION
                + ".");
      }
      checkShapes(run);
      return run;
    } catch (JsonProcessingException e) {
      throw new BadFileException(file, "recording.json cannot be understood" + where(e) + ".", e);
    }
  }

  /** The library's own message names classes. */
  private static String where(JsonProcessingException e) {
    String fields =
        e instanceof JsonMappingException m
            ? m.getPath().stream()
                .map(JsonMappingException.Reference::getFieldName)
                .filter(Objects::nonNull)
                .collect(Collectors.joining("."))
            : "";
    return fields.isEmpty() ? "" : ": '" + fields + "' is missing or is not what belongs there";
  }

  /** What a file has as null where something belongs. */
  private void checkPresent(RecordedRun r) throws BadFileException {
    Map<String, Object> needed = new LinkedHashMap<>();
    needed.put("model", r.model());
    needed.put("config", r.config());
    needed.put("promptText", r.promptText());
    needed.put("prompt", r.prompt());
    needed.put("asked", r.asked());
    needed.put("repeated", r.repeated());
    needed.put("policy", r.policy());
    needed.put("options", r.options());
    needed.put("budget", r.budget());
    needed.put("sampling", r.sampling());
    needed.put("turns", r.turns());
    needed.put("steps", r.steps());
    for (Map.Entry<String, Object> e : needed.entrySet()) {
      if (e.getValue() == null || e.getValue() instanceof List<?> l && hasNull(l)) {
        throw bad("recording.json: '" + e.getKey() + "' is missing or is not what belongs there.");
      }
    }
  }

  private static boolean hasNull(List<?> some) {
    return some.stream().anyMatch(Objects::isNull);
  }

  private static boolean isEmpty(Distribution d) {
    return d != null && (d.top() == null || d.top().isEmpty() || hasNull(d.top()));
  }

  private void checkShapes(RecordedRun r) throws BadFileException {
    checkPresent(r);
    ModelConfig c = r.config();
    boolean fits =
        c.layers() > 0
            && c.layers() < 10_000
            && c.heads() > 0
            && c.kvHeads() > 0
            && c.heads() % c.kvHeads() == 0
            && c.headDim() > 0
            && !r.prompt().isEmpty()
            && r.lastRowCount() > 0
            && r.lastRowCount() <= Math.min(r.prompt().size(), CacheOptions.MAX_WINDOW)
            && !r.steps().isEmpty();
    if (!fits) {
      throw bad(
          "recording.json describes "
              + c
              + " and "
              + r.prompt().size()
              + " tokens, which cannot be.");
    }
    if (shapes(r).size() != c.layers() || !shapes(r).stream().allMatch(s -> fits(s, c))) {
      throw bad("recording.json: 'attention' does not belong to its 'config'.");
    }
    int at = 0;
    for (RecordedRun.Repeated p : r.repeated()) {
      int n = r.prompt().size();
      int introduced = p.first() - n;
      if (p.from() < at || p.to() <= p.from() || p.to() > n) {
        throw bad("recording.json: 'repeated' is not in order, or not of the prompt's tokens.");
      }
      if (introduced < 0 || introduced > MOST_INTRODUCED) {
        throw bad("recording.json: 'first' of 'repeated' is " + p.first() + ", which cannot be.");
      }
      at = p.to();
    }
    for (int i = 0; i < r.steps().size(); i++) {
      RecordedRun.RecordedStep s = r.steps().get(i);
      boolean whole = s.next() != null && s.text() != null && (s.token() == null) == (i == 0);
      if (!whole || isEmpty(s.next()) || isEmpty(s.drawn()) || isEmpty(s.fullNext())) {
        throw bad("recording.json: step " + i + " is incomplete.");
      }
    }
    for (Turn t : r.turns()) {
      if (t.words() == null || t.text() == null) {
        throw bad("recording.json: the turn at step " + t.first() + " is incomplete.");
      }
    }
  }

  private static boolean fits(AttentionSpec.Shape s, ModelConfig c) {
    return s != null
        && s.heads() == c.heads()
        && s.kvHeads() == c.kvHeads()
        && s.headDim() == c.headDim()
        && Float.isFinite(s.scale())
        && s.window() >= 0
        && s.softCap() >= 0
        && Float.isFinite(s.softCap());
  }

  private Prompt prefill(RecordedRun r) throws IOException {
    ModelConfig c = r.config();
    int n = r.prompt().size();
    int layers = c.layers();
    int queries = length(c.heads(), n, c.headDim());
    int keys = length(c.kvHeads(), n, c.headDim());
    int rows = length(c.kvHeads(), r.lastRowCount(), n);
    int pixels = PromptMemory.THUMBNAIL * PromptMemory.THUMBNAIL;
    long bytes =
        2L * queries
            + 4L * keys
            + 4L * n * (c.heads() + c.kvHeads())
            + 2L * rows
            + 2L * c.heads() * pixels;
    for (int l = 0; l < layers; l++) {
      parts.open("prefill/" + l, bytes).close();
    }
    List<PromptLayer> kept = new ArrayList<>();
    for (int l = 0; l < layers; l++) {
      try (DataInputStream in = parts.open("prefill/" + l, bytes)) {
        kept.add(
            new PromptLayer(
                Numbers.readHalves(in, queries),
                halves(in, c.kvHeads(), keys / c.kvHeads()),
                halves(in, c.kvHeads(), keys / c.kvHeads()),
                Numbers.readFloats(in, c.heads() * n),
                Numbers.readFloats(in, c.kvHeads() * n),
                lastRows(in, c.kvHeads(), r.lastRowCount(), n),
                halves(in, c.heads(), pixels)));
      }
    }
    int[] ids = r.prompt().stream().mapToInt(Token::id).toArray();
    List<AttentionSpec.Shape> shapes = shapes(r);
    HostPrompt memory = HostPrompt.of(shapes, kept);
    PromptScores scores = asked(r);
    if (!r.repeated().isEmpty()) {
      scores.keep(repeated(r, memory));
    }
    return new Prompt(c, shapes, ids, memory, new float[0], scores);
  }

  private RepetitionMap repeated(RecordedRun r, HostPrompt prompt) throws IOException {
    ModelConfig c = r.config();
    int rows = r.repeated().stream().mapToInt(RecordedRun.Repeated::rows).sum();
    long bytes = 2L * length(c.heads(), rows, c.headDim()) + 4L * c.heads() * rows;
    List<HostPrompt> memories = new ArrayList<>();
    for (int l = 0; l < c.layers(); l++) {
      try (DataInputStream in = parts.open("repeated/" + l, bytes)) {
        for (int i = 0; i < r.repeated().size(); i++) {
          RecordedRun.Repeated p = r.repeated().get(i);
          if (l == 0) {
            memories.add(prompt.continued(p.first() + p.rows() - prompt.tokens()));
          }
          float[] queries = Numbers.readHalves(in, length(c.heads(), p.rows(), c.headDim()));
          float[] normalisers = Numbers.readFloats(in, c.heads() * p.rows());
          memories.get(i).put(l, p.first(), p.rows(), queries, normalisers);
        }
      }
    }
    List<RepetitionMap.Part> all = new ArrayList<>();
    for (int i = 0; i < memories.size(); i++) {
      RecordedRun.Repeated p = r.repeated().get(i);
      all.add(new RepetitionMap.Part(p.from(), p.to(), p.first(), memories.get(i)));
    }
    return new RepetitionMap(all);
  }

  private PromptScores asked(RecordedRun r) throws IOException {
    PromptScores scores = new PromptScores();
    int heads = r.config().allKvHeads();
    int n = r.prompt().size();
    for (PromptScore what : r.asked()) {
      try (DataInputStream in = parts.open("asked/" + what.id(), 4L * heads * n)) {
        float[][] all = new float[heads][];
        for (int h = 0; h < heads; h++) {
          all[h] = Numbers.readFloats(in, n);
        }
        scores.put(what, all);
      }
    }
    return scores;
  }

  /** Models were all alike before files said how each layer attends. */
  private static List<AttentionSpec.Shape> shapes(RecordedRun r) {
    ModelConfig c = r.config();
    return r.attention() != null
        ? r.attention()
        : Collections.nCopies(
            c.layers(), AttentionSpec.Shape.of(c.heads(), c.kvHeads(), c.headDim()));
  }

  private static float[][] halves(DataInputStream in, int count, int each) throws IOException {
    float[][] all = new float[count][];
    for (int i = 0; i < count; i++) {
      all[i] = Numbers.readHalves(in, each);
    }
    return all;
  }

  private static float[][][] lastRows(DataInputStream in, int heads, int rows, int n)
      throws IOException {
    float[][][] all = new float[heads][][];
    for (int g = 0; g < heads; g++) {
      all[g] = halves(in, rows, n);
    }
    return all;
  }

  private static int length(int a, int b, int c) {
    return Math.multiplyExact(Math.multiplyExact(a, b), c);
  }

  private List<Step> steps(RecordedRun r) throws IOException {
    List<Step> steps = new ArrayList<>();
    AttentionRing ring = new AttentionRing();
    ModelConfig c = r.config();
    CacheFrame frame = CacheFrame.whole(c.allKvHeads(), r.prompt().size());
    for (int i = 0; i < r.steps().size(); i++) {
      RecordedRun.RecordedStep s = r.steps().get(i);
      CacheFrame before = i == 0 ? frame : frame.advance();
      CompressionPlan plan = s.plan() ? plan(i, before) : null;
      frame = plan == null ? before : before.apply(plan);
      steps.add(
          new Step(
              i,
              s.token(),
              s.text(),
              before,
              ring.keep(new StepAttention(attention(i, c, before))),
              plan,
              frame,
              s.next(),
              s.drawn(),
              s.fullNext(),
              s.divergence(),
              errors(i, c),
              s.planMillis(),
              s.millis()));
    }
    return steps;
  }

  private CompressionPlan plan(int step, CacheFrame before) throws IOException {
    int[] slots = new int[before.compressed().size()];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = before.slots(i);
    }
    try (DataInputStream in = parts.open("plans/" + step, -1)) {
      return PlanFile.read(in, slots);
    }
  }

  private float[] errors(int step, ModelConfig c) throws IOException {
    if (!parts.has("errors/" + step)) {
      return Step.NOT_ASKED;
    }
    try (DataInputStream in = parts.open("errors/" + step, 4L * c.allHeads())) {
      return Numbers.readFloats(in, c.allHeads());
    }
  }

  private short[][] attention(int step, ModelConfig c, CacheFrame before) throws IOException {
    long all = 0;
    for (int h = 0; h < c.allHeads(); h++) {
      all += before.slots(h / c.group());
    }
    short[][] rows = new short[c.allHeads()][];
    try (DataInputStream in = parts.open("attention/" + step, 2 * all)) {
      for (int h = 0; h < rows.length; h++) {
        rows[h] = Numbers.read(in, before.slots(h / c.group()));
      }
    }
    return rows;
  }

  private BadFileException bad(String problem) {
    return new BadFileException(file, problem);
  }
}
