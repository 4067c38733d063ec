package org.emslens.engine;

import java.util.stream.Stream;
import org.emslens.device.Device;
import org.emslens.device.Matrix;
import org.emslens.device.Tensor;
import org.emslens.format.TensorSource;
import org.emslens.model.LayerSpec;
import org.emslens.model.LinearSpec;
import org.emslens.model.NormSpec;

/**
 * The weights of one layer in a device's memory: queries, keys and values in one matrix, gate and
 * up in another.
 */
record LoadedLayer(
    LayerSpec spec,
    Norm attentionNorm,
    Linear queryKeyValue,
    Linear attentionOutput,
    Norm feedForwardNorm,
    Linear up,
    Linear down) {

  /** A normalisation with its weights. */
  record Norm(NormSpec spec, Tensor weight, Tensor bias) {

    static Norm of(Device device, TensorSource source, NormSpec spec) {
      return new Norm(
          spec,
          device.vector(source.values(spec.weight())),
          spec.bias() == null ? null : device.vector(source.values(spec.bias())));
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
    static Linear of(Device device, TensorSource source, LinearSpec... parts) {
      Matrix weight = device.matrix(source, Stream.of(parts).map(LinearSpec::weight).toList());
      boolean biased = Stream.of(parts).anyMatch(p -> p.bias() != null);
      return new Linear(weight, biased ? bias(device, source, parts) : null);
    }

    private static Tensor bias(Device device, TensorSource source, LinearSpec... parts) {
      float[] all = new float[Stream.of(parts).mapToInt(LinearSpec::out).sum()];
      int at = 0;
      for (LinearSpec p : parts) {
        if (p.bias() != null) {
          System.arraycopy(source.values(p.bias()), 0, all, at, p.out());
        }
        at += p.out();
      }
      return device.vector(all);
    }

    void apply(Device device, Tensor x, Tensor y, int n) {
      device.linear(weight, bias, x, y, n);
    }

    void close() {
      weight.close();
      LoadedLayer.close(bias);
    }
  }

  static LoadedLayer of(Device device, TensorSource source, LayerSpec s) {
    return new LoadedLayer(
        s,
        Norm.of(device, source, s.attentionNorm()),
        Linear.of(
            device, source, s.attention().query(), s.attention().key(), s.attention().value()),
        Linear.of(device, source, s.attention().output()),
        Norm.of(device, source, s.feedForwardNorm()),
        s.feedForward().gated()
            ? Linear.of(device, source, s.feedForward().gate(), s.feedForward().up())
            : Linear.of(device, source, s.feedForward().up()),
        Linear.of(device, source, s.feedForward().down()));
  }

  private static void close(Tensor... tensors) {
    for (Tensor t : tensors) {
      if (t != null) {
        t.close();
      }
    }
  }

  void close() {
    attentionNorm.close();
    queryKeyValue.close();
    attentionOutput.close();
    feedForwardNorm.close();
    up.close();
    down.close();
  }
}
