package org.emslens.text;

import java.util.Set;

/** What chat models end their turns with, whether or not their files say so. */
final class EndOfTurn {
  static final Set<String> NAMES =
      Set.of(
          "</s>",
          "<end_of_turn>",
          "<|end|>",
          "<|end_of_text|>",
          "<|endoftext|>",
          "<|eom_id|>",
          "<|eot_id|>",
          "<|im_end|>");

  private EndOfTurn() {}
}
