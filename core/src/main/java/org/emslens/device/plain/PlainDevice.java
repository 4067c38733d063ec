package org.emslens.device.plain;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.numbers.gamma.Erf;
import org.emslens.device.CacheMemory;
import org.emslens.device.DecodeTap;
import org.emslens.device.Device;
import org.emslens.device.Matrix;
import org.emslens.device.ProcessMemory;
import org.emslens.device.PromptLayer;
import org.emslens.device.PromptMemory;
import org.emslens.device.Tensor;
import org.emslens.format.TensorInfo;
import org.emslens.format.TensorSource;
import org.emslens.model.Activation;
import org.emslens.model.AttentionSpec;
import org.emslens.model.NormSpec;
import org.emslens.model.RopeSpec;

/**
 * The operations as their formulas say, summed in double precision: what other devices are tested
 * against, and what one may read to learn what a language model does. Slow.
 */
final class PlainDevice implements Device {

  @Override
  public String id() {
    return "plain";
  }

  @Override
  public String name() {
    return "Plain loops in double precision";
  }

  @Override
  public long freeBytes() {
    return ProcessMemory.free();
  }

  @Override
  public Tensor tensor(int rows, int columns) {
    return new PlainTensor(rows, columns);
  }

  @Override
  public void upload(float[] from, int start, Tensor to, int row, int rows) {
    int width = to.columns();
    for (int r = 0; r < rows; r++) {
      System.arraycopy(from, start + r * width, PlainTensor.rows(to)[row + r], 0, width);
    }
  }

  @Override
  public void download(Tensor from, int row, int rows, float[] into, int start) {
    int width = from.columns();
    for (int r = 0; r < rows; r++) {
      System.arraycopy(PlainTensor.rows(from)[row + r], 0, into, start + r * width, width);
    }
  }

  @Override
  public Matrix matrix(TensorSource source, List<TensorInfo> parts) {
    return new PlainMatrix(source, List.copyOf(parts));
  }

  @Override
  public void linear(Matrix weight, Tensor bias, Tensor x, Tensor y, int n) {
    PlainMatrix w = (PlainMatrix) weight;
    IntStream.range(0, w.out())
        .parallel()
        .forEach(
            o -> {
              float[] row = w.row(o);
              double b = bias == null ? 0 : PlainTensor.row(bias)[o];
              for (int t = 0; t < n; t++) {
                double sum = Softmax.dot(PlainTensor.rows(x)[t], 0, row);
                PlainTensor.rows(y)[t][o] = (float) (sum + b);
              }
            });
  }

  @Override
  public void norm(
      NormSpec.Kind kind, float epsilon, Tensor weight, Tensor bias, Tensor x, Tensor y, int n) {
    for (int t = 0; t < n; t++) {
      float[] in = PlainTensor.rows(x)[t];
      double mean = 0;
      for (int i = 0; i < in.length && kind == NormSpec.Kind.LAYER; i++) {
        mean += in[i] / (double) in.length;
      }
      double square = 0;
      for (float v : in) {
        square += (v - mean) * (v - mean) / in.length;
      }
      for (int i = 0; i < in.length; i++) {
        double b = bias == null ? 0 : PlainTensor.row(bias)[i];
        double normed = (in[i] - mean) / Math.sqrt(square + epsilon);
        PlainTensor.rows(y)[t][i] = (float) (normed * PlainTensor.row(weight)[i] + b);
      }
    }
  }

  @Override
  public void normParts(float epsilon, Tensor weight, Tensor x, int from, int parts, int n) {
    float[] w = PlainTensor.row(weight);
    for (int t = 0; t < n; t++) {
      float[] row = PlainTensor.rows(x)[t];
      for (int p = 0; p < parts; p++) {
        int at = from + p * w.length;
        double square = 0;
        for (int i = 0; i < w.length; i++) {
          square += (double) row[at + i] * row[at + i] / w.length;
        }
        for (int i = 0; i < w.length; i++) {
          row[at + i] = (float) (row[at + i] / Math.sqrt(square + epsilon) * w[i]);
        }
      }
    }
  }

  @Override
  public void rotate(RopeSpec rope, Tensor x, int heads, int headDim, int[] positions, int n) {
    float[] frequencies = rope.frequencies();
    int pairs = frequencies.length;
    boolean halves = rope.pairs() == RopeSpec.Pairs.HALVES;
    for (int t = 0; t < n; t++) {
      float[] row = PlainTensor.rows(x)[t];
      for (int h = 0; h < heads; h++) {
        for (int i = 0; i < pairs; i++) {
          int first = h * headDim + (halves ? i : 2 * i);
          int second = first + (halves ? pairs : 1);
          float angle = positions[t] * frequencies[i];
          double a = row[first];
          double b = row[second];
          double cos = rope.magnitude() * Math.cos(angle);
          double sin = rope.magnitude() * Math.sin(angle);
          row[first] = (float) (a * cos - b * sin);
          row[second] = (float) (b * cos + a * sin);
        }
      }
    }
  }

  @Override
  public void activate(Activation activation, boolean gated, Tensor x, Tensor y, int n) {
    for (int t = 0; t < n; t++) {
      float[] in = PlainTensor.rows(x)[t];
      float[] out = PlainTensor.rows(y)[t];
      for (int i = 0; i < out.length; i++) {
        double up = gated ? in[out.length + i] : 1;
        out[i] = (float) (activated(activation, in[i]) * up);
      }
    }
  }

  private static double activated(Activation activation, double x) {
    return switch (activation) {
      case SILU -> x / (1 + Math.exp(-x));
      case GELU_TANH ->
          x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case GELU -> x / 2 * (1 + Erf.value(x / Math.sqrt(2)));
      case RELU -> Math.max(0, x);
    };
  }

  @Override
  public void add(Tensor x, Tensor y, float factor, int n) {
    for (int t = 0; t < n; t++) {
      for (int i = 0; i < x.columns(); i++) {
        PlainTensor.rows(x)[t][i] += factor * PlainTensor.rows(y)[t][i];
      }
    }
  }

  @Override
  public void experts(
      Activation activation,
      List<Matrix> up,
      List<Matrix> down,
      Tensor router,
      int used,
      boolean renormalised,
      Tensor x,
      Tensor y,
      int n) {
    for (int t = 0; t < n; t++) {
      double[] p = new double[up.size()];
      for (int e = 0; e < p.length; e++) {
        p[e] = PlainTensor.rows(router)[t][e];
      }
      Softmax.of(p);
      double[] left = p.clone();
      double[] sum = new double[y.columns()];
      double all = 0;
      for (int k = 0; k < used; k++) {
        int best = 0;
        for (int e = 1; e < p.length; e++) {
          best = left[e] > left[best] ? e : best;
        }
        left[best] = -1;
        all += p[best];
        expert(activation, up.get(best), down.get(best), PlainTensor.rows(x)[t], p[best], sum);
      }
      for (int i = 0; i < sum.length; i++) {
        PlainTensor.rows(y)[t][i] = (float) (renormalised ? sum[i] / all : sum[i]);
      }
    }
  }

  private static void expert(
      Activation activation, Matrix up, Matrix down, float[] x, double weight, double[] sum) {
    PlainMatrix u = (PlainMatrix) up;
    PlainMatrix d = (PlainMatrix) down;
    float[] inner = new float[d.in()];
    for (int i = 0; i < inner.length; i++) {
      double gate = activated(activation, Softmax.dot(x, 0, u.row(i)));
      inner[i] = (float) (gate * Softmax.dot(x, 0, u.row(inner.length + i)));
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] += weight * Softmax.dot(inner, 0, d.row(i));
    }
  }

  @Override
  public PromptMemory prompt(List<AttentionSpec.Shape> layers, int tokens, int lastRows) {
    return new PlainPrompt(layers, tokens, lastRows);
  }

  @Override
  public PromptMemory prompt(List<AttentionSpec.Shape> layers, List<PromptLayer> kept) {
    return PlainPrompt.of(layers, kept);
  }

  @Override
  public void attend(PromptMemory prompt, int layer, Tensor qkv, int first, int n, Tensor y) {
    ((PlainPrompt) prompt).attend(layer, PlainTensor.rows(qkv), first, n, PlainTensor.rows(y));
  }

  @Override
  public void attend(
      List<CacheMemory> caches,
      int layer,
      Tensor qkv,
      int[] positions,
      Tensor y,
      List<DecodeTap> taps) {
    for (int t = 0; t < caches.size(); t++) {
      attend(
          (PlainCache) caches.get(t),
          layer,
          PlainTensor.rows(qkv)[t],
          positions[t],
          PlainTensor.rows(y)[t],
          taps.get(t));
    }
  }

  /**
   * @return probabilities [H][slots]
   */
  private static double[][] attend(
      PlainCache cache, int layer, float[] qkv, int position, float[] y, DecodeTap tap) {
    AttentionSpec.Shape s = cache.shape(layer);
    int d = s.headDim();
    double[][] probabilities = new double[s.heads()][];
    for (int g = 0; g < s.kvHeads(); g++) {
      int key = s.queryWidth() + g * d;
      float[] k = Arrays.copyOfRange(qkv, key, key + d);
      float[] v = Arrays.copyOfRange(qkv, key + s.kvWidth(), key + s.kvWidth() + d);
      cache.head(layer, g).add(new PlainHead.Slot(k, v, 0, 0, position, 0));
      List<PlainHead.Slot> slots = cache.head(layer, g).slots();
      double[] average = new double[slots.size()];
      for (int h = g * s.group(); h < (g + 1) * s.group(); h++) {
        double[] p = new double[slots.size()];
        for (int j = 0; j < p.length; j++) {
          PlainHead.Slot slot = slots.get(j);
          p[j] =
              s.reaches(position, slot.position())
                  ? Softmax.score(s, Softmax.dot(qkv, h * d, slot.key())) + slot.bias()
                  : Double.NEGATIVE_INFINITY;
        }
        Softmax.of(p);
        for (int i = 0; i < d; i++) {
          double sum = 0;
          for (int j = 0; j < p.length; j++) {
            sum += p[j] * slots.get(j).value()[i];
          }
          y[h * d + i] = (float) sum;
        }
        for (int j = 0; j < p.length; j++) {
          average[j] += p[j] / s.group();
        }
        probabilities[h] = p;
        if (tap != null) {
          tap(tap, layer * s.heads() + h, p, y, h * d, d);
        }
      }
      cache.head(layer, g).attend(average, s, position);
    }
    return probabilities;
  }

  private static void tap(DecodeTap tap, int head, double[] p, float[] y, int from, int d) {
    tap.output(head, y, from, d);
    if (tap.tapsAttention()) {
      float[] row = new float[p.length];
      for (int j = 0; j < p.length; j++) {
        row[j] = (float) p[j];
      }
      tap.attention(head, row, 0, row.length);
    }
  }

  @Override
  public void attendMany(
      CacheMemory memory, int layer, Tensor qkv, int row, int first, int n, Tensor y) {
    for (int t = 0; t < n; t++) {
      float[] token = PlainTensor.rows(qkv)[row + t];
      attend((PlainCache) memory, layer, token, first + t, PlainTensor.rows(y)[row + t], null);
    }
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
