package org.emslens.model;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.emslens.format.BadFileException;
import org.emslens.format.Gguf;
import org.emslens.format.TensorInfo;
import org.emslens.format.TensorSource;

/** Typed access to GGUF metadata, with errors that name the key. */
public final class GgufFields {
  private final Gguf file;
  private final TensorSource weights;
  private final Map<String, Object> values;
  private final Set<String> used = new HashSet<>();

  /**
   * @param weights all tensors of the model, some of which may lie in other files
   */
  GgufFields(Gguf file, TensorSource weights) {
    this.file = file;
    this.weights = weights;
    this.values = file.metadata();
  }

  public boolean has(String key) {
    return values.containsKey(key);
  }

  /** `general.architecture`. */
  public String architecture() throws BadFileException {
    return text("general.architecture");
  }

  /** A key of the architecture's own. */
  public String key(String name) throws BadFileException {
    return architecture() + "." + name;
  }

  /** Takes note that a key changes nothing. */
  public void ignore(String key) {
    used.add(key);
  }

  public boolean flagOr(String key, boolean otherwise) throws BadFileException {
    used.add(key);
    return switch (values.getOrDefault(key, otherwise)) {
      case Boolean b -> b;
      default -> throw wrong(key, "true or false");
    };
  }

  /** A list, or this where the key is missing or no list. */
  public List<?> listOr(String key, List<?> otherwise) {
    used.add(key);
    return values.get(key) instanceof List<?> list ? list : otherwise;
  }

  /** Refuses a value that this program does not know. */
  public BadFileException unknown(String key) {
    return new BadFileException(
        file.path(),
        "metadata '" + key + "' is '" + values.get(key) + "', which is not supported.");
  }

  /** Refuses keys of this beginning that nobody asked for, but for these. */
  public void refuseOthers(String beginning, Set<String> harmless) throws BadFileException {
    for (String key : values.keySet()) {
      if (key.startsWith(beginning) && !used.contains(key) && !harmless.contains(key)) {
        Object found = values.get(key);
        throw new BadFileException(
            file.path(),
            "metadata '"
                + key
                + "' is "
                + (found instanceof List<?> list ? "a list of " + list.size() : "'" + found + "'")
                + "; what it changes is not known here.");
      }
    }
  }

  /** Refuses any other value than the one that this program does, where the key is there. */
  public void demand(String key, Object only) throws BadFileException {
    used.add(key);
    Object found = values.getOrDefault(key, only);
    Object wanted = only instanceof Integer n ? Long.valueOf(n) : only;
    if (!found.equals(only) && !found.equals(wanted)) {
      throw new BadFileException(
          file.path(),
          "metadata '" + key + "' is '" + found + "'; supported is only '" + only + "'.");
    }
  }

  /** Size of the vocabulary: one row of the embedding each. */
  public int vocabulary() throws BadFileException {
    TensorInfo embedding = weights.tensors().get("token_embd.weight");
    if (embedding == null || embedding.shape().size() != 2) {
      throw new BadFileException(
          file.path(), "tensor 'token_embd.weight' is missing or not a matrix.");
    }
    return (int) Math.min(Integer.MAX_VALUE, embedding.shape().getFirst());
  }

  public String text(String key) throws BadFileException {
    used.add(key);
    if (values.get(key) instanceof String s) {
      return s;
    }
    throw wrong(key, "a text");
  }

  public String textOr(String key, String otherwise) throws BadFileException {
    return values.containsKey(key) ? text(key) : otherwise;
  }

  public int integer(String key) throws BadFileException {
    used.add(key);
    if (values.get(key) instanceof Long n && n >= 0 && n <= Integer.MAX_VALUE) {
      return n.intValue();
    }
    throw wrong(key, "a whole number from 0 to 2147483647");
  }

  public int integerOr(String key, int otherwise) throws BadFileException {
    return values.containsKey(key) ? integer(key) : otherwise;
  }

  public double number(String key) throws BadFileException {
    used.add(key);
    if (values.get(key) instanceof Number n && Double.isFinite(n.doubleValue())) {
      return n.doubleValue();
    }
    throw wrong(key, "a number");
  }

  public double numberOr(String key, double otherwise) throws BadFileException {
    return values.containsKey(key) ? number(key) : otherwise;
  }

  private BadFileException wrong(String key, String expected) {
    Object found = values.get(key);
    return new BadFileException(
        file.path(),
        "metadata '"
            + key
            + "' is "
            + (found == null ? "missing" : "'" + found + "'")
            + "; expected "
            + expected
            + ".");
  }
}
