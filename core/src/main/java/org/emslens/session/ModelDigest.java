package org.emslens.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.emslens.format.Sha256;
import org.emslens.format.SplitGguf;

/** SHA-256 of models, each read once. */
public final class ModelDigest {
  private static final Map<String, String> KNOWN = new ConcurrentHashMap<>();

  private ModelDigest() {}

  /** Of a file and those that it begins, or of a folder's files in the order of their names. */
  static String of(Path model) throws IOException {
    List<Path> files = files(model);
    String state = state(files);
    String known = KNOWN.get(state);
    if (known == null) {
      known = Sha256.of(files);
      KNOWN.put(state, known);
    }
    return known;
  }

  /** Tells a model from others, and from what its files were before, without their being read. */
  public static String state(Path model) throws IOException {
    return state(files(model));
  }

  private static List<Path> files(Path model) throws IOException {
    if (Files.isDirectory(model)) {
      try (Stream<Path> all = Files.list(model)) {
        return all.filter(Files::isRegularFile).sorted().toList();
      }
    }
    return SplitGguf.parts(model.getFileName().toString()).stream()
        .map(model::resolveSibling)
        .filter(f -> f.equals(model) || Files.exists(f))
        .toList();
  }

  private static String state(List<Path> files) throws IOException {
    StringBuilder state = new StringBuilder();
    for (Path f : files) {
      state.append(f.toAbsolutePath()).append(Files.size(f)).append(Files.getLastModifiedTime(f));
    }
    return state.toString();
  }
}
