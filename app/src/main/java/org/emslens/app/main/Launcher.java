package org.emslens.app.main;

import org.emslens.cli.Emslens;
import picocli.CommandLine;

/**
 * Where the program starts; not an Application itself, so that it starts from the class path too.
 */
public final class Launcher {
  private Launcher() {}

  public static void main(String[] args) {
    CommandLine line = Emslens.commandLine().addSubcommand("gui", new GuiCommand());
    System.exit(Emslens.execute(line, args.length == 0 ? new String[] {"gui"} : args));
  }
}
