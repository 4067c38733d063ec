package org.emslens.model;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.emslens.format.BadFileException;
import org.emslens.format.DType;
import org.emslens.format.Rearranged;
import org.emslens.format.TensorInfo;
import org.emslens.format.TensorSource;

/**
 * A model's tensors on their way into a {@link ModelSpec}: each is asked for by name and shape, and
 * what nobody asked for is refused in the end, since ignoring a tensor means computing something
 * else than the model.
 */
public final class Tensors {
  private final TensorSource source;
  private final Set<String> used = new LinkedHashSet<>();
  private Rearranged rearranged;

  public Tensors(TensorSource source) {
    this.source = source;
  }

  public boolean has(String name) {
    return source.tensors().containsKey(name);
  }

  /**
   * The tensor of this name.
   *
   * @param shape row-major
   * @throws BadFileException where it is missing or of another shape
   */
  public TensorInfo get(String name, long... shape) throws BadFileException {
    TensorInfo t = source.tensors().get(name);
    if (t == null) {
      throw new BadFileException(source.path(), "tensor '" + name + "' is missing.");
    }
    if (!t.hasShape(shape)) {
      throw new BadFileException(
          source.path(),
          "tensor '"
              + name
              + "' has shape "
              + t.shape()
              + "; expected "
              + Arrays.toString(shape)
              + ".");
    }
    used.add(name);
    return t;
  }

  /** The linear map NAME.weight [out, in], and NAME.bias [out] where there is one. */
  public LinearSpec linear(String name, long out, long in) throws BadFileException {
    String bias = name + ".bias";
    return new LinearSpec(get(name + ".weight", out, in), has(bias) ? get(bias, out) : null);
  }

  /** The mean and variance norm NAME.weight [n], and NAME.bias [n] where there is one. */
  public NormSpec layerNorm(String name, long n, float epsilon) throws BadFileException {
    String bias = name + ".bias";
    return new NormSpec(
        NormSpec.Kind.LAYER, epsilon, get(name + ".weight", n), has(bias) ? get(bias, n) : null);
  }

  /** The linear map whose weight is stored as [in, out]. */
  public LinearSpec transposed(String name, long out, long in) throws BadFileException {
    TensorInfo weight = unpacked(get(name + ".weight", in, out));
    return new LinearSpec(rearranged().transposed(weight), get(name + ".bias", out));
  }

  /** A linear map whose outputs are stored group by group; see {@link Rearranged#sortedByKind}. */
  public LinearSpec sortedByKind(String name, int groups, int kinds, long out, long in)
      throws BadFileException {
    LinearSpec stored = linear(name, out, in);
    TensorInfo weight = rearranged().sortedByKind(unpacked(stored.weight()), groups, kinds);
    return new LinearSpec(
        weight,
        stored.bias() == null
            ? null
            : rearranged().sortedByKind(unpacked(stored.bias()), groups, kinds));
  }

  private TensorInfo unpacked(TensorInfo tensor) throws BadFileException {
    demand(
        tensor.type().block() == 1,
        "tensor '" + tensor.name() + "' is stored as " + tensor.type() + "; expected numbers");
    return tensor;
  }

  private Rearranged rearranged() {
    if (rearranged == null) {
      rearranged = new Rearranged(source);
    }
    return rearranged;
  }

  /** Where the tensors that were asked for are read. */
  public TensorSource source() {
    return rearranged == null ? source : rearranged;
  }

  /** Refuses the file where this does not hold. */
  public void demand(boolean holds, String problem) throws BadFileException {
    if (!holds) {
      throw new BadFileException(source.path(), problem + ".");
    }
  }

  /**
   * Refuses tensors that nobody asked for.
   *
   * @param harmless names that change nothing
   */
  public void refuseOthers(Predicate<String> harmless) throws BadFileException {
    for (String name : source.tensors().keySet()) {
      if (!used.contains(name) && !harmless.test(name)) {
        throw new BadFileException(
            source.path(),
            "tensor '" + name + "' has no place in this architecture, as far as it is known here.");
      }
    }
  }

  /**
   * Checks a model's numbers against each other and against the tensors, before anything is made in
   * their size.
   */
  public void check(ModelConfig config) throws BadFileException {
    String problem = config.problem();
    if (problem != null) {
      throw new BadFileException(source.path(), problem + ".");
    }
    if (config.layers() > source.tensors().size()) {
      throw new BadFileException(
          source.path(), "has " + config.layers() + " layers, more than tensors.");
    }
  }

  /** A tensor's numbers as float32. */
  public float[] values(TensorInfo tensor) {
    return source.values(tensor);
  }

  /** Bytes that all tensors take on disk. */
  public long bytes() {
    return source.tensors().values().stream().mapToLong(TensorInfo::bytes).sum();
  }

  /** The type of most weights outside the embedding, by numbers stored. */
  public DType commonType() {
    Map<DType, Long> counts = new TreeMap<>();
    source.tensors().values().stream()
        .filter(t -> t.shape().size() > 1 && !t.name().contains("embd"))
        .forEach(t -> counts.merge(t.type(), t.count(), Long::sum));
    return counts.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(DType.F32);
  }

  /** Numbers in all tensors. */
  public long parameters() {
    return source.tensors().values().stream().mapToLong(TensorInfo::count).sum();
  }
}
