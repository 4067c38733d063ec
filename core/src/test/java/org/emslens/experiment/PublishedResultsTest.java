package org.emslens.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Published results are those of the experiments beside them, as this program would run them:
 * whoever goes on from them has nothing left to do.
 */
class PublishedResultsTest {
  private static final Path EXPERIMENTS = Path.of("..", "samples", "experiments");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ablation",
        "after",
        "another-model",
        "better-rule",
        "decoding",
        "needles",
        "other-text",
        "policies",
        "repeating",
        "repeating-inside",
        "ruler",
        "ruler-others"
      })
  void nothingIsLeftToRun(String name) throws IOException {
    Path packed = EXPERIMENTS.resolve("results").resolve(name + ".jsonl.gz");
    try (InputStream in = new GZIPInputStream(Files.newInputStream(packed))) {
      Files.copy(in, folder.resolve("results.jsonl"));
    }
    List<Trial> trials = GridFile.read(EXPERIMENTS.resolve(name + ".yaml"), "default").trials();
    assertTrue(!trials.isEmpty());
    try (ResultStore store = ResultStore.open(folder)) {
      assertEquals(
          List.of(), Campaign.left(trials, store).stream().map(Trial::key).limit(3).toList());
      assertEquals(trials.size(), store.all().size(), "results of nothing that is asked for");
    }
  }
}
