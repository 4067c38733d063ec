package org.emslens.model.family;

import java.util.List;
import java.util.function.Function;

/** The families that this program knows. */
public final class Families {
  private static final List<Family> ALL =
      List.of(
          new Llama(),
          new Qwen2(),
          new Qwen3(),
          new Gemma(),
          new Phi3(),
          new Olmo2(),
          new Granite(),
          new SmolLm3(),
          new Gpt2(),
          new GptNeox());

  private Families() {}

  /** The family of a GGUF architecture, or null. */
  public static Family ofGguf(String architecture) {
    return find(architecture, Family::ggufNames);
  }

  /** The family of a Hugging Face architecture, or null. */
  public static Family ofFolder(String architecture) {
    return find(architecture, Family::folderNames);
  }

  /** All names of one kind, for messages. */
  public static String names(Function<Family, List<String>> kind) {
    return String.join(", ", ALL.stream().flatMap(f -> kind.apply(f).stream()).toList());
  }

  private static Family find(String name, Function<Family, List<String>> kind) {
    return ALL.stream().filter(f -> kind.apply(f).contains(name)).findFirst().orElse(null);
  }
}
