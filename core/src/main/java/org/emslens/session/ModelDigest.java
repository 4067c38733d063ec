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
final class ModelDigest {
  private static final Map<String, String> KNOWN = new ConcurrentHashMap<>();

  private ModelDigest() {}

  /** Of a file and those that it begins, or of a folder's files in the order of their names. */
  static String of(Path model) throws IOException {
    List<Path> files;
    if (Files.isDirectory(model)) {
      try (Stream<Path> all = Files.list(model)) {
        files = all.filter(Files::isRegularFile).sorted().toList();
      }
    } else {
      files =
          SplitGguf.parts(model.getFileName().toString()).stream()
              .map(model::resolveSibling)
              .filter(f -> f.equals(model) || Files.exists(f))
              .toList();
    }
    StringBuilder state = new StringBuilder();
    for (Path f : files) {
      state.append(f.toAbsolutePath()).append(Files.size(f)).append(Files.getLastModifiedTime(f));
    }
    String known = KNOWN.get(state.toString());
    if (known == null) {
      known = Sha256.of(files);
      KNOWN.put(state.toString(), known);
    }
    return known;
  }
}
