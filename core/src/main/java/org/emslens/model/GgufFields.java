package org.emslens.model;

import java.util.Map;
import org.emslens.format.BadFileException;
import org.emslens.format.Gguf;

/** Typed access to GGUF metadata, with errors that name the key. */
final class GgufFields {
  private final Gguf file;
  private final Map<String, Object> values;

  GgufFields(Gguf file) {
    this.file = file;
    this.values = file.metadata();
  }

  String text(String key) throws BadFileException {
    if (values.get(key) instanceof String s) {
      return s;
    }
    throw wrong(key, "a text");
  }

  String textOr(String key, String otherwise) throws BadFileException {
    return values.containsKey(key) ? text(key) : otherwise;
  }

  int integer(String key) throws BadFileException {
    if (values.get(key) instanceof Long n && n >= 0 && n <= Integer.MAX_VALUE) {
      return n.intValue();
    }
    throw wrong(key, "a whole number from 0 to 2147483647");
  }

  int integerOr(String key, int otherwise) throws BadFileException {
    return values.containsKey(key) ? integer(key) : otherwise;
  }

  double number(String key) throws BadFileException {
    if (values.get(key) instanceof Number n && Double.isFinite(n.doubleValue())) {
      return n.doubleValue();
    }
    throw wrong(key, "a number");
  }

  double numberOr(String key, double otherwise) throws BadFileException {
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
