package org.emslens;

import java.io.IOException;
import java.nio.file.Path;
import org.emslens.hub.Catalogue;
import org.emslens.hub.FetchListener;
import org.emslens.hub.ModelStore;
import org.emslens.hub.Terms;
import org.emslens.hub.UserFolders;

/** A real model of another family, fetched on first use as a user's is. */
public final class GemmaModel {
  private GemmaModel() {}

  public static Path path() throws IOException {
    return new ModelStore(UserFolders.models())
        .resolve(
            Catalogue.shipped(),
            "gemma-3-270m",
            new FetchListener() {
              @Override
              public void at(String source, long bytes, long of) {
                // Nobody watches.
              }

              @Override
              public boolean accepts(Terms terms, String text) {
                return text.contains("Gemma Terms of Use");
              }
            });
  }
}
