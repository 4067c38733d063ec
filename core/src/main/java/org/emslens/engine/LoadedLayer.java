package org.emslens.engine;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.emslens.device.Device;
import org.emslens.device.Matrix;
import org.emslens.device.Tensor;
import org.emslens.device.WeightMemory;
import org.emslens.format.TensorSource;
import org.emslens.model.AttentionSpec;
import org.emslens.model.FeedForwardSpec;
import org.emslens.model.LayerSpec;
import org.emslens.model.LinearSpec;
import org.emslens.model.NormSpec;

/**
 * The weights of one layer in a device's memory: queries, keys and values in one matrix, gate and
 * up in another. Norms that a layer does not have are null.
 */
record LoadedLayer(
    LayerSpec spec,
    Norm attentionNorm,
    Linear queryKeyValue,
    Tensor queryNorm,
    Tensor keyNorm,
    Linear attentionOutput,
    Norm attentionOutputNorm,
    Norm feedForwardNorm,
    FeedForward feedForward,
    Norm feedForwardOutputNorm) {

  /** The feed-forward part. */
  sealed interface FeedForward {
    void close();
  }

  /** Gate and up in one, and down. */
  record Dense(FeedForwardSpec.Dense spec, Linear up, Linear down) implements FeedForward {

    static Dense of(WeightMemory memory, TensorSource source, FeedForwardSpec.Dense s) {
      return new Dense(
          s,
          s.gated()
              ? Linear.of(memory, source, s.gate(), s.up())
              : Linear.of(memory, source, s.up()),
          Linear.of(memory, source, s.down()));
    }

    @Override
    public void close() {
      up.close();
      down.close();
    }
  }

  /** The router, and each expert's matrices. */
  record Experts(FeedForwardSpec.Experts spec, Linear router, List<Matrix> up, List<Matrix> down)
      implements FeedForward {

    static Experts of(WeightMemory memory, TensorSource source, FeedForwardSpec.Experts s) {
      return new Experts(
          s,
          Linear.of(memory, source, s.router()),
          s.experts().stream()
              .map(e -> memory.matrix(source, List.of(e.gate().weight(), e.up().weight())))
              .toList(),
          s.experts().stream()
              .map(e -> memory.matrix(source, List.of(e.down().weight())))
              .toList());
    }

    @Override
    public void close() {
      router.close();
      up.forEach(Matrix::close);
      down.forEach(Matrix::close);
    }
  }

  /** A normalisation with its weights. */
  record Norm(NormSpec spec, Tensor weight, Tensor bias) {

    /** Null for null. */
    static Norm of(WeightMemory memory, TensorSource source, NormSpec spec) {
      if (spec == null) {
        return null;
      }
      return new Norm(
          spec,
          weight(memory, source, spec),
          spec.bias() == null ? null : memory.vector(source.values(spec.bias())));
    }

    static Tensor weight(WeightMemory memory, TensorSource source, NormSpec spec) {
      float[] weight = source.values(spec.weight());
      for (int i = 0; i < weight.length; i++) {
        weight[i] += spec.offset();
      }
      return memory.vector(weight);
    }

    void apply(Device device, Tensor x, Tensor y, int n) {
      device.norm(spec.kind(), spec.epsilon(), weight, bias, x, y, n);
    }

    void close() {
      LoadedLayer.close(weight, bias);
    }
  }

  /** A linear map, or several of the same input. */
  record Linear(Matrix weight, Tensor bias) {

    /** The maps one below the other; where only some have a bias, that of the others is 0. */
    static Linear of(WeightMemory memory, TensorSource source, LinearSpec... parts) {
      Matrix weight = memory.matrix(source, Stream.of(parts).map(LinearSpec::weight).toList());
      boolean biased = Stream.of(parts).anyMatch(p -> p.bias() != null);
      return new Linear(weight, biased ? bias(memory, source, parts) : null);
    }

    private static Tensor bias(WeightMemory memory, TensorSource source, LinearSpec... parts) {
      float[] all = new float[Stream.of(parts).mapToInt(LinearSpec::out).sum()];
      int at = 0;
      for (LinearSpec p : parts) {
        if (p.bias() != null) {
          System.arraycopy(source.values(p.bias()), 0, all, at, p.out());
        }
        at += p.out();
      }
      return memory.vector(all);
    }

    void apply(Device device, Tensor x, Tensor y, int n) {
      device.linear(weight, bias, x, y, n);
    }

    void close() {
      weight.close();
      LoadedLayer.close(bias);
    }
  }

  static LoadedLayer of(WeightMemory memory, TensorSource source, LayerSpec s) {
    AttentionSpec a = s.attention();
    return new LoadedLayer(
        s,
        Norm.of(memory, source, s.attentionNorm()),
        Linear.of(memory, source, a.query(), a.key(), a.value()),
        a.queryNorm() == null ? null : Norm.weight(memory, source, a.queryNorm()),
        a.keyNorm() == null ? null : Norm.weight(memory, source, a.keyNorm()),
        Linear.of(memory, source, a.output()),
        Norm.of(memory, source, s.attentionOutputNorm()),
        Norm.of(memory, source, s.feedForwardNorm()),
        switch (s.feedForward()) {
          case FeedForwardSpec.Dense d -> Dense.of(memory, source, d);
          case FeedForwardSpec.Experts e -> Experts.of(memory, source, e);
        },
        Norm.of(memory, source, s.feedForwardOutputNorm()));
  }

  private static void close(Tensor... tensors) {
    for (Tensor t : tensors) {
      if (t != null) {
        t.close();
      }
    }
  }

  void close() {
    Stream.of(attentionNorm, attentionOutputNorm, feedForwardNorm, feedForwardOutputNorm)
        .filter(Objects::nonNull)
        .forEach(Norm::close);
    queryKeyValue.close();
    close(queryNorm, keyNorm);
    attentionOutput.close();
    feedForward.close();
  }
}
