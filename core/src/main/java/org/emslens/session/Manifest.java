package org.emslens.session;

import java.io.IOException;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.emslens.engine.LoadedModel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a file of results comes from: what it takes to make it again.
 *
 * @param program name and version
 * @param model its title
 * @param file the model's file or folder, by name
 * @param sha256 of that file, or null where it is not at hand
 * @param device that it ran on, or null likewise
 * @param date when the results were written, with the zone
 * @param command the line that repeats it, options and seeds included
 */
public record Manifest(
    String program,
    String model,
    String file,
    String sha256,
    String device,
    String date,
    String command) {
  private static final Logger LOG = LoggerFactory.getLogger(Manifest.class);

  /**
   * Of results of an open model; reads its file, which takes a moment.
   *
   * @param command see above
   */
  public static Manifest of(LoadedModel loaded, String command) {
    return new Manifest(
        Program.title(),
        loaded.model().title(),
        loaded.model().path().getFileName().toString(),
        digest(loaded.model().path()),
        loaded.pass().device(),
        now(),
        command);
  }

  /**
   * SHA-256 of a model's file or folder, or null: it may have gone since it was loaded, which keeps
   * nobody from saving.
   */
  public static String digest(Path model) {
    try {
      return ModelDigest.of(model);
    } catch (IOException e) {
      LOG.warn("The digest of {} cannot be computed", model, e);
      return null;
    }
  }

  /** Of a session whose model is not open. */
  public static Manifest without(String model, String command) {
    return new Manifest(Program.title(), model, null, null, null, now(), command);
  }

  private static String now() {
    return OffsetDateTime.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /**
   * Lines for the top of a table, each after a `#`, which readers of CSV can be told to skip; what
   * has several lines, such as the commands of a comparison, goes on in the next.
   */
  public String comment() {
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("program", program);
    lines.put("model", model);
    lines.put("file", file);
    lines.put("sha256", sha256);
    lines.put("device", device);
    lines.put("date", date);
    lines.put("command", command);
    StringBuilder out = new StringBuilder();
    lines.forEach(
        (name, value) -> {
          if (value != null) {
            out.append("# ").append(name).append(": ");
            out.append(value.replace("\r", "").replace("\n", "\n# ")).append('\n');
          }
        });
    return out.toString();
  }
}
