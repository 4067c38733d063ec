package org.emslens.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.emslens.cache.CacheFrame;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.CacheOptions.Merge;
import org.emslens.cache.CacheOptions.Pool;
import org.emslens.cache.CompressionPlan;
import org.emslens.cache.Policies;
import org.emslens.cache.Precision;
import org.emslens.cache.PromptScore;
import org.emslens.device.PromptLayer;
import org.emslens.device.PromptMemory;
import org.emslens.device.cpu.HostPrompt;
import org.emslens.engine.Prompt;
import org.emslens.engine.PromptScores;
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
   * Deflate packs at best about a thousand to one; an entry that claims more is not what it says.
   */
  private static final long BEST_RATIO = 1100;

  private final Path file;
  private final ZipFile zip;

  private RecordingReader(Path file, ZipFile zip) {
    this.file = file;
    this.zip = zip;
  }

  static Run read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new BadFileException(file, "not a file that can be read (" + file + ").");
    }
    try (ZipFile zip = zip(file)) {
      return new RecordingReader(file, zip).run();
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

  private static ZipFile zip(Path file) throws IOException {
    if (Files.size(file) == 0) {
      throw new BadFileException(file, "is empty.");
    }
    try {
      return new ZipFile(file.toFile());
    } catch (ZipException e) {
      throw new BadFileException(file, "is not a recording, or is cut off.", e);
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
    try (DataInputStream in = open("recording.json", -1)) {
      text = in.readAllBytes();
    }
    try {
      RecordedRun run = MAPPER.treeToValue(upgraded(MAPPER.readTree(text)), RecordedRun.class);
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

  /** What older versions did not know is as it was then. */
  private static JsonNode upgraded(JsonNode json) {
    int version = json.path("version").asInt();
    if (version == 1 && json.get("options") instanceof ObjectNode options) {
      options.put("share", CacheOptions.Share.EVEN.name());
    }
    if (version < 3 && json.get("sampling") instanceof ObjectNode sampling) {
      sampling.put("topK", 0);
    }
    if (version < 3 && json instanceof ObjectNode all) {
      all.putNull("manifest");
    }
    if (version < 4 && json instanceof ObjectNode all) {
      all.putNull("attention");
    }
    if (version < 4 && json.get("sampling") instanceof ObjectNode sampling) {
      sampling.put("minP", 0).put("repetition", 1);
    }
    if (version < 5 && json instanceof ObjectNode all) {
      all.putArray("asked");
      withParts(all);
    }
    if (version < 6 && json instanceof ObjectNode all) {
      all.set("turns", MAPPER.valueToTree(turns(all.path("steps"))));
    }
    if (version < 7 && json.get("options") instanceof ObjectNode options) {
      options.put("precision", Precision.FLOAT32.name());
    }
    for (JsonNode step : json.path("steps")) {
      if (step instanceof ObjectNode s && !s.has("drawn")) {
        s.putNull("drawn");
      }
    }
    return json;
  }

  /** A turn was what steps without a text, and the one after them that shows it, had fed. */
  private static List<Turn> turns(JsonNode steps) {
    List<Turn> turns = new ArrayList<>();
    List<Integer> tokens = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (int i = 1; i < steps.size(); i++) {
      JsonNode token = steps.get(i).path("token");
      tokens.add(token.path("id").asInt());
      text.append(token.path("text").asText());
      String shown = steps.get(i).path("text").asText();
      String words = Turn.wordsIn(shown);
      if (words != null) {
        turns.add(new Turn(i + 1 - tokens.size(), tokens, words, text.toString()));
      }
      if (!shown.isEmpty()) {
        tokens.clear();
        text.setLength(0);
      }
    }
    return turns;
  }

  /** Rivals of EMS had their parts built in, and only a window and a slack to choose. */
  private static void withParts(ObjectNode all) {
    if (all.get("options") instanceof ObjectNode o) {
      String policy = all.path("policy").asText();
      Merge merge = o.path("merge").asBoolean() ? Merge.EMS : Merge.NONE;
      o.put("merge", merge.name()).put("pool", Pool.MAX.name());
      o.put("floor", CacheOptions.EMS.floor()).put("score", CacheOptions.EMS.score().name());
      if (Policies.ids().contains(policy) && !policy.startsWith("ems")) {
        ObjectNode preset = MAPPER.valueToTree(Policies.byId(policy).preset());
        preset.set("window", o.get("window"));
        preset.set("slack", o.get("slack"));
        all.set("options", preset);
      }
    }
  }

  private void checkShapes(RecordedRun r) throws BadFileException {
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
    for (int i = 0; i < r.steps().size(); i++) {
      RecordedRun.RecordedStep s = r.steps().get(i);
      if (s.next() == null || s.text() == null || (s.token() == null) != (i == 0)) {
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
      open("prefill/" + l, bytes).close();
    }
    List<PromptLayer> kept = new ArrayList<>();
    for (int l = 0; l < layers; l++) {
      try (DataInputStream in = open("prefill/" + l, bytes)) {
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
    return new Prompt(c, shapes, ids, HostPrompt.of(shapes, kept), new float[0], asked(r));
  }

  private PromptScores asked(RecordedRun r) throws IOException {
    PromptScores scores = new PromptScores();
    int heads = r.config().allKvHeads();
    int n = r.prompt().size();
    for (PromptScore what : r.asked()) {
      try (DataInputStream in = open("asked/" + what.id(), 4L * heads * n)) {
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
              ring.keep(attention(i, c, before)),
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
    try (DataInputStream in = open("plans/" + step, -1)) {
      return PlanFile.read(in, slots);
    }
  }

  private float[] errors(int step, ModelConfig c) throws IOException {
    if (zip.getEntry("errors/" + step) == null) {
      return Step.NOT_ASKED;
    }
    try (DataInputStream in = open("errors/" + step, 4L * c.allHeads())) {
      return Numbers.readFloats(in, c.allHeads());
    }
  }

  private short[][] attention(int step, ModelConfig c, CacheFrame before) throws IOException {
    long all = 0;
    for (int h = 0; h < c.allHeads(); h++) {
      all += before.slots(h / c.group());
    }
    short[][] rows = new short[c.allHeads()][];
    try (DataInputStream in = open("attention/" + step, 2 * all)) {
      for (int h = 0; h < rows.length; h++) {
        rows[h] = Numbers.read(in, before.slots(h / c.group()));
      }
    }
    return rows;
  }

  /**
   * @param bytes that the entry must have, or -1
   */
  private DataInputStream open(String name, long bytes) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw bad("the part '" + name + "' is missing.");
    }
    if (bytes >= 0 && entry.getSize() != bytes) {
      throw bad(
          "the part '" + name + "' has " + entry.getSize() + " bytes; expected " + bytes + ".");
    }
    if (entry.getSize() < 0
        || entry.getSize() > (entry.getCompressedSize() + 64) * BEST_RATIO
        || entry.getCompressedSize() > Files.size(file)) {
      throw bad(
          "the part '" + name + "' claims " + entry.getSize() + " bytes, more than it can hold.");
    }
    return new DataInputStream(
        new BufferedInputStream(new Whole(zip.getInputStream(entry), entry), 1 << 16));
  }

  /**
   * A part's bytes, whose checksum is looked at when it is closed after something was read: the
   * library leaves that to whoever reads.
   */
  private final class Whole extends CheckedInputStream {
    private final ZipEntry entry;
    private boolean used;

    Whole(InputStream in, ZipEntry entry) {
      super(in, new CRC32());
      this.entry = entry;
    }

    @Override
    public int read(byte[] into, int from, int n) throws IOException {
      used = true;
      return super.read(into, from, n);
    }

    @Override
    public void close() throws IOException {
      if (used) {
        transferTo(OutputStream.nullOutputStream());
        if (getChecksum().getValue() != entry.getCrc()) {
          throw bad("is damaged: the part '" + entry.getName() + "' is not what was saved.");
        }
      }
      super.close();
    }
  }

  private BadFileException bad(String problem) {
    return new BadFileException(file, problem);
  }
}
