package org.emslens.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The tensors of several files as those of one model. */
abstract class Joined implements TensorSource {
  private final Path path;
  private final Set<TensorSource> files = new LinkedHashSet<>();
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
  private final Map<String, TensorSource> owner = new LinkedHashMap<>();

  /**
   * @param path what errors name
   */
  Joined(Path path) {
    this.path = path;
  }

  /** Takes over a file, to be closed with the others. */
  final void own(TensorSource file) {
    files.add(file);
  }

  /** Adds a tensor of one of the files; tells whether there was none of its name. */
  final boolean add(TensorInfo tensor, TensorSource file) {
    owner.put(tensor.name(), file);
    return tensors.put(tensor.name(), tensor) == null;
  }

  @Override
  public final Path path() {
    return path;
  }

  @Override
  public final Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  @Override
  public final void read(TensorInfo tensor, long start, float[] into) {
    owner.get(tensor.name()).read(tensor, start, into);
  }

  @Override
  public final void raw(TensorInfo tensor, long start, byte[] into) {
    owner.get(tensor.name()).raw(tensor, start, into);
  }

  @Override
  public final void close() throws IOException {
    for (TensorSource f : files) {
      f.close();
    }
  }
}
