package org.emslens.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Some of the tensors of a source, under other names. */
public final class Renamed implements TensorSource {
  private final TensorSource stored;
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
  private final Map<String, String> storedNames = new LinkedHashMap<>();

  /**
   * @param name a stored name's other one, or null for what is left out
   * @throws BadFileException where two tensors would have one name
   */
  public Renamed(TensorSource stored, UnaryOperator<String> name) throws BadFileException {
    this.stored = stored;
    for (TensorInfo t : stored.tensors().values()) {
      String other = name.apply(t.name());
      if (other == null) {
        continue;
      }
      String twin = storedNames.put(other, t.name());
      if (twin != null) {
        throw new BadFileException(
            stored.path(),
            "tensors '" + twin + "' and '" + t.name() + "' would both be '" + other + "'.");
      }
      tensors.put(other, new TensorInfo(other, t.type(), t.shape(), t.offset()));
    }
  }

  @Override
  public Path path() {
    return stored.path();
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  @Override
  public void read(TensorInfo tensor, long start, float[] into) {
    stored.read(asStored(tensor), start, into);
  }

  @Override
  public void raw(TensorInfo tensor, long start, byte[] into) {
    stored.raw(asStored(tensor), start, into);
  }

  private TensorInfo asStored(TensorInfo t) {
    return new TensorInfo(storedNames.get(t.name()), t.type(), t.shape(), t.offset());
  }

  @Override
  public void close() throws IOException {
    stored.close();
  }
}
