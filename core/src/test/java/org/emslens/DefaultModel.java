package org.emslens;

import java.io.IOException;
import java.nio.file.Path;
import org.emslens.hub.Catalogue;
import org.emslens.hub.FetchListener;
import org.emslens.hub.ModelStore;
import org.emslens.hub.UserFolders;

/** The real model that some tests need, fetched on first use as a user's is. */
public final class DefaultModel {
  private DefaultModel() {}

  public static Path path() throws IOException {
    return new ModelStore(UserFolders.models())
        .resolve(Catalogue.shipped(), null, FetchListener.NONE);
  }
}
