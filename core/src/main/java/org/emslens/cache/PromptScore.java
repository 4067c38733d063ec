package org.emslens.cache;

import java.util.Locale;

/**
 * What is asked of a whole prompt before it is compressed: a number per KV head and token, made
 * once and kept with the prompt. What each is made of stands where it is made, in {@code
 * org.emslens.engine.scores}.
 */
public enum PromptScore {
  /** The most attention that the model pays a token while it repeats the prompt. */
  REPEAT,

  /** The same, weighted by how much the token's value then adds to what there is. */
  REPEAT_PLUS,

  /** The attention that queries to come are expected to pay, times the length of the value. */
  EXPECTED,

  /** How little a key resembles the mean of all keys. */
  KEY_DIFFERENCE,

  /** The size of what a value becomes behind the attention's output. */
  OUTPUT_SIZE;

  /** As in files: `repeat-plus`. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
