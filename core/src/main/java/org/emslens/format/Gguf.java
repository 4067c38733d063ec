package org.emslens.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A GGUF file, version 2 or 3, validated whole before anything is allocated for its tensors, and
 * memory-mapped.
 */
public final class Gguf implements TensorSource {
  private static final int MAGIC = 0x46554747;
  private static final int DEFAULT_ALIGNMENT = 32;
  private static final int MAX_DIMENSIONS = 4;

  private final MappedFile file;
  private final Map<String, Object> metadata = new LinkedHashMap<>();
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

  /**
   * Opens and validates the file.
   *
   * @throws BadFileException naming what is wrong with it
   */
  public Gguf(Path path) throws IOException {
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

  /** Metadata values by key: Long, Double, Boolean, String, or List of those. */
  public Map<String, Object> metadata() {
    return Collections.unmodifiableMap(metadata);
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
    GgufReader in = new GgufReader(file);
    if (!in.begins(MAGIC)) {
      throw bad("does not begin with 'GGUF', so it is not a GGUF file.");
    }
    int version = in.u32("the version");
    if (version != 2 && version != 3) {
      throw bad("is GGUF version " + version + "; versions 2 and 3 are supported.");
    }
    int tensorCount = in.count("the number of tensors", 24);
    int keyCount = in.count("the number of metadata keys", 13);
    for (int i = 0; i < keyCount; i++) {
      String key = in.string("metadata key " + i);
      if (metadata.put(key, in.value(key)) != null) {
        throw bad("metadata key '" + key + "' occurs twice.");
      }
    }
    List<TensorInfo> relative = new ArrayList<>();
    for (int i = 0; i < tensorCount; i++) {
      relative.add(tensor(in, i));
    }
    place(relative, in.position());
  }

  private TensorInfo tensor(GgufReader in, int index) throws BadFileException {
    String name = in.string("the name of tensor " + index);
    String what = "tensor '" + name + "'";
    int dimensions = in.u32("the number of dimensions of " + what);
    if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
      throw bad(what + " has " + dimensions + " dimensions; expected 1 to " + MAX_DIMENSIONS + ".");
    }
    List<Long> shape = new ArrayList<>();
    long count = 1;
    for (int i = 0; i < dimensions; i++) {
      long n = in.u64("dimension " + i + " of " + what);
      if (n == 0 || n > TensorChecks.MOST / count) {
        throw bad(
            what + " has dimension " + i + " of " + n + "; expected 1 to what a file can hold.");
      }
      count *= n;
      shape.addFirst(n);
    }
    int id = in.u32("the type of " + what);
    DType type = DType.ofGguf(id);
    if (type == null) {
      throw bad(what + " is stored as GGUF type " + id + "; supported are " + DType.names() + ".");
    }
    if (shape.getLast() % type.block() != 0) {
      throw bad(
          what
              + " has rows of "
              + shape.getLast()
              + " numbers; "
              + type
              + " needs a multiple of "
              + type.block()
              + ".");
    }
    return new TensorInfo(name, type, shape, in.u64("the offset of " + what));
  }

  /**
   * Turns offsets within the data section into offsets within the file, and checks alignment,
   * bounds and overlaps.
   */
  private void place(List<TensorInfo> relative, long headerEnd) throws BadFileException {
    long alignment = alignment();
    long data = (headerEnd + alignment - 1) / alignment * alignment;
    List<TensorInfo> placed = new ArrayList<>();
    for (TensorInfo t : relative) {
      if (t.offset() % alignment != 0) {
        throw bad(
            "tensor '"
                + t.name()
                + "' starts at "
                + t.offset()
                + ", not a multiple of the alignment "
                + alignment
                + ".");
      }
      TensorChecks.reaches(file, t.name(), data, t.offset(), t.bytes());
      placed.add(new TensorInfo(t.name(), t.type(), t.shape(), data + t.offset()));
    }
    TensorChecks.add(file.path(), placed, tensors);
  }

  private long alignment() throws BadFileException {
    Object value = metadata.getOrDefault("general.alignment", (long) DEFAULT_ALIGNMENT);
    if (value instanceof Long a && a > 0 && a <= 1 << 20 && Long.bitCount(a) == 1) {
      return a;
    }
    throw bad("'general.alignment' is " + value + "; expected a power of two.");
  }

  private BadFileException bad(String problem) {
    return new BadFileException(file.path(), problem);
  }
}
