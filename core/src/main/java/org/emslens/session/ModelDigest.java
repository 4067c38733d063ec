package org.emslens.session;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** SHA-256 of models, each read once. */
final class ModelDigest {
  private static final Map<String, String> KNOWN = new ConcurrentHashMap<>();

  private ModelDigest() {}

  /** Of a file, or of a folder's files in the order of their names. */
  static String of(Path model) throws IOException {
    List<Path> files;
    if (Files.isDirectory(model)) {
      try (Stream<Path> all = Files.list(model)) {
        files = all.filter(Files::isRegularFile).sorted().toList();
      }
    } else {
      files = List.of(model);
    }
    StringBuilder state = new StringBuilder();
    for (Path f : files) {
      state.append(f.toAbsolutePath()).append(Files.size(f)).append(Files.getLastModifiedTime(f));
    }
    String known = KNOWN.get(state.toString());
    if (known == null) {
      known = digest(files);
      KNOWN.put(state.toString(), known);
    }
    return known;
  }

  private static String digest(List<Path> files) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 20];
      for (Path f : files) {
        try (InputStream in = Files.newInputStream(f)) {
          for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            digest.update(buffer, 0, n);
          }
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256.", e);
    }
  }
}
