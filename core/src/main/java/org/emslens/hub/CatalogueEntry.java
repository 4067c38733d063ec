package org.emslens.hub;

import java.util.List;

/**
 * A model that can be fetched.
 *
 * @param file name under which it is kept
 * @param size bytes
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
}
