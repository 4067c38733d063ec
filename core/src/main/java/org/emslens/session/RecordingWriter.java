package org.emslens.session;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.emslens.cache.PromptScore;
import org.emslens.device.PromptLayer;
import org.emslens.engine.Progress;
import org.emslens.format.AtomicFile;
import org.emslens.format.Json;

/** Writes recordings; the format is described at {@link Recording}. */
final class RecordingWriter {
  private RecordingWriter() {}

  static void write(Run run, Manifest manifest, Path file, Progress progress) throws IOException {
    AtomicFile.write(file, out -> write(run, manifest, out, progress));
  }

  private static void write(Run run, Manifest manifest, OutputStream out, Progress progress)
      throws IOException {
    int parts = run.config().layers() + run.steps().size();
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.setLevel(Deflater.BEST_SPEED);
    zip.putNextEntry(new ZipEntry("recording.json"));
    zip.write(Json.MAPPER.writeValueAsBytes(json(run, manifest)));
    zip.closeEntry();
    DataOutputStream data = new DataOutputStream(zip);
    for (int l = 0; l < run.config().layers(); l++) {
      progress.at((double) l / parts);
      zip.putNextEntry(new ZipEntry("prefill/" + l));
      layer(data, run.prefill().memory().layer(l), lastRows(run));
      zip.closeEntry();
    }
    for (PromptScore what : asked(run)) {
      zip.putNextEntry(new ZipEntry("asked/" + what.id()));
      for (float[] head : run.prefill().scores().get(what)) {
        Numbers.write(data, head);
      }
      zip.closeEntry();
    }
    for (Step s : run.steps()) {
      progress.at((double) (run.config().layers() + s.index()) / parts);
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
    zip.finish();
    zip.flush();
  }

  /** As many rows as the run's own window needs; others are computed from queries and keys. */
  private static int lastRows(Run run) {
    return Math.min(run.prompt().size(), run.choice().options().window());
  }

  private static List<PromptScore> asked(Run run) {
    return run.prefill().scores().known().stream().sorted().toList();
  }

  private static void layer(DataOutputStream out, PromptLayer p, int lastRows) throws IOException {
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

  private static RecordedRun json(Run run, Manifest manifest) {
    return new RecordedRun(
        Recording.FORMAT,
        Recording.VERSION,
        run.model(),
        run.config(),
        run.prefill().shapes(),
        run.promptText(),
        run.prompt(),
        lastRows(run),
        asked(run),
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
