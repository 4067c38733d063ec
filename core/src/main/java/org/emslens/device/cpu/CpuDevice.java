package org.emslens.device.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
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
 * The processor: ND4J multiplies blocks of tokens, everything else is Java on arrays. With ND4J's
 * CUDA backend on the class path, weights stay on its card, which multiplies single tokens too.
 */
public final class CpuDevice implements Device {
  private final String id;
  private final String name;
  private final boolean card;
  private final Kernels kernels;
  private final Workers workers;
  private final Blas blas = new Blas();
  private final Blas[] blasOfThreads;
  private final Products products;

  /** Of each thread. */
  private final PromptAttention.Memory[] attention;

  private final CacheAttention cacheAttention;
  private final Elementwise elementwise = new Elementwise();
  private final Map<RopeSpec, Rotation> rotations = new ConcurrentHashMap<>();

  /**
   * @param card whether ND4J's backend has a card, which then keeps the weights
   */
  CpuDevice(String id, boolean card, Kernels kernels) {
    this.id = id;
    this.card = card;
    this.kernels = kernels;
    name = Backend.name() + (card ? "" : ", " + kernels.name());
    int threads = Runtime.getRuntime().availableProcessors();
    workers = new Workers(threads - 1);
    // A card takes one product after the other.
    blasOfThreads = Stream.generate(Blas::new).limit(card ? 1 : threads).toArray(Blas[]::new);
    attention =
        Stream.generate(PromptAttention.Memory::new)
            .limit(threads)
            .toArray(PromptAttention.Memory[]::new);
    products = new Products(kernels, blas, blasOfThreads, workers);
    cacheAttention = new CacheAttention(kernels, workers);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long freeBytes() {
    return card ? 0 : ProcessMemory.free();
  }

  @Override
  public Tensor tensor(int rows, int columns) {
    return new HostTensor(rows, columns);
  }

  @Override
  public void upload(float[] from, int start, Tensor to, int row, int rows) {
    System.arraycopy(from, start, HostTensor.data(to), row * to.columns(), rows * to.columns());
  }

  @Override
  public void download(Tensor from, int row, int rows, float[] into, int start) {
    System.arraycopy(
        HostTensor.data(from), row * from.columns(), into, start, rows * from.columns());
  }

  @Override
  public Matrix matrix(TensorSource source, List<TensorInfo> parts) {
    List<PackedMatrix> packed = new ArrayList<>();
    List<CardMatrix> onCard = new ArrayList<>();
    try {
      for (TensorInfo part : parts) {
        if (card) {
          onCard.add(new CardMatrix(source, part));
        } else {
          packed.add(new PackedMatrix(kernels, source, part));
        }
      }
    } catch (RuntimeException | Error e) {
      packed.forEach(PackedMatrix::close);
      onCard.forEach(CardMatrix::close);
      throw e;
    }
    long out = parts.stream().mapToLong(p -> p.shape().getFirst()).sum();
    return new CpuMatrix(
        Math.toIntExact(out), Math.toIntExact(parts.getFirst().shape().getLast()), packed, onCard);
  }

  @Override
  public void linear(Matrix weight, Tensor bias, Tensor x, Tensor y, int n) {
    products.multiply((CpuMatrix) weight, HostTensor.data(x), HostTensor.data(y), n);
    if (bias != null) {
      elementwise.addToRows(HostTensor.data(y), HostTensor.data(bias), n);
    }
  }

  @Override
  public void norm(
      NormSpec.Kind kind, float epsilon, Tensor weight, Tensor bias, Tensor x, Tensor y, int n) {
    elementwise.norm(
        kind,
        epsilon,
        HostTensor.data(weight),
        HostTensor.data(bias),
        HostTensor.data(x),
        HostTensor.data(y),
        n);
  }

  @Override
  public void normParts(float epsilon, Tensor weight, Tensor x, int from, int parts, int n) {
    elementwise.normParts(
        epsilon, HostTensor.data(weight), HostTensor.data(x), x.columns(), from, parts, n);
  }

  @Override
  public void rotate(RopeSpec rope, Tensor x, int heads, int headDim, int[] positions, int n) {
    rotations
        .computeIfAbsent(rope, Rotation::new)
        .rotate(HostTensor.data(x), x.columns(), heads, headDim, positions, n);
  }

  @Override
  public void activate(Activation activation, boolean gated, Tensor x, Tensor y, int n) {
    elementwise.activate(activation, gated, HostTensor.data(x), HostTensor.data(y), y.columns(), n);
  }

  @Override
  public void add(Tensor x, Tensor y, float factor, int n) {
    Elementwise.add(HostTensor.data(x), HostTensor.data(y), factor, n * x.columns());
  }

  @Override
  public PromptMemory prompt(List<AttentionSpec.Shape> layers, int tokens, int lastRows) {
    return HostPrompt.empty(kernels, layers, tokens, lastRows);
  }

  @Override
  public PromptMemory prompt(List<AttentionSpec.Shape> layers, List<PromptLayer> kept) {
    return HostPrompt.of(layers, kept);
  }

  @Override
  public void attend(PromptMemory prompt, int layer, Tensor qkv, int first, int n, Tensor y) {
    new PromptAttention(kernels, attention, workers, (HostPrompt) prompt, layer)
        .attend(HostTensor.data(qkv), first, n, HostTensor.data(y));
    if (first + n == prompt.tokens() && layer == ((HostPrompt) prompt).layers() - 1) {
      free();
    }
  }

  @Override
  public void attend(
      List<CacheMemory> caches,
      int layer,
      Tensor qkv,
      int[] positions,
      Tensor y,
      List<DecodeTap> taps) {
    cacheAttention.attend(caches, layer, HostTensor.data(qkv), positions, HostTensor.data(y), taps);
  }

  @Override
  public void attendMany(
      CacheMemory cache, int layer, Tensor qkv, int row, int first, int n, Tensor y) {
    cacheAttention.attendMany(
        (HostCache) cache, layer, HostTensor.data(qkv), row, first, n, HostTensor.data(y));
  }

  /** Gives back what products needed. */
  private void free() {
    blas.free();
    for (Blas b : blasOfThreads) {
      b.free();
    }
    for (PromptAttention.Memory m : attention) {
      m.free();
    }
  }

  @Override
  public void warmUp() {
    Rehearsal.run();
  }

  @Override
  public void close() {
    workers.close();
    free();
  }
}
