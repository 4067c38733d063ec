package org.emslens.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.emslens.device.Device;
import org.emslens.device.Tensor;
import org.emslens.model.ModelSpec;

/**
 * What lies between operations, for so many tokens; shared by all layers, of which some may be
 * wider than others.
 */
final class Activations implements AutoCloseable {
  private final Device device;
  private final int rows;
  private final Map<Sized, Tensor> sized = new HashMap<>();

  /** What layers add to, and what the output projection reads. */
  final Tensor x;

  final Tensor normed;

  /** What a layer adds. */
  final Tensor added;

  final Tensor logits;

  /** What a tensor within a layer is for. */
  enum Use {
    QKV,
    MIXED,
    UP,
    INNER,
    ROUTER,
    ADDED
  }

  private record Sized(Use use, int columns) {}

  Activations(Device device, ModelSpec spec, int rows, boolean withLogits) {
    this.device = device;
    this.rows = rows;
    x = device.tensor(rows, spec.hidden());
    normed = device.tensor(rows, spec.hidden());
    added = device.tensor(rows, spec.hidden());
    logits = device.tensor(withLogits ? rows : 0, spec.vocab());
  }

  int rows() {
    return rows;
  }

  /** The tensor for a use that has so many columns. */
  Tensor of(Use use, int columns) {
    return sized.computeIfAbsent(new Sized(use, columns), s -> device.tensor(rows, columns));
  }

  /** What the other of two parallel parts adds. */
  Tensor alsoAdded() {
    return of(Use.ADDED, x.columns());
  }

  @Override
  public void close() {
    List.of(x, normed, added, logits).forEach(Tensor::close);
    sized.values().forEach(Tensor::close);
  }
}
