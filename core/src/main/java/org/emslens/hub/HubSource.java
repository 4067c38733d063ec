package org.emslens.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * A file of a repository on the model hub, over HTTP: follows redirects, continues by range, gives
 * up after seconds without an answer or a byte.
 */
final class HubSource implements Source {
  private static final int ATTEMPTS = 4;

  private final HubClient hub;
  private final String repository;
  private final String revision;
  private final String file;

  HubSource(HubClient hub, String repository, String revision, String file) {
    this.hub = hub;
    this.repository = repository;
    this.revision = revision;
    this.file = file;
  }

  @Override
  public String title() {
    return "the model hub";
  }

  @Override
  public CatalogueEntry stated(CatalogueEntry entry) throws IOException {
    if (entry.size() > 0) {
      return entry;
    }
    HubRepository.File stated = HubRepository.open(hub, repository).file(file);
    return entry.of(stated.size(), stated.sha256());
  }

  @Override
  public void fetch(CatalogueEntry entry, Path part, FetchListener listener) throws IOException {
    URI uri = hub.address(repository + "/resolve/" + revision + "/" + file);
    try (HttpClient client = hub.open()) {
      IOException broken = null;
      for (int i = 0; i < ATTEMPTS; i++) {
        long before = Files.exists(part) ? Files.size(part) : 0;
        try {
          attempt(client, uri, entry, part, listener);
          return;
        } catch (HttpTimeoutException e) {
          throw new IOException(
              uri.getHost() + " did not answer within " + hub.patience().toSeconds() + " seconds.",
              e);
        } catch (BrokenTransferException e) {
          broken = e;
          if (Files.size(part) == before) {
            break;
          }
        }
      }
      throw broken;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("The fetch was interrupted.");
    }
  }

  /** A line that broke after some bytes: worth going on from there. */
  private static final class BrokenTransferException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenTransferException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private void attempt(
      HttpClient client, URI uri, CatalogueEntry entry, Path part, FetchListener listener)
      throws IOException, InterruptedException {
    long have = Files.exists(part) ? Files.size(part) : 0;
    if (have >= entry.size()) {
      Files.delete(part);
      have = 0;
    }
    String range = have > 0 ? "bytes=" + have + "-" : null;
    HttpResponse<InputStream> response = hub.get(client, uri, range);
    try (InputStream in = response.body()) {
      boolean continues = response.statusCode() == 206 && startsAt(response, have);
      if (response.statusCode() != 200 && !continues) {
        throw new IOException(
            uri.getHost()
                + " answered "
                + response.statusCode()
                + HubClient.explain(response.statusCode())
                + ".");
      }
      receive(in, uri, entry, part, continues ? have : 0, listener);
    }
  }

  private static boolean startsAt(HttpResponse<?> response, long have) {
    return response
        .headers()
        .firstValue("Content-Range")
        .map(r -> r.startsWith("bytes " + have + "-"))
        .orElse(false);
  }

  private void receive(
      InputStream in, URI uri, CatalogueEntry entry, Path part, long have, FetchListener listener)
      throws IOException {
    StandardOpenOption how =
        have > 0 ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
    long at = have;
    try (OutputStream out =
            Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how);
        Watchdog watchdog =
            new Watchdog(
                in, hub.patience(), have, bytes -> listener.at(title(), bytes, entry.size()))) {
      byte[] buffer = new byte[1 << 16];
      listener.at(title(), at, entry.size());
      for (int n = read(in, buffer, uri, watchdog); n >= 0; n = read(in, buffer, uri, watchdog)) {
        out.write(buffer, 0, n);
        at += n;
        watchdog.alive(at);
        if (at > entry.size()) {
          throw new IOException(
              uri.getHost() + " sent more than the " + entry.size() + " bytes that were expected.");
        }
        listener.at(title(), at, entry.size());
      }
    }
    if (at < entry.size()) {
      throw new BrokenTransferException(
          uri.getHost() + " sent " + at + " of " + entry.size() + " bytes, then the line broke.",
          null);
    }
  }

  private int read(InputStream in, byte[] buffer, URI uri, Watchdog watchdog)
      throws BrokenTransferException {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      if (watchdog.cancelled) {
        throw new CancellationException("The fetch was cancelled.");
      }
      throw new BrokenTransferException(
          uri.getHost()
              + (watchdog.idle
                  ? " sent nothing for " + hub.patience().toSeconds() + " seconds."
                  : " broke the line."),
          e);
    }
  }

  /**
   * Closes a stream from which nothing has come for too long, or that nobody waits for any more,
   * which ends the read that waits for it.
   */
  private static final class Watchdog implements AutoCloseable {
    private final ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());
    private volatile long last = System.nanoTime();
    private volatile long bytes;
    private volatile boolean cancelled;

    /** Whether nothing has come for too long. */
    private volatile boolean idle;

    /**
     * @param told now and then how much has come; throws to stop
     */
    Watchdog(InputStream in, Duration patience, long have, LongConsumer told) {
      bytes = have;
      timer.scheduleAtFixedRate(
          () -> {
            try {
              told.accept(bytes);
            } catch (CancellationException e) {
              cancelled = true;
            }
            idle |= System.nanoTime() - last > patience.toNanos();
            if (cancelled || idle) {
              close(in);
            }
          },
          500,
          500,
          TimeUnit.MILLISECONDS);
    }

    void alive(long have) {
      bytes = have;
      last = System.nanoTime();
    }

    private static void close(InputStream in) {
      try {
        in.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      timer.shutdownNow();
    }
  }
}
