package org.emslens.cli;

import java.io.IOException;
import org.emslens.format.Json;
import picocli.CommandLine.Model.CommandSpec;

/** JSON on stdout. */
final class JsonOut {
  private JsonOut() {}

  static void print(CommandSpec spec, Object value) throws IOException {
    spec.commandLine()
        .getOut()
        .println(Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value));
    spec.commandLine().getOut().flush();
  }
}
