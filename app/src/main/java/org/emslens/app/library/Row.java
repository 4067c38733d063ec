package org.emslens.app.library;

import java.nio.file.Path;
import java.util.List;
import org.emslens.engine.LocalModel;
import org.emslens.hub.CatalogueEntry;

/**
 * A model in the library's list.
 *
 * @param owner whose folder it lies in, or where it can be fetched from
 * @param local what was found in it, or null where it is not here
 * @param parts what is to be fetched for it; empty where it is here already
 * @param partial bytes that an earlier fetch has left
 * @param deletable whether this program fetched it
 */
record Row(
    String title,
    String owner,
    LocalModel local,
    List<CatalogueEntry> parts,
    long partial,
    boolean deletable) {

  Row {
    parts = List.copyOf(parts);
  }

  /** Where it lies, or null. */
  Path path() {
    return local == null ? null : local.found().path();
  }

  /** Bytes, as far as they are known. */
  long bytes() {
    return local == null || local.config() == null
        ? parts.stream().mapToLong(CatalogueEntry::size).sum()
        : local.config().bytes();
  }

  boolean isHere() {
    return local != null;
  }

  boolean canOpen() {
    return isHere() && local.problem() == null;
  }

  /** Told apart from others by what is fetched, or where it lies. */
  String key() {
    return isHere() ? path().toString() : parts.getFirst().id() + "/" + parts.getFirst().file();
  }
}
