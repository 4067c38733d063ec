package org.emslens.hub;

import java.io.IOException;
import java.nio.file.Path;

/** One place that a model can be fetched from. */
interface Source {

  /** Named to users, as in "fetching from the model hub". */
  String title();

  /** The entry with size and digest as this source states them, where the catalogue has none. */
  default CatalogueEntry stated(CatalogueEntry entry) throws IOException {
    return entry;
  }

  /**
   * Brings the file, continuing what an earlier, broken attempt left.
   *
   * @param part where to put it; kept on failure if it can be continued
   * @param listener told bytes so far; throws to cancel
   * @throws IOException in one sentence, where this source cannot give it
   */
  void fetch(CatalogueEntry entry, Path part, FetchListener listener) throws IOException;
}
