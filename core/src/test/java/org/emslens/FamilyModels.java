package org.emslens;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Tiny models of every family, among the test resources. */
public final class FamilyModels {
  private FamilyModels() {}

  /** What transformers computes from them; see make_families.py. */
  public static JsonNode expected() throws IOException {
    return TestFiles.json("families/expected.json");
  }

  /** Their names, those of folders. */
  public static List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    expected().get("models").fieldNames().forEachRemaining(names::add);
    return names;
  }

  /**
   * A model's file, or its folder with the tokenizer that all share.
   *
   * @param folder where that is put together
   */
  public static Path path(String file, Path folder) throws IOException {
    Path stored = TestFiles.path("families/" + file);
    if (Files.isRegularFile(stored)) {
      return stored;
    }
    for (Path from : List.of(stored, TestFiles.path("families/tokenizer"))) {
      try (Stream<Path> files = Files.list(from)) {
        for (Path f : files.toList()) {
          Files.copy(f, folder.resolve(f.getFileName().toString()));
        }
      }
    }
    return folder;
  }
}
