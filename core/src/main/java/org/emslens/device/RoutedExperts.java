package org.emslens.device;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.emslens.math.Exponential;
import org.emslens.math.Ranking;
import org.emslens.model.Activation;

/**
 * Routed experts out of a device's other operations: each expert runs once, on the rows that are
 * its own.
 */
final class RoutedExperts {
  private final Device device;
  private final Activation activation;
  private final List<Matrix> up;
  private final List<Matrix> down;

  RoutedExperts(Device device, Activation activation, List<Matrix> up, List<Matrix> down) {
    this.device = device;
    this.activation = activation;
    this.up = up;
    this.down = down;
  }

  /** A row that an expert takes part in, and with what weight. */
  private record Share(int row, float weight) {}

  /** As {@link Device#experts} says. */
  void run(Tensor router, int used, boolean renormalised, Tensor x, Tensor y, int n) {
    List<List<Share>> shares = shares(router, used, renormalised, n);
    float[] in = new float[n * x.columns()];
    float[] sums = new float[n * y.columns()];
    device.download(x, 0, n, in, 0);
    for (int e = 0; e < shares.size(); e++) {
      if (!shares.get(e).isEmpty()) {
        add(e, shares.get(e), in, sums);
      }
    }
    device.upload(sums, 0, y, 0, n);
  }

  private List<List<Share>> shares(Tensor router, int used, boolean renormalised, int n) {
    int experts = router.columns();
    List<List<Share>> shares = new ArrayList<>();
    IntStream.range(0, experts).forEach(e -> shares.add(new ArrayList<>()));
    float[] p = new float[experts];
    Exponential exponential = new Exponential();
    for (int t = 0; t < n; t++) {
      device.download(router, t, 1, p, 0);
      exponential.softmax(p, experts, 1, null);
      int[] best = Ranking.best(p, experts, used);
      double all = renormalised ? IntStream.of(best).mapToDouble(e -> p[e]).sum() : 1;
      for (int e : best) {
        shares.get(e).add(new Share(t, (float) (p[e] / all)));
      }
    }
    return shares;
  }

  private void add(int expert, List<Share> shares, float[] in, float[] sums) {
    Matrix u = up.get(expert);
    Matrix d = down.get(expert);
    int n = shares.size();
    float[] rows = new float[n * u.in()];
    for (int i = 0; i < n; i++) {
      System.arraycopy(in, shares.get(i).row * u.in(), rows, i * u.in(), u.in());
    }
    float[] out = new float[n * d.out()];
    try (Tensor x = device.tensor(n, u.in());
        Tensor wide = device.tensor(n, u.out());
        Tensor inner = device.tensor(n, d.in());
        Tensor y = device.tensor(n, d.out())) {
      device.upload(rows, 0, x, 0, n);
      device.linear(u, null, x, wide, n);
      device.activate(activation, true, wide, inner, n);
      device.linear(d, null, inner, y, n);
      device.download(y, 0, n, out, 0);
    }
    for (int i = 0; i < n; i++) {
      Share s = shares.get(i);
      for (int o = 0; o < d.out(); o++) {
        sums[s.row * d.out() + o] += s.weight * out[i * d.out() + o];
      }
    }
  }
}
