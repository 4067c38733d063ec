package org.emslens.cli;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the user typed. Under a locale without UTF-8, such as LC_ALL=C, Java replaces every
 * character that is not ASCII, in arguments and in what is printed.
 */
public final class Arguments {
  private static final Path BYTES = Path.of("/proc/self/cmdline");
  private static final char LOST = '\uFFFD';

  private Arguments() {}

  /**
   * The arguments as they were typed, from the bytes that the system keeps of them.
   *
   * @throws IllegalArgumentException in one sentence, where there is no way to know them
   */
  public static String[] decoded(String[] args) {
    boolean lost = false;
    for (String a : args) {
      lost |= a.indexOf(LOST) >= 0;
    }
    return lost ? fromBytes(args) : args;
  }

  private static String[] fromBytes(String[] args) {
    try {
      String all = new String(Files.readAllBytes(BYTES), StandardCharsets.UTF_8);
      String[] words = all.split("\0", -1);
      String[] found = new String[args.length];
      int first = words.length - 1 - args.length;
      for (int i = 0; i < args.length; i++) {
        found[i] = words[first + i];
        if (found[i].indexOf(LOST) >= 0) {
          throw unknown(args[i]);
        }
      }
      return found;
    } catch (IOException | IndexOutOfBoundsException e) {
      throw unknown(args[0]);
    }
  }

  private static IllegalArgumentException unknown(String argument) {
    return new IllegalArgumentException(
        "The argument '"
            + argument
            + "' has characters that the locale "
            + System.getProperty("sun.jnu.encoding")
            + " cannot hold; set LC_ALL=C.UTF-8 and try again.");
  }

  /** A writer that prints every character, whatever the locale. */
  static PrintWriter writer(PrintStream to) {
    Charset of = to.charset();
    Charset used = of.newEncoder().canEncode('\u00E9') ? of : StandardCharsets.UTF_8;
    return new PrintWriter(new OutputStreamWriter(to, used), true);
  }
}
