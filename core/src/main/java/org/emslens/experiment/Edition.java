package org.emslens.experiment;

import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.emslens.engine.Progress;
import org.emslens.format.Sha256;

/**
 * Which texts this program generates. A program that generates others has results of other texts,
 * and must not take over those of this one: their tasks have another identity.
 */
final class Edition {
  /** Digest of the samples when tasks began to tell; those of before say nothing. */
  private static final String FIRST =
      "d4338a8082412d003e4f07c86123c79d2c1a1d8fdd8e4ae5ad3f9d0e975df641";

  private static final String NOW = digest();

  private Edition() {}

  /** What a generated task's name and the texts of this program make it. */
  static String identity(String name) {
    return identity(name, NOW);
  }

  static String identity(String name, String edition) {
    return edition.equals(FIRST) ? name : name + " " + edition;
  }

  /** Of one short text of each kind; their tokens are words here. */
  private static String digest() {
    ToIntFunction<String> count = s -> s.strip().split(" ").length;
    Prose.Needle needle = new Prose(1).needle(300, -1, count, Progress.NONE);
    Stream<String> found = Stream.of(needle.text(), needle.question(), needle.answer());
    Stream<String> ruler =
        Stream.of(Ruler.values())
            .map(r -> r.text(300, 1, count, Progress.NONE))
            .flatMap(t -> Stream.concat(Stream.of(t.text(), t.question()), t.answers().stream()));
    return Sha256.of(Stream.concat(found, ruler).toArray(String[]::new));
  }
}
