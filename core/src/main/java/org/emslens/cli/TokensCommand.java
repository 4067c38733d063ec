package org.emslens.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.emslens.format.TextFiles;
import org.emslens.model.Model;
import org.emslens.text.Token;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "tokens",
    mixinStandardHelpOptions = true,
    description = "Tokens of a text as JSON; start and end count Unicode code points.")
final class TokensCommand implements Callable<Integer> {
  @Mixin private ModelOption model;

  @ArgGroup(multiplicity = "1")
  private Text text;

  @Spec private CommandSpec spec;

  private static final class Text {
    @Option(names = "--text", paramLabel = "T", description = "The text.")
    private String text;

    @Option(names = "--text-file", paramLabel = "F", description = "A UTF-8 file with the text.")
    private Path file;

    String read() throws IOException {
      return file == null ? text : TextFiles.read(file);
    }
  }

  private record TokenRow(int id, String text, int start, int end) {}

  @Override
  public Integer call() throws IOException {
    model.check();
    String t = text.read();
    try (Model m = model.open()) {
      List<TokenRow> rows = new ArrayList<>();
      for (Token k : m.tokenizer().encode(t)) {
        int start = t.codePointCount(0, k.start());
        rows.add(
            new TokenRow(k.id(), k.text(), start, start + t.codePointCount(k.start(), k.end())));
      }
      JsonOut.print(spec, rows);
      return 0;
    }
  }
}
