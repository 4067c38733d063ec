package org.emslens.hub;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;

/** A page of the web, as it is. */
record PageSource(URI address) implements Source {
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  @Override
  public String title() {
    return address.getHost();
  }

  @Override
  public void fetch(CatalogueEntry entry, Path part, FetchListener listener) throws IOException {
    HttpRequest request = HttpRequest.newBuilder(address).timeout(PATIENCE).GET().build();
    int status;
    try (HttpClient client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(PATIENCE)
            .build()) {
      status = client.send(request, HttpResponse.BodyHandlers.ofFile(part)).statusCode();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("The fetch was interrupted.");
    } catch (IOException e) {
      throw new IOException(title() + " cannot be reached.", e);
    }
    if (status != 200) {
      throw new IOException(title() + " answered " + status + HubClient.explain(status) + ".");
    }
  }
}
