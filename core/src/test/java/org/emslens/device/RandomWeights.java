package org.emslens.device;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.emslens.TestFiles;
import org.emslens.format.DType;
import org.emslens.format.TensorInfo;
import org.emslens.format.TensorSource;

/**
 * Two matrices of one stored type, one below the other, whose rows differ: the reference's blocks,
 * put together in another order each row.
 */
public record RandomWeights(DType type, byte[] raw, float[] values) implements TensorSource {
  private static final int IN = 256;
  private static final int FIRST = 75;
  private static final int SECOND = 7;

  /** Blocks of this type, as the Python package `gguf` made and read them. */
  public static RandomWeights of(DType type) throws IOException {
    JsonNode c = TestFiles.json("tiny/quants.json").get(type.name());
    byte[] raw = Base64.getDecoder().decode(c.get("raw").asText());
    byte[] numbers = Base64.getDecoder().decode(c.get("values").asText());
    float[] values = new float[numbers.length / 4];
    ByteBuffer.wrap(numbers).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    int size = type.block();
    int bytes = (int) type.bytesOf(size);
    int blocks = values.length / size;
    int count = (FIRST + SECOND) * IN / size;
    byte[] allRaw = new byte[count * bytes];
    float[] all = new float[count * size];
    for (int b = 0; b < count; b++) {
      int from = (b + b / 7) % blocks;
      System.arraycopy(raw, from * bytes, allRaw, b * bytes, bytes);
      System.arraycopy(values, from * size, all, b * size, size);
    }
    return new RandomWeights(type, allRaw, all);
  }

  public int in() {
    return IN;
  }

  public int out() {
    return FIRST + SECOND;
  }

  public List<TensorInfo> parts() {
    return List.of(
        new TensorInfo("first", type, List.of((long) FIRST, (long) IN), 0),
        new TensorInfo(
            "second", type, List.of((long) SECOND, (long) IN), type.bytesOf(FIRST * IN)));
  }

  @Override
  public Path path() {
    return Path.of("random");
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    return Map.of("first", parts().get(0), "second", parts().get(1));
  }

  @Override
  public void read(TensorInfo tensor, long start, float[] into) {
    int from = tensor.name().equals("first") ? 0 : FIRST * IN;
    System.arraycopy(values, from + (int) start, into, 0, into.length);
  }

  @Override
  public void raw(TensorInfo tensor, long start, byte[] into) {
    System.arraycopy(raw, (int) (tensor.offset() + start), into, 0, into.length);
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
