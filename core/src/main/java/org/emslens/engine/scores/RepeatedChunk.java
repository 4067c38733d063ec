package org.emslens.engine.scores;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.emslens.model.Model;
import org.emslens.text.Tokenizer;

/**
 * A part of a prompt as the model reads it once more, after it was told to repeat it. Longer
 * prompts are repeated in chunks, each introduced by the last tokens of the one before (KVzip,
 * arXiv 2505.23416).
 *
 * @param from first token of the prompt that is repeated
 * @param to the first behind the last one
 * @param ids what follows the prompt: the introduction, and these tokens
 */
record RepeatedChunk(int from, int to, int[] ids) {
  private static final String ALL = "\n\nRepeat the previous context exactly.\n";
  private static final String A_PART =
      "\n\nRepeat the part of the previous context exactly, starting with";

  /** Tokens that are repeated at a time. */
  private static final int CHUNK = 2048;

  /** Tokens that a later chunk is introduced by. */
  private static final int LEAD = 8;

  /** Fewer at a time would not be worth the while. */
  private static final int LEAST = 32;

  /** Tokens before those that are repeated. */
  int introduction() {
    return ids.length - (to - from);
  }

  /**
   * A prompt's, in order; a token that only begins a text is in none.
   *
   * @throws IllegalArgumentException in one sentence, where the context has no room for them
   */
  static List<RepeatedChunk> of(Model model, int[] ids) {
    int n = ids.length;
    int first = model.tokenizer().begins(ids[0]) ? 1 : 0;
    int[] all = encode(model, ALL);
    int[] part = encode(model, A_PART);
    int[] end = encode(model, "\n");
    int introduction = Math.max(all.length, part.length + LEAD + end.length);
    int context = model.config().context();
    int chunk = Math.min(CHUNK, context - n - introduction);
    if (chunk < Math.min(LEAST, n - first)) {
      throw new IllegalArgumentException(
          "The prompt has "
              + n
              + " of the "
              + context
              + " tokens that the model's context holds; to be repeated it needs at least "
              + (introduction + LEAST)
              + " more.");
    }
    List<RepeatedChunk> chunks = new ArrayList<>();
    for (int at = first; at < n; at += chunk) {
      int to = Math.min(n, at + chunk);
      int[] said =
          at == first
              ? all
              : join(part, Arrays.copyOfRange(ids, Math.max(first, at - LEAD), at), end);
      chunks.add(new RepeatedChunk(at, to, join(said, Arrays.copyOfRange(ids, at, to))));
    }
    return chunks;
  }

  private static int[] encode(Model model, String text) {
    return Tokenizer.ids(model.tokenizer().encode(text));
  }

  private static int[] join(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }
}
