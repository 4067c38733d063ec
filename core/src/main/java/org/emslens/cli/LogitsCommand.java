package org.emslens.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.emslens.engine.LoadedModel;
import org.emslens.engine.Progress;
import org.emslens.engine.Prompt;
import org.emslens.format.Npy;
import org.emslens.format.Writable;
import org.emslens.model.ModelConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "logits",
    mixinStandardHelpOptions = true,
    description = "Logits, and a layer's attention, of a full-cache prefill, as .npy files.")
final class LogitsCommand implements Callable<Integer> {
  @Mixin private ModelOption model;

  @Option(
      names = "--ids",
      required = true,
      split = ",",
      paramLabel = "0,5,9",
      description = "Token ids.")
  private int[] ids;

  @Option(
      names = "--positions",
      split = ",",
      paramLabel = "0,-1",
      description =
          "Positions whose logits are written, in this order, from 0, or from -1 backwards; left out: all.")
  private int[] positions;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Logits, float32 [N, vocab], N the ids or --positions.")
  private Path out;

  @Option(names = "--layer", paramLabel = "L", description = "Layer of --attention-out, from 0.")
  private Integer layer;

  @Option(
      names = "--attention-out",
      paramLabel = "FILE",
      description = "Attention, float32 [H, N, N].")
  private Path attentionOut;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if ((layer == null) != (attentionOut == null)) {
      throw new ParameterException(
          spec.commandLine(), "--layer and --attention-out belong together.");
    }
    model.check();
    Writable.file(out);
    if (attentionOut != null) {
      Writable.file(attentionOut);
    }
    try (LoadedModel loaded = model.load()) {
      ModelConfig c = loaded.model().config();
      check(c);
      int[] rows = rows();
      if ((long) rows.length * c.vocab() > Integer.MAX_VALUE) {
        throw new IOException(
            "The logits of "
                + rows.length
                + " tokens are too many for one file; --positions writes some of them.");
      }
      float[] logits = new float[rows.length * c.vocab()];
      Prompt run =
          loaded
              .pass()
              .prompt(
                  ids,
                  (at, row) -> {
                    for (int i = 0; i < rows.length; i++) {
                      if (rows[i] == at) {
                        System.arraycopy(row, 0, logits, i * c.vocab(), c.vocab());
                      }
                    }
                  },
                  Progress.NONE);
      new Npy(new int[] {rows.length, c.vocab()}, logits).write(out);
      if (attentionOut != null) {
        attention(run).write(attentionOut);
      }
      return 0;
    }
  }

  /** Positions that are written. */
  private int[] rows() {
    int n = ids.length;
    return positions == null
        ? IntStream.range(0, n).toArray()
        : IntStream.of(positions).map(p -> p < 0 ? n + p : p).toArray();
  }

  private void check(ModelConfig c) {
    for (int i = 0; positions != null && i < positions.length; i++) {
      if (rows()[i] < 0 || rows()[i] >= ids.length) {
        throw new ParameterException(
            spec.commandLine(),
            "--positions holds "
                + positions[i]
                + "; there are positions 0 to "
                + (ids.length - 1)
                + ", or -1 to -"
                + ids.length
                + " from the end.");
      }
    }
    for (int id : ids) {
      if (id < 0 || id >= c.vocab()) {
        throw new ParameterException(
            spec.commandLine(),
            "--ids holds " + id + "; the vocabulary has ids 0 to " + (c.vocab() - 1) + ".");
      }
    }
    if (ids.length > c.context()) {
      throw new ParameterException(
          spec.commandLine(),
          "--ids holds " + ids.length + " tokens; the context holds " + c.context() + ".");
    }
    if (layer != null && (layer < 0 || layer >= c.layers())) {
      throw new ParameterException(
          spec.commandLine(),
          "--layer is " + layer + "; the model has layers 0 to " + (c.layers() - 1) + ".");
    }
  }

  private Npy attention(Prompt run) {
    int heads = run.config().heads();
    int n = run.tokens();
    float[] all = new float[Math.multiplyExact(heads, Math.multiplyExact(n, n))];
    for (int h = 0; h < heads; h++) {
      float[] map = run.map(layer, h, 0, n, 0, n, n, n, () -> false);
      System.arraycopy(map, 0, all, h * n * n, n * n);
    }
    return new Npy(new int[] {heads, n, n}, all);
  }
}
