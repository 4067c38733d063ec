package org.emslens.cli;

import java.util.List;
import org.emslens.session.CommandText;
import picocli.CommandLine.Model.CommandSpec;

/** The line that a command was called by. */
final class Invocation {
  private Invocation() {}

  static String of(CommandSpec spec) {
    var parsed = spec.root().commandLine().getParseResult();
    return CommandText.of(parsed == null ? List.of(spec.name()) : parsed.originalArgs());
  }
}
