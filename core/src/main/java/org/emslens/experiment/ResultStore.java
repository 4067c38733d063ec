package org.emslens.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.emslens.format.AtomicFile;
import org.emslens.format.BadFileException;
import org.emslens.format.Json;
import org.emslens.format.TextFiles;
import org.emslens.session.Manifest;

/**
 * Results of an experiment in a folder: `results.jsonl`, a line per trial, written as trials end,
 * and `results.csv`, the same as a table; both begin with manifests ({@link Manifest}). Opened
 * again, it knows what is done; a line that was cut off is dropped.
 */
public final class ResultStore implements AutoCloseable {
  private static final String MANIFEST = "manifest";

  private final Path lines;
  private final Path table;
  private final Map<String, Outcome> done = new LinkedHashMap<>();
  private final List<Manifest> manifests = new ArrayList<>();

  /** SHA-256 of the models whose results come, by the names that trials have for them. */
  private final Map<String, String> models = new HashMap<>();

  private boolean headed;
  private OutputStream lineOut;
  private OutputStream tableOut;

  private ResultStore(Path folder) {
    lines = folder.resolve("results.jsonl");
    table = folder.resolve("results.csv");
  }

  /**
   * @throws BadFileException where what is there is not such a result file
   */
  public static ResultStore open(Path folder) throws IOException {
    Files.createDirectories(folder);
    ResultStore store = new ResultStore(folder);
    store.read();
    store.done.values().removeIf(o -> o.error() != null);
    store.begin();
    return store;
  }

  private void read() throws IOException {
    if (!Files.exists(lines)) {
      return;
    }
    String all = TextFiles.read(lines);
    int number = 0;
    int from = 0;
    for (int to = all.indexOf('\n'); to >= 0; to = all.indexOf('\n', from)) {
      number++;
      try {
        JsonNode line = Json.MAPPER.readTree(all.substring(from, to));
        if (line.has(MANIFEST)) {
          manifests.add(Json.MAPPER.treeToValue(line.get(MANIFEST), Manifest.class));
          from = to + 1;
          continue;
        }
        Outcome o = Json.MAPPER.readValue(all.substring(from, to), Outcome.class);
        if (o == null || o.key() == null) {
          throw new BadFileException(lines, "line " + number + " has no key.");
        }
        done.put(o.key(), o);
      } catch (JsonProcessingException e) {
        throw new BadFileException(lines, "line " + number + " is not a result.", e);
      }
      from = to + 1;
    }
  }

  /** Writes what is known in whole lines, and goes on from there. */
  private void begin() throws IOException {
    AtomicFile.write(
        lines,
        out -> {
          for (Manifest m : manifests) {
            out.write(line(Map.of(MANIFEST, m)));
          }
          for (Outcome o : done.values()) {
            out.write(line(o));
          }
        });
    String rows = comments() + OutcomeCsv.table(done.values());
    headed = done.values().stream().anyMatch(o -> o.error() == null);
    AtomicFile.write(table, out -> out.write(rows.getBytes(StandardCharsets.UTF_8)));
    lineOut = Files.newOutputStream(lines, StandardOpenOption.APPEND);
    tableOut = Files.newOutputStream(table, StandardOpenOption.APPEND);
  }

  private String comments() {
    return manifests.stream().map(Manifest::comment).collect(Collectors.joining());
  }

  /** Whether there is any result yet. */
  public synchronized boolean isEmpty() {
    return done.isEmpty();
  }

  /**
   * Says what a trial's name for a model stands for now.
   *
   * @param sha256 of the model, or null where nobody can tell
   * @throws BadFileException where there are results of another model under that name
   */
  public synchronized void model(String name, String sha256) throws BadFileException {
    Optional<String> other =
        done.values().stream()
            .filter(o -> o.model().equals(name) && o.sha256() != null && sha256 != null)
            .map(Outcome::sha256)
            .filter(s -> !s.equals(sha256))
            .findFirst();
    if (other.isPresent()) {
      throw new BadFileException(
          lines,
          "has results of another model under the name '"
              + name
              + "': its SHA-256 was "
              + other.get()
              + ", now it is "
              + sha256
              + "; choose another folder.");
    }
    if (sha256 != null) {
      models.put(name, sha256);
    }
  }

  /**
   * Says where the results that follow come from, at the top of both files; a model is told once.
   */
  public synchronized void about(Manifest m) throws IOException {
    if (manifests.stream()
        .noneMatch(
            k -> Objects.equals(k.sha256(), m.sha256()) && k.command().equals(m.command()))) {
      manifests.add(m);
      close();
      begin();
    }
  }

  private static byte[] line(Object o) throws IOException {
    return (Json.MAPPER.writeValueAsString(o) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] row(Outcome o, boolean header) {
    return OutcomeCsv.row(o, header).getBytes(StandardCharsets.UTF_8);
  }

  /** Trials that need not run again, by key. */
  public synchronized boolean has(String key) {
    return done.containsKey(key);
  }

  public synchronized void add(Outcome made) throws IOException {
    Outcome o = made.by(models.get(made.model()));
    if (o.error() == null) {
      tableOut.write(row(o, !headed));
      headed = true;
      tableOut.flush();
    }
    lineOut.write(line(o));
    lineOut.flush();
    done.put(o.key(), o);
  }

  /** All results, those of earlier runs included. */
  public synchronized Collection<Outcome> all() {
    return List.copyOf(done.values());
  }

  @Override
  public void close() throws IOException {
    lineOut.close();
    tableOut.close();
  }
}
