package org.emslens.engine.scores;

import org.emslens.cache.PromptScore;
import org.emslens.engine.Prompt;

/**
 * How much of a prompt a KV head finds again while the model repeats it: near 1 for what is called
 * a retrieval head, near 0 for one that looks at the first and the newest tokens only. DuoAttention
 * (arXiv 2410.10819) learns which are which; here it is the mean over the prompt's tokens of
 * KVzip's score (arXiv 2505.23416), which the repetition gives anyway.
 */
public final class RetrievalHeads {
  private RetrievalHeads() {}

  /** Whether the prompt has been repeated, so that there is something to tell. */
  public static boolean areKnown(Prompt prompt) {
    return prompt.scores().get(PromptScore.REPEAT) != null;
  }

  /**
   * Of one KV head, from 0 to 1; NaN where the prompt has not been repeated, and in layers whose
   * window is shorter than the prompt, which cannot reach what they would find.
   */
  public static double share(Prompt prompt, int layer, int kvHead) {
    int window = prompt.shapes().get(layer).window();
    boolean reaches = window == 0 || window >= prompt.tokens();
    int head = layer * prompt.config().kvHeads() + kvHead;
    return reaches ? prompt.scores().mean(PromptScore.REPEAT, head) : Double.NaN;
  }
}
