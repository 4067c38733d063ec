package org.emslens.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.emslens.TestFiles;
import org.emslens.model.ModelLoader;

/** A `config.json` after a byte that says beside which family's weights it lies. */
public final class ConfigTarget {
  private static final Path FOLDER = Attempt.folder();
  private static final List<Path> FAMILIES = families();

  private ConfigTarget() {}

  /** Folders of tiny models, in an order that stays. */
  static List<Path> models() {
    try (Stream<Path> all = Files.list(TestFiles.path("families"))) {
      return all.filter(f -> Files.exists(f.resolve("config.json"))).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> families() {
    return models().stream()
        .map(
            m -> {
              try (Stream<Path> files = Files.list(m)) {
                Path copy = Files.createDirectories(FOLDER.resolve(m.getFileName()));
                for (Path f : files.toList()) {
                  Files.copy(f, copy.resolve(f.getFileName()));
                }
                return copy;
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .toList();
  }

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    Path folder = FAMILIES.get((input[0] & 0xFF) % FAMILIES.size());
    byte[] config = new byte[input.length - 1];
    System.arraycopy(input, 1, config, 0, config.length);
    Attempt.write(folder.resolve("config.json"), config, 0);
    Attempt.read(input.length, () -> ModelLoader.describe(folder).weights().close());
  }
}
