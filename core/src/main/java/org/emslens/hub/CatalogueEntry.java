package org.emslens.hub;

import java.util.List;

/**
 * A model that can be fetched.
 *
 * @param file name under which it is kept
 * @param size bytes, or 0 where its source is to be asked
 * @param sha256 that it must have, or null where nobody states it
 * @param terms that must be accepted before, or null
 * @param sources where it is, in order of preference
 */
public record CatalogueEntry(
    String id,
    String title,
    String licence,
    String file,
    long size,
    String sha256,
    Terms terms,
    List<Source> sources) {

  public CatalogueEntry {
    sources = List.copyOf(sources);
  }

  /** The same with another size and digest. */
  CatalogueEntry of(long bytes, String digest) {
    return new CatalogueEntry(id, title, licence, file, bytes, digest, terms, sources);
  }
}
