package org.emslens.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One safetensors file: a length, a JSON header, and the numbers. Validated whole when opened. */
public final class Safetensors implements TensorSource {
  private static final long MAX_HEADER = 100_000_000;
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MappedFile file;
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

  /**
   * @throws BadFileException naming what is wrong with the file
   */
  public Safetensors(Path path) throws IOException {
    file = new MappedFile(path);
    try {
      parse();
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public Path path() {
    return file.path();
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  @Override
  public void read(TensorInfo tensor, long start, float[] into) {
    file.read(tensor, start, into);
  }

  @Override
  public void raw(TensorInfo tensor, long start, byte[] into) {
    file.raw(tensor, start, into);
  }

  @Override
  public void close() {
    file.close();
  }

  private void parse() throws BadFileException {
    if (file.size() < 10) {
      throw bad("has " + file.size() + " bytes, too few for a safetensors file.");
    }
    long length = file.bytes().get(LONG, 0);
    if (length < 2 || length > Math.min(MAX_HEADER, file.size() - 8)) {
      throw bad(
          "is no safetensors file, or is cut off: it claims a header of "
              + Long.toUnsignedString(length)
              + " bytes; the file has "
              + file.size()
              + ".");
    }
    JsonNode header =
        Json.parse(
            path(), file.bytes().asSlice(8, length).toArray(ValueLayout.JAVA_BYTE), "the header");
    long data = 8 + length;
    List<TensorInfo> found = new ArrayList<>();
    for (Map.Entry<String, JsonNode> e : header.properties()) {
      if (!e.getKey().equals("__metadata__")) {
        found.add(tensor(e.getKey(), e.getValue(), data));
      }
    }
    TensorChecks.add(file.path(), found, tensors);
  }

  private TensorInfo tensor(String name, JsonNode entry, long data) throws BadFileException {
    String what = "tensor '" + name + "'";
    DType type = DType.ofSafetensors(entry.path("dtype").asText());
    if (type == null) {
      throw bad(
          what
              + " is stored as '"
              + entry.path("dtype").asText()
              + "'; supported are F32, F16, BF16.");
    }
    List<Long> shape = new ArrayList<>();
    long count = 1;
    for (JsonNode n : entry.path("shape")) {
      long size = n.asLong(-1);
      if (size <= 0 || size > TensorChecks.MOST / count) {
        throw bad(what + " has a dimension of " + n + "; expected 1 to what a file can hold.");
      }
      count *= size;
      shape.add(size);
    }
    long begin = entry.path("data_offsets").path(0).asLong(-1);
    long end = entry.path("data_offsets").path(1).asLong(-1);
    if (begin < 0 || end < begin) {
      throw bad(
          what
              + " has data_offsets "
              + entry.path("data_offsets")
              + "; expected two places, the second not before the first.");
    }
    TensorChecks.reaches(file, name, data, end, 0);
    TensorInfo tensor = new TensorInfo(name, type, shape, data + begin);
    if (tensor.bytes() != end - begin) {
      throw bad(
          what
              + " of shape "
              + shape
              + " needs "
              + tensor.bytes()
              + " bytes, but its data_offsets span "
              + (end - begin)
              + ".");
    }
    return tensor;
  }

  private BadFileException bad(String problem) {
    return new BadFileException(file.path(), problem);
  }
}
