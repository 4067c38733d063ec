package org.emslens.device.cpu;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.emslens.device.cpu.Blas.Use;

/**
 * Activations times weights. A few tokens multiply the packed weights as they lie; for many,
 * weights are unpacked some rows at a time and ND4J multiplies.
 */
final class Products {
  /** More tokens than this are many: unpacking pays. */
  static final int FEW = 8;

  /** Weights that are unpacked at a time. */
  private static final int UNPACKED = 1 << 20;

  private static final int TASKS_PER_THREAD = 4;

  private final Blas blas;
  private final Workers workers;
  private final PackedMatrix.Scratch[] scratch;

  Products(Kernels kernels, Blas blas, Workers workers, int threads) {
    this.blas = blas;
    this.workers = workers;
    scratch = new PackedMatrix.Scratch[threads * TASKS_PER_THREAD];
    Arrays.setAll(scratch, i -> new PackedMatrix.Scratch(kernels.tileRows()));
  }

  /** y [n, out] = x [n, in] times the weights. */
  void multiply(CpuMatrix weights, float[] x, float[] y, int n) {
    if (!weights.card().isEmpty()) {
      onCard(weights, x, y, n);
    } else if (n <= FEW) {
      few(weights, x, y, n);
    } else {
      many(weights, x, y, n);
    }
  }

  private void few(CpuMatrix weights, float[] x, float[] y, int n) {
    int in = weights.in();
    int padded = weights.packed().getFirst().paddedIn();
    float[] inputs = padded == in ? x : padded(x, in, padded, n);
    PackedMatrix.Sums sums = PackedMatrix.Sums.of(inputs, n * padded);
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
              part.multiply(
                  t - firstTile, inputs, sums, n, y, weights.out(), firstRow, scratch[task]);
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

  private void many(CpuMatrix weights, float[] x, float[] y, int n) {
    int in = weights.in();
    HostArray activations = blas.array(Use.ACTIVATIONS, n, in);
    activations.putAll(x, n * in);
    activations.written();
    int firstRow = 0;
    for (PackedMatrix part : weights.packed()) {
      int tileRows = part.tileRows();
      int tilesAtOnce = Math.clamp(UNPACKED / in / tileRows, 1, part.tiles());
      for (int first = 0; first < part.tiles(); first += tilesAtOnce) {
        int count = Math.min(tilesAtOnce, part.tiles() - first);
        int width = count * tileRows;
        HostArray unpacked = blas.array(Use.WEIGHTS, in, width);
        unpack(part, first, count, width, unpacked);
        HostArray products = blas.array(Use.PRODUCTS, n, width);
        blas.multiply(activations, unpacked, products, false);
        products.fetch();
        int row = firstRow + first * tileRows;
        int rows = Math.min(width, part.rows() - first * tileRows);
        IntStream.range(0, n)
            .parallel()
            .forEach(t -> products.get(t * width, y, t * weights.out() + row, rows));
      }
      firstRow += part.rows();
    }
  }

  private static void unpack(PackedMatrix part, int first, int count, int width, HostArray into) {
    IntStream.range(0, count)
        .parallel()
        .forEach(
            t ->
                part.unpack(
                    first,
                    first + t,
                    width,
                    into.memory(),
                    new PackedMatrix.Scratch(part.tileRows())));
    into.written();
  }

  private void onCard(CpuMatrix weights, float[] x, float[] y, int n) {
    int in = weights.in();
    int firstRow = 0;
    for (CardMatrix part : weights.card()) {
      if (n == 1) {
        part.one(x, 0, y, firstRow);
      } else {
        HostArray activations = blas.array(Use.ACTIVATIONS, n, in);
        activations.putAll(x, n * in);
        activations.written();
        HostArray products = blas.array(Use.PRODUCTS, n, part.rows());
        part.many(blas, activations, products);
        products.fetch();
        for (int t = 0; t < n; t++) {
          products.get(t * part.rows(), y, t * weights.out() + firstRow, part.rows());
        }
      }
      firstRow += part.rows();
    }
  }
}
