package org.emslens.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON objects read with errors that name the file and the place. */
public final class Json {
  /** Shared by all readers and writers of the program; immutable once built. */
  public static final JsonMapper MAPPER = JsonMapper.builder().build();

  private static final long MAX_BYTES = 256_000_000;

  private Json() {}

  /** The object in this file. */
  public static JsonNode read(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new BadFileException(path, "not found in " + path.toAbsolutePath().getParent() + ".");
    }
    if (Files.size(path) > MAX_BYTES) {
      throw new BadFileException(path, "has " + Files.size(path) + " bytes, too many for JSON.");
    }
    return parse(path, Files.readAllBytes(path), "the file");
  }

  static JsonNode parse(Path path, byte[] text, String what) throws BadFileException {
    try {
      JsonNode node = MAPPER.readTree(text);
      if (node == null || !node.isObject()) {
        throw new BadFileException(path, what + " is not a JSON object.");
      }
      return node;
    } catch (JsonProcessingException e) {
      String where =
          e.getLocation() == null
              ? ""
              : " at line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr();
      throw new BadFileException(
          path,
          what
              + " is not valid JSON"
              + where
              + ": "
              + e.getOriginalMessage().replaceAll("\\s+", " "),
          e);
    } catch (IOException e) {
      throw new BadFileException(path, what + " is not valid JSON: " + e.getMessage(), e);
    }
  }
}
