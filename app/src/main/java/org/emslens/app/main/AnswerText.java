package org.emslens.app.main;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The end of what was generated, in few lines: each turn has one of its own, no other text has. */
final class AnswerText {
  /** Letters that there is room for at most, and some more. */
  private static final int MOST = 400;

  /** What a turn of the user's stands between. */
  private static final Pattern TURN =
      Pattern.compile("\n\n(?=› )|(?<=(?:^|\n\n)› .{1," + MOST + "})\n\n");

  private AnswerText() {}

  static String of(String generated) {
    String all = generated.strip();
    String end = all.substring(Math.max(0, all.length() - MOST));
    return Arrays.stream(TURN.split(end))
        .map(part -> part.replace("\n", " ⏎ "))
        .collect(Collectors.joining("\n"));
  }
}
