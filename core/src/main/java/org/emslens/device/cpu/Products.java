package org.emslens.device.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.emslens.device.cpu.Blas.Use;

/**
 * Activations times weights. A few tokens multiply the packed weights as they lie; for many,
 * weights are unpacked some rows at a time and ND4J multiplies.
 */
final class Products {
  /** Weights that a thread unpacks at a time: they stay in its processor's own cache. */
  private static final int UNPACKED = 1 << 18;

  private static final int TASKS_PER_THREAD = 4;

  private final int few;
  private final Blas shared;
  private final Blas[] own;
  private final Workers workers;
  private final PackedMatrix.Scratch[] scratch;

  /**
   * @param own one for each thread
   */
  Products(Kernels kernels, Blas shared, Blas[] own, Workers workers) {
    few = kernels.few();
    this.shared = shared;
    this.own = own;
    this.workers = workers;
    int threads = own.length;
    scratch = new PackedMatrix.Scratch[threads * TASKS_PER_THREAD];
    Arrays.setAll(scratch, i -> new PackedMatrix.Scratch(kernels.tileRows()));
  }

  /** y [n, out] = x [n, in] times the weights. */
  void multiply(CpuMatrix weights, float[] x, float[] y, int n) {
    if (!weights.card().isEmpty()) {
      onCard(weights, x, y, n);
    } else if (n <= few) {
      few(weights, x, y, n);
    } else {
      many(weights, x, y, n);
    }
  }

  private void few(CpuMatrix weights, float[] x, float[] y, int n) {
    int in = weights.in();
    int padded = weights.packed().getFirst().paddedIn();
    Inputs inputs = Inputs.of(padded == in ? x : padded(x, in, padded, n), n * padded);
    List<PackedMatrix> parts = weights.packed();
    int tiles = parts.stream().mapToInt(PackedMatrix::tiles).sum();
    int tasks = Math.min(scratch.length, tiles);
    workers.run(
        tasks,
        task -> {
          int from = (int) ((long) task * tiles / tasks);
          int to = (int) ((task + 1L) * tiles / tasks);
          int firstTile = 0;
          int firstRow = 0;
          for (PackedMatrix part : parts) {
            int end = firstTile + part.tiles();
            for (int t = Math.max(from, firstTile); t < Math.min(to, end); t++) {
              part.multiply(t - firstTile, inputs, n, y, weights.out(), firstRow, scratch[task]);
            }
            firstTile = end;
            firstRow += part.rows();
          }
        });
  }

  private static float[] padded(float[] x, int in, int to, int n) {
    float[] out = new float[n * to];
    for (int t = 0; t < n; t++) {
      System.arraycopy(x, t * in, out, t * to, in);
    }
    return out;
  }

  /** Some tiles of a part, whose first row is so far down. */
  private record Piece(PackedMatrix part, int first, int tiles, int row) {}

  private void many(CpuMatrix weights, float[] x, float[] y, int n) {
    HostArray activations = shared.array(Use.ACTIVATIONS, n, weights.in());
    activations.putAll(x, n * weights.in());
    List<Piece> pieces = new ArrayList<>();
    int row = 0;
    for (PackedMatrix part : weights.packed()) {
      int atOnce = Math.clamp(UNPACKED / weights.in() / part.tileRows(), 1, part.tiles());
      for (int first = 0; first < part.tiles(); first += atOnce) {
        int tiles = Math.min(atOnce, part.tiles() - first);
        pieces.add(new Piece(part, first, tiles, row + first * part.tileRows()));
      }
      row += part.rows();
    }
    workers.share(
        own.length,
        pieces.size(),
        (thread, i) -> piece(pieces.get(i), activations, n, y, weights.out(), thread));
  }

  private void piece(Piece p, HostArray activations, int n, float[] y, int out, int thread) {
    Blas blas = own[thread];
    int width = p.tiles * p.part.tileRows();
    int in = activations.columns();
    HostArray unpacked = blas.array(Use.WEIGHTS, in, width);
    for (int t = 0; t < p.tiles; t++) {
      p.part.unpack(p.first, p.first + t, width, unpacked.memory(), scratch[thread]);
    }
    HostArray products = blas.array(Use.PRODUCTS, n, width);
    blas.multiply(activations, unpacked, products, false);
    int rows = Math.min(width, p.part.rows() - p.first * p.part.tileRows());
    for (int t = 0; t < n; t++) {
      products.get(t * width, y, t * out + p.row, rows);
    }
  }

  private void onCard(CpuMatrix weights, float[] x, float[] y, int n) {
    int in = weights.in();
    int firstRow = 0;
    for (CardMatrix part : weights.card()) {
      if (n == 1) {
        part.one(x, 0, y, firstRow);
      } else {
        HostArray activations = shared.array(Use.ACTIVATIONS, n, in);
        activations.putAll(x, n * in);
        activations.written();
        HostArray products = shared.array(Use.PRODUCTS, n, part.rows());
        part.many(shared, activations, products);
        products.fetch();
        for (int t = 0; t < n; t++) {
          products.get(t * part.rows(), y, t * weights.out() + firstRow, part.rows());
        }
      }
      firstRow += part.rows();
    }
  }
}
