package org.emslens.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.emslens.format.DType;
import org.emslens.format.TensorInfo;
import org.emslens.format.TensorSource;

/** One matrix of random float32 numbers. */
public record FloatWeights(int out, int in, float[] values) implements TensorSource {

  public static FloatWeights of(int out, int in, long seed) {
    Random r = new Random(seed);
    float[] values = new float[out * in];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) r.nextGaussian();
    }
    return new FloatWeights(out, in, values);
  }

  public List<TensorInfo> parts() {
    return List.of(new TensorInfo("all", DType.F32, List.of((long) out, (long) in), 0));
  }

  @Override
  public Path path() {
    return Path.of("random");
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    return Map.of("all", parts().getFirst());
  }

  @Override
  public void read(TensorInfo tensor, long start, float[] into) {
    System.arraycopy(values, (int) start, into, 0, into.length);
  }

  @Override
  public void raw(TensorInfo tensor, long start, byte[] into) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    bytes.get((int) start, into);
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
