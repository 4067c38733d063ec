package org.emslens.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.emslens.cache.Policies;
import org.emslens.cache.Switch;
import org.emslens.experiment.Task.AskedTask;
import org.emslens.experiment.Task.NeedleTask;
import org.emslens.experiment.Task.ProseTask;
import org.emslens.format.BadFileException;
import org.emslens.format.TextFiles;
import org.emslens.session.Asking;
import org.emslens.session.Budget;

/**
 * An experiment in a YAML file:
 *
 * <pre>
 * title: ...                       what it is about; free text
 * models: [smollm2-135m-instruct]  ids, files or folders; the default model where left out
 * prompts:
 *   - prose: {tokens: 1000, continuation: 128}
 *   - needle: {tokens: [1000, 3000], depth: [0, 0.5, 1], question: [inside, after]}
 *   - ruler: {task: [variables, common], tokens: 4000, question: inside}
 *   - file: story.txt              beside this file
 *     continuation: 128            its last tokens, which are predicted
 *   - file: question.txt
 *     chat: true
 *     answer: "48215"
 *   - file: page.txt
 *     ask: "Which number ...?"     after a blank line, in the prompt or after its compression
 *     answer: " 48215"           as it follows the question
 *     question: [inside, after]
 * policies: [full, ems, {snapkv: {window: 32}}]
 * budgets: [64, 128, 5 %, 0.25]    slots, or shares of the prompt
 * switches: {alpha: [0.25, 0.4]}   all combinations, for every policy
 * seeds: 1-8                       or a list; for generated prompts
 * once: false                      true: never compress again after the prompt
 * </pre>
 *
 * <p>A needle without a depth stands anywhere, by seed.
 */
public final class GridFile {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final List<String> FIELDS =
      List.of("title", "models", "prompts", "policies", "budgets", "switches", "seeds", "once");

  private static final int MOST_SEEDS = 10_000;

  private final Path file;

  private GridFile(Path file) {
    this.file = file;
  }

  /**
   * @param defaultModel what stands for the model where the file names none
   * @throws BadFileException naming the file, the field, what was found and what was expected
   */
  public static Grid read(Path file, String defaultModel) throws IOException {
    String text = TextFiles.read(file);
    try {
      JsonNode root = YAML.readTree(text);
      if (root.isMissingNode() || root.isNull()) {
        throw new BadFileException(
            file, "is empty; expected fields " + String.join(", ", FIELDS) + ".");
      }
      if (!root.isObject()) {
        throw new BadFileException(
            file, "is no experiment; expected fields " + String.join(", ", FIELDS) + ".");
      }
      return new GridFile(file).grid(root, defaultModel);
    } catch (JsonProcessingException e) {
      throw new BadFileException(
          file, "is not YAML: " + e.getOriginalMessage().lines().findFirst().orElse("") + ".", e);
    } catch (IllegalArgumentException e) {
      throw new BadFileException(file, e.getMessage(), e);
    }
  }

  private Grid grid(JsonNode root, String defaultModel) throws IOException {
    only(root, "the file", FIELDS);
    List<Task> tasks = new ArrayList<>();
    for (JsonNode p : list(needed(root, "prompts"))) {
      tasks.addAll(tasks(p));
    }
    List<Contender> contenders = new ArrayList<>();
    list(needed(root, "policies")).forEach(p -> contenders.add(contender(p)));
    Grid grid =
        new Grid(
            root.has("models") ? texts(needed(root, "models")) : List.of(defaultModel),
            tasks,
            contenders,
            root.has("switches")
                ? Grid.combinations(switches(needed(root, "switches")))
                : List.of(Map.of()),
            texts(needed(root, "budgets")).stream().map(Budget::parse).toList(),
            root.has("seeds") ? seeds(needed(root, "seeds")) : List.of(1L),
            flag(root, "once"));
    grid.trials();
    return grid;
  }

  private static JsonNode needed(JsonNode node, String field) {
    JsonNode found = node.get(field);
    if (found == null || found.isNull() || found.isContainerNode() && found.isEmpty()) {
      throw new IllegalArgumentException("'" + field + "' is missing.");
    }
    return found;
  }

  /** A field that may be left out, but not be empty. */
  private static JsonNode asked(JsonNode node, String field) {
    return node.has(field) ? needed(node, field) : node.path(field);
  }

  private static boolean flag(JsonNode node, String field) {
    JsonNode found = node.path(field);
    if (!found.isMissingNode() && !found.isBoolean()) {
      throw new IllegalArgumentException(
          field + " is '" + found.asText() + "'; expected true or false.");
    }
    return found.asBoolean(false);
  }

  private static void only(JsonNode node, String what, List<String> fields) {
    if (!node.isObject()) {
      throw new IllegalArgumentException(
          what + " is '" + node.asText() + "'; expected fields " + String.join(", ", fields) + ".");
    }
    node.fieldNames()
        .forEachRemaining(
            f -> {
              if (!fields.contains(f)) {
                throw new IllegalArgumentException(
                    what + " has a field '" + f + "'; expected " + String.join(", ", fields) + ".");
              }
            });
  }

  private static List<JsonNode> list(JsonNode node) {
    List<JsonNode> out = new ArrayList<>();
    if (node.isArray()) {
      node.forEach(out::add);
    } else {
      out.add(node);
    }
    return out;
  }

  private static List<String> texts(JsonNode node) {
    return list(node).stream().map(JsonNode::asText).toList();
  }

  private List<Task> tasks(JsonNode p) throws IOException {
    List<Task> tasks = new ArrayList<>();
    if (p.has("prose")) {
      only(p, "a prompt of prose", List.of("prose"));
      JsonNode prose = p.get("prose");
      only(prose, "prose", List.of("tokens", "continuation"));
      for (JsonNode n : list(needed(prose, "tokens"))) {
        tasks.add(
            new ProseTask(
                whole(n, "tokens"), whole(needed(prose, "continuation"), "continuation")));
      }
    } else if (p.has("needle")) {
      only(p, "a prompt with a needle", List.of("needle"));
      JsonNode needle = p.get("needle");
      only(needle, "needle", List.of("tokens", "depth", "question"));
      for (JsonNode n : list(needed(needle, "tokens"))) {
        for (JsonNode depth : list(asked(needle, "depth"))) {
          for (JsonNode question : list(asked(needle, "question"))) {
            tasks.add(new NeedleTask(whole(n, "tokens"), depth(depth), inside(question.asText())));
          }
        }
      }
    } else if (p.has("ruler")) {
      only(p, "a prompt of RULER", List.of("ruler"));
      JsonNode ruler = p.get("ruler");
      only(ruler, "ruler", List.of("task", "tokens", "question"));
      for (JsonNode n : list(needed(ruler, "tokens"))) {
        for (JsonNode question : list(asked(ruler, "question"))) {
          for (String kind : texts(needed(ruler, "task"))) {
            tasks.add(
                new RulerTask(Ruler.byId(kind), whole(n, "tokens"), inside(question.asText())));
          }
        }
      }
    } else {
      only(
          p,
          p.has("file") ? "a prompt from a file" : "a prompt",
          p.has("file")
              ? p.has("ask")
                  ? List.of("file", "ask", "answer", "question")
                  : List.of("file", "chat", "continuation", "ask", "answer", "question")
              : List.of("prose", "needle", "ruler", "file"));
      if (p.has("ask")) {
        tasks.addAll(asked(p));
      } else {
        tasks.add(file(p));
      }
    }
    return tasks;
  }

  private static int whole(JsonNode node, String field) {
    if (!node.canConvertToInt() || !node.isIntegralNumber() || node.asInt() < 1) {
      throw new IllegalArgumentException(
          field + " is '" + node.asText() + "'; expected a whole number above 0.");
    }
    return node.asInt();
  }

  private static double depth(JsonNode node) {
    if (node.isMissingNode()) {
      return -1;
    }
    if (!node.isNumber() || node.asDouble() < 0 || node.asDouble() > 1) {
      throw new IllegalArgumentException("depth is '" + node.asText() + "'; expected 0 to 1.");
    }
    return node.asDouble();
  }

  /** Where a needle's question stands, by its name; inside the prompt where left out. */
  public static boolean inside(String question) {
    return switch (question) {
      case "", "inside" -> true;
      case "after" -> false;
      default ->
          throw new IllegalArgumentException(
              "question is '" + question + "'; expected inside or after.");
    };
  }

  private Path text(JsonNode p) {
    return file.toAbsolutePath().resolveSibling(needed(p, "file").asText()).normalize();
  }

  private List<Task> asked(JsonNode p) throws IOException {
    Path text = text(p);
    String words = needed(p, "ask").asText().strip();
    String answer = needed(p, "answer").asText();
    Asking asking = Asking.of(TextFiles.read(text), words);
    List<Task> tasks = new ArrayList<>();
    for (JsonNode question : list(asked(p, "question"))) {
      tasks.add(
          new AskedTask(
              text.getFileName().toString(),
              asking.compressed(),
              asking.afterwards(),
              words,
              answer,
              inside(question.asText())));
    }
    return tasks;
  }

  private Task file(JsonNode p) {
    Path text = text(p);
    boolean answers = p.has("answer");
    if (answers == p.has("continuation")) {
      throw new IllegalArgumentException(
          "prompt '" + p.get("file").asText() + "' needs either an answer or a continuation.");
    }
    return new FileTask(
        text,
        flag(p, "chat"),
        answers ? 0 : whole(p.get("continuation"), "continuation"),
        answers ? p.get("answer").asText() : null);
  }

  private static Contender contender(JsonNode p) {
    if (!p.isObject()) {
      return new Contender(Policies.byId(p.asText()), Map.of());
    }
    String id = p.isEmpty() ? "" : p.fieldNames().next();
    only(p, "a policy", List.of(id));
    Map<Switch, String> values = new TreeMap<>();
    p.get(id).properties().forEach(e -> values.put(Switch.byId(e.getKey()), e.getValue().asText()));
    return new Contender(Policies.byId(id), values);
  }

  private static Map<Switch, List<String>> switches(JsonNode node) {
    Map<Switch, List<String>> values = new TreeMap<>();
    node.properties()
        .forEach(e -> values.put(Switch.byId(e.getKey()), texts(needed(node, e.getKey()))));
    return values;
  }

  private static List<Long> seeds(JsonNode node) {
    List<Long> out = new ArrayList<>();
    texts(node).forEach(t -> out.addAll(seeds(t)));
    return out;
  }

  /**
   * `3` or `1-8`.
   *
   * @throws IllegalArgumentException in one sentence
   */
  public static List<Long> seeds(String text) {
    if (text.matches("[0-9]{1,9}")) {
      return List.of(Long.parseLong(text));
    }
    if (text.matches("[0-9]{1,9}-[0-9]{1,9}")) {
      String[] ends = text.split("-");
      long first = Long.parseLong(ends[0]);
      long last = Long.parseLong(ends[1]);
      if (first <= last && last - first < MOST_SEEDS) {
        return LongStream.rangeClosed(first, last).boxed().toList();
      }
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "seeds is '%s'; expected one such as 3, or a range such as 1-8 of at most %,d.",
            text,
            MOST_SEEDS));
  }
}
