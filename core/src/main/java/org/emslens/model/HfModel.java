package org.emslens.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.emslens.format.BadFileException;
import org.emslens.format.Json;
import org.emslens.format.Safetensors;
import org.emslens.format.ShardedSafetensors;
import org.emslens.format.TensorSource;
import org.emslens.model.family.Families;
import org.emslens.model.family.Family;
import org.emslens.text.ChatTemplate;
import org.emslens.text.HfTokenizer;
import org.emslens.text.Tokenizer;

/**
 * A model in a Hugging Face folder: config.json, tokenizer.json, tokenizer_config.json,
 * safetensors.
 */
final class HfModel {
  private HfModel() {}

  static Model open(Path folder) throws IOException {
    JsonNode json = Json.read(folder.resolve("config.json"));
    Family.Described d = describe(folder, json);
    try {
      Tokenizer tokenizer = HfTokenizer.open(folder, json, d.config().vocab());
      String template = HfTokenizer.chatTemplate(folder);
      return new Model(
          title(folder),
          folder,
          d.config(),
          d.spec(),
          d.weights(),
          tokenizer,
          template == null ? null : new ChatTemplate(template, tokenizer));
    } catch (IOException | RuntimeException e) {
      d.weights().close();
      throw e;
    }
  }

  private static Path weights(Path folder) throws BadFileException {
    Path file = folder.resolve("model.safetensors");
    if (!Files.exists(file)) {
      boolean older = Files.exists(folder.resolve("pytorch_model.bin"));
      throw new BadFileException(
          folder,
          "has no model.safetensors"
              + (older
                  ? "; its weights are in pytorch_model.bin, which is not read since it may hold code."
                  : " and no model.safetensors.index.json."));
    }
    return file;
  }

  /** A folder of the hub's is called as its repository: its own name may be a digest. */
  private static String title(Path folder) {
    String hub = HubName.of(folder);
    return hub == null ? folder.toAbsolutePath().normalize().getFileName().toString() : hub;
  }

  /** What it is, without its tokenizer; the weights are the caller's to close. */
  static Family.Described describe(Path folder) throws IOException {
    return describe(folder, Json.read(folder.resolve("config.json")));
  }

  private static Family.Described describe(Path folder, JsonNode json) throws IOException {
    Path configFile = folder.resolve("config.json");
    String architecture = json.path("architectures").path(0).asText("(none)");
    TextPart part = TextPart.of(architecture);
    Family family = Families.ofFolder(part == null ? architecture : part.architecture());
    if (family == null) {
      throw new BadFileException(
          configFile,
          "'architectures' names '"
              + architecture
              + "'; supported are "
              + Families.names(Family::folderNames)
              + ", and the language models of "
              + String.join(", ", TextPart.names())
              + ".");
    }
    Path index = folder.resolve("model.safetensors.index.json");
    TensorSource source =
        Files.exists(index) ? new ShardedSafetensors(index) : new Safetensors(weights(folder));
    try {
      return part == null
          ? family.read(new HfFields(configFile, json), new Tensors(source))
          : family.read(
              new HfFields(configFile, part.config(configFile, json)),
              new Tensors(part.tensors(source)));
    } catch (IOException | RuntimeException e) {
      source.close();
      throw e;
    }
  }
}
