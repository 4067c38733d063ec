package org.emslens.format;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What every container promises about its tensors: each name once, no two on the same bytes. */
final class TensorChecks {
  private TensorChecks() {}

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
