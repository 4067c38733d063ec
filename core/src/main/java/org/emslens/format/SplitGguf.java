package org.emslens.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A GGUF model in several files, NAME-00001-of-00003.gguf and so on, as llama.cpp's tool splits it:
 * the first has the metadata, each has some of the tensors.
 */
public final class SplitGguf extends Joined {
  private static final Pattern NAME = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");
  private static final String COUNT = "split.count";
  private static final String NUMBER = "split.no";
  private static final String TENSORS = "split.tensors.count";

  private SplitGguf(Gguf first) {
    super(first.path());
  }

  /** What a file is called that is one of several, without which; others as they are. */
  public static String title(String file) {
    Matcher m = NAME.matcher(file);
    return m.matches() ? m.group(1) : file.replaceFirst("\\.gguf$", "");
  }

  /** The names of all parts of the model that this file is one of; its own where it is whole. */
  public static List<String> parts(String file) {
    Matcher m = NAME.matcher(file);
    if (!m.matches()) {
      return List.of(file);
    }
    return IntStream.rangeClosed(1, Integer.parseInt(m.group(3)))
        .mapToObj(i -> part(m, i))
        .toList();
  }

  /** Whether a file of this name is a later part of a model, which is opened by its first. */
  public static boolean isLater(String file) {
    Matcher m = NAME.matcher(file);
    return m.matches() && Integer.parseInt(m.group(2)) > 1;
  }

  private static String part(Matcher name, int number) {
    return String.format(Locale.ROOT, "%s-%05d-of-%s.gguf", name.group(1), number, name.group(3));
  }

  /**
   * All tensors of the model that this file begins; those of the file itself where it is whole.
   *
   * @param first is closed with what is returned, and not where this fails
   * @throws BadFileException naming the file that is missing, or is none of these
   */
  public static TensorSource of(Gguf first) throws IOException {
    long count = number(first, COUNT, 1);
    if (count <= 1) {
      return first;
    }
    Path path = first.path();
    Matcher name = NAME.matcher(path.getFileName().toString());
    long at = number(first, NUMBER, 0);
    if (!name.matches() || Integer.parseInt(name.group(3)) != count) {
      throw new BadFileException(
          path,
          "is one of "
              + count
              + " files of a model; expected a name that ends in -00001-of-"
              + String.format(Locale.ROOT, "%05d", count)
              + ".gguf.");
    }
    if (at != 0) {
      throw new BadFileException(
          path,
          "is part " + (at + 1) + " of " + count + "; open the first, " + part(name, 1) + ".");
    }
    SplitGguf all = new SplitGguf(first);
    try {
      all.addAll(first);
      for (int i = 2; i <= count; i++) {
        Path other = path.resolveSibling(part(name, i));
        if (!Files.exists(other)) {
          throw new BadFileException(
              path, "is part 1 of " + count + "; '" + other.getFileName() + "' is not beside it.");
        }
        Gguf next = new Gguf(other);
        all.own(next);
        if (number(next, COUNT, 1) != count || number(next, NUMBER, 0) != i - 1) {
          throw new BadFileException(other, "is not part " + i + " of " + count + ".");
        }
        all.addAll(next);
      }
      long expected = number(first, TENSORS, all.tensors().size());
      if (all.tensors().size() != expected) {
        throw new BadFileException(
            path,
            "its parts have " + all.tensors().size() + " tensors; expected " + expected + ".");
      }
      all.own(first);
    } catch (IOException | RuntimeException e) {
      all.close();
      throw e;
    }
    return all;
  }

  private void addAll(Gguf file) throws BadFileException {
    for (TensorInfo t : file.tensors().values()) {
      if (!add(t, file)) {
        throw new BadFileException(
            file.path(), "tensor '" + t.name() + "' is in another part as well.");
      }
    }
  }

  private static long number(Gguf file, String key, long otherwise) throws BadFileException {
    Object value = file.metadata().getOrDefault(key, otherwise);
    if (value instanceof Long n && n >= 0 && n <= 99_999) {
      return n;
    }
    throw new BadFileException(
        file.path(), "metadata '" + key + "' is '" + value + "'; expected a whole number.");
  }
}
