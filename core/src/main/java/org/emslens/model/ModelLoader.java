package org.emslens.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.emslens.format.BadFileException;
import org.emslens.model.family.Family;

/** Opens a GGUF file or a Hugging Face folder. */
public final class ModelLoader {
  private ModelLoader() {}

  /**
   * Validates all of it and maps the weights; nothing of their size is allocated.
   *
   * @throws BadFileException naming file, field or tensor, what was found and what was expected
   */
  public static Model open(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      if (!Files.exists(path.resolve("config.json"))) {
        throw new BadFileException(path, noModel(path));
      }
      return HfModel.open(path);
    }
    if (!Files.exists(path)) {
      throw new BadFileException(path, "no such file or folder (" + path.toAbsolutePath() + ").");
    }
    if (path.getFileName().toString().equals("config.json")) {
      return HfModel.open(path.toAbsolutePath().getParent());
    }
    return GgufModel.open(path);
  }

  /**
   * What a model is, without its tokenizer, which takes longest; whoever calls closes the weights.
   *
   * @throws BadFileException as {@link #open}
   */
  public static Family.Described describe(Path path) throws IOException {
    return Files.isDirectory(path) ? HfModel.describe(path) : GgufModel.describe(path);
  }

  private static String noModel(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(f -> f.endsWith(".gguf"))
          .sorted()
          .findFirst()
          .map(f -> "has no config.json; open the file in it, such as " + f + ".")
          .orElse("there is no config.json or .gguf in this folder.");
    }
  }
}
