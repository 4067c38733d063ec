package org.emslens.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.emslens.format.Sha256;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fetching from a server that misbehaves. */
class FetchTest {
  private static final byte[] CONTENT = new byte[300_000];

  static {
    new Random(5).nextBytes(CONTENT);
  }

  @TempDir Path folder;
  private HttpServer server;
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private volatile Behaviour behaviour = e -> send(e, 0, CONTENT.length);

  private interface Behaviour {
    void answer(HttpExchange e) throws IOException;
  }

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        e -> {
          requests.add(e.getRequestURI() + " " + e.getRequestHeaders().getFirst("Range"));
          try (e) {
            behaviour.answer(e);
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private static int rangeStart(HttpExchange e) {
    String range = e.getRequestHeaders().getFirst("Range");
    return range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
  }

  /** Sends the bytes from..to, whatever was promised. */
  private static void send(HttpExchange e, int from, int to) throws IOException {
    int start = rangeStart(e);
    if (start > 0) {
      e.getResponseHeaders()
          .add(
              "Content-Range",
              "bytes " + start + "-" + (CONTENT.length - 1) + "/" + CONTENT.length);
    }
    e.sendResponseHeaders(start > 0 ? 206 : 200, CONTENT.length - start);
    try (OutputStream out = e.getResponseBody()) {
      out.write(CONTENT, Math.max(from, start), to - Math.max(from, start));
    }
  }

  private CatalogueEntry entry(String sha, Source... sources) {
    return new CatalogueEntry(
        "m", "M", "none", "m.gguf", CONTENT.length, sha, null, List.of(sources));
  }

  private Source hub() {
    String endpoint = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    return new HubSource(client(endpoint), "owner/repo", "abc", "m.gguf");
  }

  private static HubClient client(String endpoint) {
    return new HubClient(endpoint, "secret", Duration.ofSeconds(2));
  }

  private static String sha() throws IOException {
    Path copy = Files.createTempFile("content", ".bin");
    Files.write(copy, CONTENT);
    String sha = Sha256.of(List.of(copy));
    Files.delete(copy);
    return sha;
  }

  private Path get(CatalogueEntry entry) throws IOException {
    return new ModelStore(folder).get(entry, FetchListener.NONE);
  }

  @Test
  void asksForTheFileOfARevisionAndFollowsRedirects() throws IOException {
    behaviour =
        e -> {
          if (e.getRequestURI().getPath().startsWith("/owner")) {
            e.getResponseHeaders().add("Location", "/elsewhere");
            e.sendResponseHeaders(302, -1);
          } else {
            send(e, 0, CONTENT.length);
          }
        };
    assertArrayEquals(CONTENT, Files.readAllBytes(get(entry(sha(), hub()))));
    assertEquals("/owner/repo/resolve/abc/m.gguf null", requests.getFirst());
    int before = requests.size();
    get(entry(sha(), hub()));
    assertEquals(before, requests.size(), "what is there is not fetched again");
  }

  @Test
  void goesOnWhereTheLineBroke() throws IOException {
    behaviour = e -> send(e, 0, requests.size() == 1 ? CONTENT.length / 2 : CONTENT.length);
    assertArrayEquals(CONTENT, Files.readAllBytes(get(entry(sha(), hub()))));
    assertTrue(requests.get(1).contains("bytes="), requests.toString());
  }

  @Test
  void aCancelledFetchIsContinuedLater() throws IOException {
    CatalogueEntry e = entry(sha(), hub());
    ModelStore store = new ModelStore(folder);
    assertThrows(
        CancellationException.class,
        () ->
            store.get(
                e,
                (source, bytes, of) -> {
                  if (bytes > of / 3) {
                    throw new CancellationException();
                  }
                }));
    assertFalse(store.has(e));
    assertArrayEquals(CONTENT, Files.readAllBytes(store.get(e, FetchListener.NONE)));
    assertTrue(requests.getLast().contains("bytes="), requests.toString());
  }

  @Test
  void aWrongDigestIsRefusedWithBoth() throws IOException {
    String wrong = "0".repeat(64);
    String why = assertThrows(IOException.class, () -> get(entry(wrong, hub()))).getMessage();
    assertTrue(why.contains(wrong) && why.contains(sha()), why);
    try (var files = Files.list(folder.resolve("m"))) {
      assertTrue(
          files.noneMatch(f -> f.toString().endsWith(".gguf") || f.toString().endsWith(".part")));
    }
  }

  @Test
  void errorsAreNamedAndTheNextSourceIsTried() throws IOException {
    for (int status : new int[] {404, 429, 503}) {
      behaviour = e -> e.sendResponseHeaders(status, -1);
      String why = assertThrows(IOException.class, () -> get(entry(sha(), hub()))).getMessage();
      assertTrue(why.contains(Integer.toString(status)), why);
    }
    Source spare =
        new Source() {
          @Override
          public String title() {
            return "a spare";
          }

          @Override
          public void fetch(CatalogueEntry e, Path part, FetchListener l) throws IOException {
            Files.write(part, CONTENT);
          }
        };
    assertArrayEquals(CONTENT, Files.readAllBytes(get(entry(sha(), hub(), spare))));
  }

  @Test
  void tooMuchIsRefused() {
    behaviour =
        e -> {
          e.sendResponseHeaders(200, 0);
          try (OutputStream out = e.getResponseBody()) {
            out.write(CONTENT);
            out.write(CONTENT);
          }
        };
    String why = assertThrows(IOException.class, () -> get(entry(sha(), hub()))).getMessage();
    assertTrue(why.contains("more than"), why);
  }

  @Test
  void silenceGivesWayWithinSeconds() throws IOException {
    behaviour =
        e -> {
          try {
            Thread.sleep(60_000);
          } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
          }
        };
    long start = System.nanoTime();
    assertThrows(IOException.class, () -> get(entry(sha(), hub())));
    assertTrue(System.nanoTime() - start < 10e9);
  }

  @Test
  void twoAtOnceDoTheWorkOnce() throws Exception {
    CatalogueEntry e = entry(sha(), hub());
    try (ExecutorService two = Executors.newFixedThreadPool(2)) {
      Future<Path> a = two.submit(() -> get(e));
      Future<Path> b = two.submit(() -> get(e));
      assertEquals(a.get(), b.get());
    }
    assertEquals(1, requests.size());
  }

  @Test
  void missingPythonIsSaid() {
    Source pip = new PipSource("no-such-python", List.of(new PipSource.Part("p", "1", "f")));
    String why = assertThrows(IOException.class, () -> get(entry("0", pip))).getMessage();
    assertTrue(why.contains("no-such-python"), why);
  }

  /** Says yes or no to terms, and keeps what was shown. */
  private static final class Answer implements FetchListener {
    private final boolean yes;
    private final List<String> shown = new ArrayList<>();

    Answer(boolean yes) {
      this.yes = yes;
    }

    @Override
    public void at(String source, long bytes, long of) {
      // Nobody watches.
    }

    @Override
    public boolean accepts(Terms terms, String text) {
      shown.add(text);
      return yes;
    }
  }

  @Test
  void termsAreShownAndAcceptedBeforeTheFileIsFetched() throws IOException {
    byte[] page =
        "<html><nav>Home</nav><main><h1>Terms</h1><p>Be  kind.</p></main></html>".getBytes();
    behaviour =
        e -> {
          if (e.getRequestURI().getPath().equals("/terms")) {
            e.sendResponseHeaders(200, page.length);
            e.getResponseBody().write(page);
          } else {
            send(e, 0, CONTENT.length);
          }
        };
    String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/terms";
    Terms terms = new Terms("Terms", address, List.of(new PageSource(URI.create(address))));
    CatalogueEntry entry =
        new CatalogueEntry("m", "M", "own", "m.gguf", CONTENT.length, sha(), terms, List.of(hub()));
    ModelStore store = new ModelStore(folder);
    Answer no = new Answer(false);
    String refused = assertThrows(IOException.class, () -> store.get(entry, no)).getMessage();
    assertTrue(refused.contains("not accepted"), refused);
    assertEquals(List.of("Terms\n\nBe kind."), no.shown);
    assertTrue(requests.stream().noneMatch(r -> r.contains("m.gguf")), "nothing was fetched");
    assertFalse(store.has(entry));
    Answer yes = new Answer(true);
    Path file = store.get(entry, yes);
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    assertTrue(Files.readString(file.resolveSibling("terms.html")).contains("Be  kind."));
    Files.delete(file);
    Answer never = new Answer(false);
    assertEquals(file, store.get(entry, never), "accepted once is accepted");
    assertEquals(List.of(), never.shown);
  }

  /** A repository with these files, of which each is the content. */
  private void repository(String... paths) {
    behaviour =
        e -> {
          String path = e.getRequestURI().getPath();
          if (path.equals("/api/models/owner/repo/tree/main")) {
            StringBuilder json = new StringBuilder("[{\"type\": \"directory\", \"path\": \"d\"}");
            boolean deep = "recursive=true".equals(e.getRequestURI().getQuery());
            for (String p : paths) {
              if (p.contains("/") && !deep) {
                continue;
              }
              json.append(",{\"type\": \"file\", \"path\": \"").append(p);
              json.append("\", \"size\": ").append(CONTENT.length);
              json.append(p.endsWith("json") ? "" : ", \"lfs\": {\"oid\": \"" + sha() + "\"}");
              json.append("}");
            }
            byte[] body = json.append("]").toString().getBytes();
            e.sendResponseHeaders(200, body.length);
            e.getResponseBody().write(body);
          } else if (path.startsWith("/owner/repo/resolve/main/")) {
            e.getResponseHeaders().add("Location", "http://localhost:" + port() + "/blob");
            e.sendResponseHeaders(302, -1);
          } else {
            send(e, 0, CONTENT.length);
          }
        };
  }

  private int port() {
    return server.getAddress().getPort();
  }

  private HubRepository repository() throws IOException {
    return HubRepository.open(client("http://127.0.0.1:" + port()), "owner/repo");
  }

  @Test
  void aRepositorysFileIsFetchedByItsName() throws IOException {
    repository("README.md", "a-Q4.gguf", "sub/a-Q8.gguf");
    List<String> tokens = Collections.synchronizedList(new ArrayList<>());
    Behaviour serves = behaviour;
    behaviour =
        e -> {
          tokens.add(
              e.getRequestURI().getPath() + " " + e.getRequestHeaders().getFirst("Authorization"));
          serves.answer(e);
        };
    String several = assertThrows(IOException.class, () -> repository().entries(null)).getMessage();
    assertTrue(several.contains("a-Q4.gguf (0 MB), sub/a-Q8.gguf (0 MB)"), several);
    String none = assertThrows(IOException.class, () -> repository().entries("Q5")).getMessage();
    assertTrue(none.contains("has no file 'Q5'; it has a-Q4.gguf"), none);
    List<CatalogueEntry> found = repository().entries("Q8");
    assertEquals(sha(), found.getFirst().sha256());
    Path file = new ModelStore(folder).get(found, FetchListener.NONE);
    assertEquals(folder.resolve("owner--repo").resolve("a-Q8.gguf"), file);
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    assertTrue(tokens.contains("/owner/repo/resolve/main/sub/a-Q8.gguf Bearer secret"));
    assertTrue(tokens.contains("/blob null"), "the token goes to the hub only: " + tokens);
  }

  /** A model in several files is one, and fetched whole. */
  @Test
  void aSplitModelIsOneAndFetchedWhole() throws IOException {
    String first = "big/m-00001-of-00002.gguf";
    repository("small.gguf", first, "big/m-00002-of-00002.gguf");
    assertEquals(
        List.of("small.gguf 1", first + " 2"),
        repository().ggufs().stream()
            .map(f -> f.path() + " " + f.size() / CONTENT.length)
            .toList());
    ModelStore store = new ModelStore(folder);
    Path at = store.get(repository().entries(first), FetchListener.NONE);
    Path own = folder.resolve("owner--repo");
    assertEquals(own.resolve("m-00001-of-00002.gguf"), at);
    assertArrayEquals(CONTENT, Files.readAllBytes(own.resolve("m-00002-of-00002.gguf")));
    assertEquals(List.of(at), store.local());
    store.delete(at);
    assertFalse(Files.exists(own.resolve("m-00002-of-00002.gguf")));
  }

  /** Long lists come in pages, each of which says where the next one is. */
  @Test
  void aLongListIsReadToItsEnd() throws IOException {
    behaviour =
        e -> {
          boolean again = e.getRequestURI().getQuery().contains("cursor=2");
          String file = again ? "second.gguf" : "first.gguf";
          if (!again) {
            e.getResponseHeaders()
                .add("Link", "<" + e.getRequestURI().getPath() + "?cursor=2>; rel=\"next\"");
          }
          byte[] body =
              ("[{\"type\": \"file\", \"path\": \"" + file + "\", \"size\": 1}]").getBytes();
          e.sendResponseHeaders(200, body.length);
          e.getResponseBody().write(body);
        };
    assertEquals(
        List.of("first.gguf", "second.gguf"),
        repository().ggufs().stream().map(HubRepository.File::path).toList());
  }

  @Test
  void aFolderIsFetchedWhole() throws IOException {
    repository("config.json", "tokenizer.json", "model.safetensors", "flax_model.msgpack");
    Path at = new ModelStore(folder).get(repository().entries(null), FetchListener.NONE);
    assertEquals(folder.resolve("owner--repo"), at);
    for (String f : List.of("config.json", "tokenizer.json", "model.safetensors")) {
      assertArrayEquals(CONTENT, Files.readAllBytes(at.resolve(f)));
    }
    assertFalse(Files.exists(at.resolve("flax_model.msgpack")));
  }

  @Test
  void aGatedRepositorySaysWhatToDo() {
    behaviour = e -> e.sendResponseHeaders(403, -1);
    String said = assertThrows(IOException.class, this::repository).getMessage();
    assertTrue(said.contains("owner/repo cannot be looked into"), said);
    assertTrue(said.contains("HF_TOKEN then lets you in"), said);
  }

  @Test
  void whatTheCatalogueDoesNotStateIsLearntAndHolds() throws IOException {
    repository("a.gguf");
    HubClient hub = client("http://127.0.0.1:" + port());
    CatalogueEntry entry =
        new CatalogueEntry(
            "q",
            "Q",
            "none",
            "a.gguf",
            0,
            null,
            null,
            List.of(new HubSource(hub, "owner/repo", "main", "a.gguf")));
    ModelStore store = new ModelStore(folder);
    Path file = store.get(entry, FetchListener.NONE);
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    store.delete(file);
    assertFalse(Files.exists(file.getParent()));
    // Another file under the same name is not what was fetched before.
    Behaviour same = behaviour;
    behaviour =
        e -> {
          if (e.getRequestURI().getPath().startsWith("/api/")) {
            byte[] body =
                ("[{\"type\": \"file\", \"path\": \"a.gguf\", \"size\": " + CONTENT.length + "}]")
                    .getBytes();
            e.sendResponseHeaders(200, body.length);
            e.getResponseBody().write(body);
          } else if (e.getRequestURI().getPath().equals("/blob")) {
            e.sendResponseHeaders(200, CONTENT.length);
            e.getResponseBody().write(new byte[CONTENT.length]);
          } else {
            same.answer(e);
          }
        };
    String said =
        assertThrows(IOException.class, () -> store.get(entry, FetchListener.NONE)).getMessage();
    assertTrue(said.contains("expected " + sha()), said);
  }
}
