package org.emslens.app.main;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.emslens.cli.Emslens;
import picocli.CommandLine;

/**
 * Where the program starts; not an Application itself, so that it starts from the class path too.
 */
public final class Launcher {
  private Launcher() {}

  public static void main(String[] args) {
    CommandLine line = Emslens.commandLine().addSubcommand("gui", new GuiCommand());
    System.exit(Emslens.execute(line, words(args, line)));
  }

  /** Nothing at all, or a file alone, is for the window. */
  static String[] words(String[] args, CommandLine line) {
    if (args.length == 0) {
      return new String[] {"gui"};
    }
    boolean file =
        args.length == 1
            && !args[0].startsWith("-")
            && !line.getSubcommands().containsKey(args[0])
            && isThere(args[0]);
    return file ? new String[] {"gui", args[0]} : args;
  }

  private static boolean isThere(String word) {
    try {
      return Files.exists(Path.of(word));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
