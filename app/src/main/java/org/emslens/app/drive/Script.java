package org.emslens.app.drive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.emslens.format.BadFileException;

/** What a window is to be taken through, in order. */
public final class Script {
  private static final Set<String> NAMES =
      Set.of(
          "wait",
          "click",
          "type",
          "key",
          "choose",
          "drag",
          "wheel",
          "hover",
          "drop",
          "open",
          "save",
          "answer",
          "resize",
          "snapshot",
          "state",
          "expect",
          "close");

  private final List<Action> actions;

  /**
   * One step of a script.
   *
   * @param number from 1
   * @param value what stands after its name
   * @param more what else its item says: count, at
   */
  record Action(int number, String name, JsonNode value, JsonNode more) {

    /** A text of the value's, or the value itself where it is a text. */
    String text(String field) {
      JsonNode n = field == null ? value : value.path(field);
      if (n.isMissingNode() || n.isNull() || n.isContainerNode()) {
        throw new IllegalArgumentException(
            (field == null ? name : name + "." + field) + " is missing; expected a text");
      }
      return n.asText();
    }

    /** Two numbers, or null where there are none. */
    double[] pair(JsonNode n) {
      if (n.isMissingNode()) {
        return null;
      }
      if (n.size() != 2 || !n.get(0).isNumber() || !n.get(1).isNumber()) {
        throw new IllegalArgumentException("found " + n + "; expected two numbers: [x, y]");
      }
      return new double[] {n.get(0).asDouble(), n.get(1).asDouble()};
    }

    @Override
    public String toString() {
      return name + ": " + value;
    }
  }

  private Script(List<Action> actions) {
    this.actions = List.copyOf(actions);
  }

  /**
   * Reads a YAML file: a list of items such as `click: "#run"`.
   *
   * @throws BadFileException naming the item, what was found and what was expected
   */
  public static Script read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new BadFileException(file, "not a file that can be read (" + file + ").");
    }
    return parse(file, Files.readAllBytes(file));
  }

  /**
   * @param name what failures call it
   */
  public static Script parse(Path name, byte[] yaml) throws IOException {
    JsonNode list;
    try {
      list = YAMLMapper.builder().build().readTree(yaml);
    } catch (JsonProcessingException e) {
      throw new BadFileException(
          name, "is no YAML: " + e.getOriginalMessage().lines().findFirst().orElse("") + ".", e);
    }
    if (list == null || !list.isArray() || list.isEmpty()) {
      throw new BadFileException(name, "is no list of actions such as '- click: \"#run\"'.");
    }
    List<Action> actions = new ArrayList<>();
    for (JsonNode item : list) {
      actions.add(action(name, item, actions.size() + 1));
    }
    return new Script(actions);
  }

  private static Action action(Path file, JsonNode item, int number) throws IOException {
    for (Map.Entry<String, JsonNode> e : item.properties()) {
      if (NAMES.contains(e.getKey())) {
        return new Action(number, e.getKey(), e.getValue(), item);
      }
    }
    throw new BadFileException(
        file,
        "action "
            + number
            + " is "
            + item
            + "; expected one of "
            + String.join(", ", NAMES.stream().sorted().toList())
            + ".");
  }

  List<Action> actions() {
    return actions;
  }
}
