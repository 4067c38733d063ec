package org.emslens.app.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.emslens.format.AtomicFile;
import org.emslens.format.Json;

/** Remembers an appearance from one start to the next. What cannot be read is as designed. */
public final class AppearanceFile {
  private AppearanceFile() {}

  /** Takes up what a file says. */
  public static void read(Path file, Appearance into) throws IOException {
    if (!Files.isRegularFile(file)) {
      return;
    }
    try {
      JsonNode json = Json.MAPPER.readTree(Files.readAllBytes(file));
      for (Theme t : Theme.values()) {
        if (t.name().equals(json.path("theme").asText())) {
          into.themeProperty().set(t);
        }
      }
      double text = json.path("text").asDouble(1);
      into.textProperty().set(text >= 0.5 && text <= 3 ? text : 1);
      into.askBeforeClosingProperty().set(json.path("askBeforeClosing").asBoolean(true));
      into.deviceProperty().set(json.path("device").asText(null));
      into.sizeProperty().set(size(json.path("size")));
      for (JsonNode folder : json.path("modelFolders")) {
        folder(folder.asText(), into);
      }
      for (Map.Entry<String, JsonNode> e : json.path("dividers").properties()) {
        double[] at = new double[e.getValue().size()];
        Arrays.setAll(at, i -> e.getValue().get(i).asDouble(0.5));
        into.dividers().put(e.getKey(), at);
      }
    } catch (JsonProcessingException e) {
      throw new IOException(file + ": is no JSON; the window looks as designed.", e);
    }
  }

  private static WindowSize size(JsonNode json) {
    double width = json.path("width").asDouble();
    double height = json.path("height").asDouble();
    return width >= 1 && height >= 1
        ? new WindowSize(width, height, json.path("maximized").asBoolean())
        : WindowSize.USUAL;
  }

  private static void folder(String path, Appearance into) {
    try {
      into.modelFolders().add(Path.of(path));
    } catch (InvalidPathException e) {
      // Another system's, perhaps.
    }
  }

  public static void write(Path file, Appearance from) throws IOException {
    ObjectNode json =
        Json.MAPPER
            .createObjectNode()
            .put("theme", from.themeProperty().get().name())
            .put("text", from.textProperty().get())
            .put("askBeforeClosing", from.askBeforeClosingProperty().get())
            .put("device", from.deviceProperty().get());
    WindowSize size = from.sizeProperty().get();
    json.putObject("size")
        .put("width", size.width())
        .put("height", size.height())
        .put("maximized", size.maximized());
    ArrayNode folders = json.putArray("modelFolders");
    from.modelFolders().forEach(f -> folders.add(f.toString()));
    ObjectNode dividers = json.putObject("dividers");
    from.dividers()
        .forEach(
            (name, at) -> {
              ArrayNode list = dividers.putArray(name);
              Arrays.stream(at).forEach(list::add);
            });
    byte[] text = Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    AtomicFile.write(file, out -> out.write(text));
  }
}
