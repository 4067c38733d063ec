package org.emslens.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;

/**
 * Requests to the model hub, or a mirror of it. A token goes to the hub only, not to where it sends
 * one for large files.
 *
 * @param endpoint its address
 * @param token what the user is let in by, or null
 * @param patience how long nothing may come
 */
record HubClient(String endpoint, String token, Duration patience) {
  private static final Duration PATIENCE = Duration.ofSeconds(8);
  private static final String PUBLIC = "https://huggingface.co";
  private static final int REDIRECTS = 6;

  HubClient {
    endpoint = endpoint.replaceAll("/+$", "");
  }

  /** As the user's environment says: HF_ENDPOINT, HF_TOKEN. */
  static HubClient of(Map<String, String> environment) {
    String token = environment.get("HF_TOKEN");
    return new HubClient(
        environment.getOrDefault("HF_ENDPOINT", PUBLIC),
        token == null || token.isBlank() ? null : token.strip(),
        PATIENCE);
  }

  /**
   * An address on the hub.
   *
   * @param path whose parts are not yet escaped
   */
  URI address(String path) throws IOException {
    try {
      URI hub = URI.create(endpoint);
      return hub.resolve(new URI(null, null, hub.getPath() + "/" + path, null).getRawPath());
    } catch (IllegalArgumentException | java.net.URISyntaxException e) {
      throw new IOException("HF_ENDPOINT is '" + endpoint + "', which is not an address.", e);
    }
  }

  /**
   * Asks for what is at an address; whoever calls closes the body.
   *
   * @param range a Range header's value, or null
   * @throws HttpTimeoutException where nobody answers
   * @throws IOException in one sentence, where the hub cannot be reached
   */
  HttpResponse<InputStream> get(HttpClient client, URI address, String range)
      throws IOException, InterruptedException {
    URI at = address;
    for (int i = 0; i < REDIRECTS; i++) {
      HttpRequest.Builder request = HttpRequest.newBuilder(at).timeout(patience).GET();
      if (range != null) {
        request.header("Range", range);
      }
      if (token != null && at.getAuthority().equals(address.getAuthority())) {
        request.header("Authorization", "Bearer " + token);
      }
      HttpResponse<InputStream> response = send(client, at, request.build());
      String location = response.headers().firstValue("Location").orElse(null);
      if (response.statusCode() / 100 != 3 || location == null) {
        return response;
      }
      response.body().close();
      at = at.resolve(location);
    }
    throw new IOException(address.getHost() + " sends from one place to the next without end.");
  }

  private static HttpResponse<InputStream> send(HttpClient client, URI at, HttpRequest request)
      throws IOException, InterruptedException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (HttpTimeoutException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(at.getHost() + " cannot be reached.", e);
    }
  }

  HttpClient open() {
    return HttpClient.newBuilder()
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(patience)
        .build();
  }

  /** What an answer that is no file means, for a sentence. */
  static String explain(int status) {
    return switch (status) {
      case 401, 403 ->
          " (not allowed; a gated model's terms are accepted on its page, and HF_TOKEN then lets you in)";
      case 404 -> " (not found)";
      case 429 -> " (too many requests)";
      default -> "";
    };
  }
}
