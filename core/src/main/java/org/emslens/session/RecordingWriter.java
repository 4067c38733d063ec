package org.emslens.session;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.emslens.cache.PromptScore;
import org.emslens.device.PromptLayer;
import org.emslens.engine.Progress;
import org.emslens.engine.PromptScores;
import org.emslens.engine.RepetitionMap;
import org.emslens.format.AtomicFile;
import org.emslens.format.Json;
import org.emslens.model.ModelConfig;

/** Writes recordings; the format is described at {@link Recording}. */
final class RecordingWriter {
  private final Run run;
  private final Manifest manifest;

  /** What is known of the prompt now; more may come while this is being written. */
  private final Map<PromptScore, float[][]> asked = new EnumMap<>(PromptScore.class);

  private final List<RepetitionMap.Part> repeated;
  private final int lastRows;

  private RecordingWriter(Run run, Manifest manifest) {
    this.run = run;
    this.manifest = manifest;
    PromptScores scores = run.prefill().scores();
    scores.known().forEach(what -> asked.put(what, scores.get(what)));
    RepetitionMap map = scores.repetition();
    repeated = map == null ? List.of() : map.parts();
    lastRows = Math.min(kept(run), Math.min(run.prompt().size(), run.choice().options().window()));
  }

  static void write(Run run, Manifest manifest, Path file, Progress progress) throws IOException {
    RecordingWriter w = new RecordingWriter(run, manifest);
    AtomicFile.write(file, out -> w.write(out, progress));
  }

  private void write(OutputStream out, Progress progress) throws IOException {
    int layers = run.config().layers();
    int again = repeated.isEmpty() ? 0 : layers;
    double parts = layers + again + run.steps().size();
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.setLevel(Deflater.BEST_SPEED);
    zip.putNextEntry(new ZipEntry("recording.json"));
    zip.write(Json.MAPPER.writeValueAsBytes(json()));
    zip.closeEntry();
    DataOutputStream data = new DataOutputStream(zip);
    for (int l = 0; l < layers; l++) {
      progress.at(l / parts);
      zip.putNextEntry(new ZipEntry("prefill/" + l));
      layer(data, run.prefill().memory().layer(l));
      zip.closeEntry();
    }
    for (Map.Entry<PromptScore, float[][]> what : asked.entrySet()) {
      zip.putNextEntry(new ZipEntry("asked/" + what.getKey().id()));
      for (float[] head : what.getValue()) {
        Numbers.write(data, head);
      }
      zip.closeEntry();
    }
    for (int l = 0; l < again; l++) {
      progress.at((layers + l) / parts);
      zip.putNextEntry(new ZipEntry("repeated/" + l));
      for (RepetitionMap.Part p : repeated) {
        repeated(data, p, l);
      }
      zip.closeEntry();
    }
    for (Step s : run.steps()) {
      progress.at((layers + again + s.index()) / parts);
      step(zip, data, s);
    }
    zip.finish();
    zip.flush();
  }

  private static void step(ZipOutputStream zip, DataOutputStream data, Step s) throws IOException {
    if (s.plan() != null) {
      zip.putNextEntry(new ZipEntry("plans/" + s.index()));
      PlanFile.write(data, s.plan());
      zip.closeEntry();
    }
    zip.putNextEntry(new ZipEntry("attention/" + s.index()));
    for (int h = 0; h < s.attention().heads(); h++) {
      Numbers.write(data, s.attention().row(h));
    }
    zip.closeEntry();
    if (s.outputError().length > 0) {
      zip.putNextEntry(new ZipEntry("errors/" + s.index()));
      Numbers.write(data, s.outputError());
      zip.closeEntry();
    }
  }

  /** How many rows of the last queries there are; others are computed from queries and keys. */
  private static int kept(Run run) {
    return run.prefill().memory().layer(0).lastRows()[0].length;
  }

  private void layer(DataOutputStream out, PromptLayer p) throws IOException {
    Numbers.writeAsHalves(out, p.queries());
    for (float[] keys : p.keys()) {
      Numbers.writeAsHalves(out, keys);
    }
    for (float[] values : p.values()) {
      Numbers.writeAsHalves(out, values);
    }
    Numbers.write(out, p.normalisers());
    Numbers.write(out, p.received());
    for (float[][] head : p.lastRows()) {
      for (int i = head.length - lastRows; i < head.length; i++) {
        Numbers.writeAsHalves(out, head[i]);
      }
    }
    for (float[] thumbnail : p.thumbnails()) {
      Numbers.writeAsHalves(out, thumbnail);
    }
  }

  private void repeated(DataOutputStream out, RepetitionMap.Part p, int layer) throws IOException {
    ModelConfig c = run.config();
    PromptLayer all = p.memory().layer(layer);
    int tokens = p.memory().tokens();
    int d = c.headDim();
    for (int h = 0; h < c.heads(); h++) {
      int first = h * tokens + p.first();
      Numbers.writeAsHalves(
          out, Arrays.copyOfRange(all.queries(), first * d, (first + p.rows()) * d));
    }
    for (int h = 0; h < c.heads(); h++) {
      int first = h * tokens + p.first();
      Numbers.write(out, Arrays.copyOfRange(all.normalisers(), first, first + p.rows()));
    }
  }

  private RecordedRun json() {
    return new RecordedRun(
        Recording.FORMAT,
        Recording.VERSION,
        run.model(),
        run.config(),
        run.prefill().shapes(),
        run.promptText(),
        run.prompt(),
        lastRows,
        List.copyOf(asked.keySet()),
        repeated.stream().map(p -> new RecordedRun.Repeated(p.from(), p.to(), p.first())).toList(),
        run.choice().policy().id(),
        run.choice().options(),
        run.choice().budget(),
        run.sampling(),
        run.ended(),
        manifest,
        run.turns(),
        run.steps().stream()
            .map(
                s ->
                    new RecordedRun.RecordedStep(
                        s.token(),
                        s.text(),
                        s.plan() != null,
                        s.next(),
                        s.drawn(),
                        s.fullNext(),
                        s.divergence(),
                        s.planMillis(),
                        s.millis()))
            .toList());
  }
}
