package org.emslens.format;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What every container promises about its tensors: each name once, no two on the same bytes. */
final class TensorChecks {
  /**
   * Numbers that a tensor may have at most, and bytes that a file may: far more than any has, and
   * few enough that sums of them do not overflow.
   */
  static final long MOST = 1L << 50;

  private TensorChecks() {}

  /**
   * Refuses a tensor that ends after its file.
   *
   * @param data where the section of numbers begins, bytes
   * @param offset of the tensor within that section, bytes
   * @param bytes that it takes
   */
  static void reaches(MappedFile file, String name, long data, long offset, long bytes)
      throws BadFileException {
    if (offset > MOST) {
      throw new BadFileException(
          file.path(), "tensor '" + name + "' starts at " + offset + ", where no file reaches.");
    }
    if (data + offset + bytes > file.size()) {
      throw new BadFileException(
          file.path(),
          "is cut off: it needs "
              + (data + offset + bytes)
              + " bytes for tensor '"
              + name
              + "', the file has "
              + file.size()
              + ".");
    }
  }

  static void add(Path path, List<TensorInfo> found, Map<String, TensorInfo> into)
      throws BadFileException {
    for (TensorInfo t : found) {
      if (into.put(t.name(), t) != null) {
        throw new BadFileException(path, "tensor '" + t.name() + "' occurs twice.");
      }
    }
    List<TensorInfo> sorted =
        found.stream().sorted(Comparator.comparingLong(TensorInfo::offset)).toList();
    for (int i = 1; i < sorted.size(); i++) {
      TensorInfo before = sorted.get(i - 1);
      TensorInfo after = sorted.get(i);
      if (before.offset() + before.bytes() > after.offset()) {
        throw new BadFileException(
            path, "tensors '" + before.name() + "' and '" + after.name() + "' overlap.");
      }
    }
  }
}
