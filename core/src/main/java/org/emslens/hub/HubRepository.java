package org.emslens.hub;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.emslens.format.Json;
import org.emslens.format.SplitGguf;

/** What a repository of the model hub has of models: GGUF files, or a folder of safetensors. */
public final class HubRepository {
  private static final Pattern NAME = Pattern.compile("[\\w.-]+/[\\w.-]+");
  private static final String REVISION = "main";

  /** Of a repository's page, or a file's. */
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?:https?://)?(?:www\\.)?(?:huggingface\\.co|hf\\.co)/(?!(?:datasets|spaces|docs|collections|models|papers|blog)/)([\\w.-]+/[\\w.-]+)(?:/(?:resolve|blob)/main/([^?#]+)|/tree/main)?/?(?:[?#].*)?");

  /** Of a folder, what is read; weights besides. */
  private static final List<String> FOLDER =
      List.of(
          "config.json",
          "generation_config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "chat_template.jinja",
          "chat_template.json",
          "model.safetensors.index.json");

  private static final Pattern WEIGHTS = Pattern.compile("model(-\\d{5}-of-\\d{5})?\\.safetensors");

  /** Of the header Link: where a list goes on. */
  private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"next\"");

  private static final int MOST_PAGES = 100;

  private final HubClient hub;
  private final String name;
  private final List<File> files = new ArrayList<>();

  /**
   * A file of the repository.
   *
   * @param size bytes
   * @param sha256 as the hub states it, or null where it states none
   */
  public record File(String path, long size, String sha256) {}

  private HubRepository(HubClient hub, String name) {
    this.hub = hub;
    this.name = name;
  }

  /**
   * What users mean by `organisation/name`, `organisation/name:FILE`, or the address of a
   * repository or of a file in it.
   *
   * @param file within it, as its revision `main` has it, or null for all
   */
  public record Wanted(String repository, String file) {

    /** Null where a text is none of these. */
    public static Wanted of(String text) {
      Matcher address = ADDRESS.matcher(text.strip());
      if (address.matches()) {
        String file = address.group(2);
        return new Wanted(
            address.group(1),
            file == null
                ? null
                : URLDecoder.decode(file.replace("+", "%2B"), StandardCharsets.UTF_8));
      }
      String[] parts = text.strip().split(":", 2);
      return isName(parts[0]) ? new Wanted(parts[0], parts.length > 1 ? parts[1] : null) : null;
    }
  }

  /**
   * A file of a repository of which nothing is known but its name; how large it is, the hub says
   * when it is fetched.
   */
  public static CatalogueEntry unlisted(
      String repository, String path, Map<String, String> environment) {
    return new HubRepository(HubClient.of(environment), repository).entry(new File(path, 0, null));
  }

  /** Whether a text is written as such a repository's name is: `organisation/name`. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /**
   * Asks the hub what a repository has.
   *
   * @param name `organisation/name`
   * @throws IOException in one sentence, where there is none such or nobody may see it
   */
  public static HubRepository open(String name) throws IOException {
    return open(name, System.getenv());
  }

  /**
   * The same.
   *
   * @param environment HF_ENDPOINT and HF_TOKEN, where they are set
   */
  public static HubRepository open(String name, Map<String, String> environment)
      throws IOException {
    return open(HubClient.of(environment), name);
  }

  static HubRepository open(HubClient hub, String name) throws IOException {
    if (!isName(name)) {
      throw new IOException(
          "'" + name + "' is not a repository of the model hub; expected organisation/name.");
    }
    HubRepository found = new HubRepository(hub, name);
    for (JsonNode f : found.tree()) {
      if (f.path("type").asText().equals("file")) {
        JsonNode large = f.path("lfs");
        String digest = large.path("oid").asText(large.path("sha256").asText(""));
        found.files.add(
            new File(
                f.path("path").asText(),
                f.path("size").asLong(),
                digest.matches("[0-9a-f]{64}") ? digest : null));
      }
    }
    return found;
  }

  /** All entries of the repository, of which the hub gives some at a time. */
  private List<JsonNode> tree() throws IOException {
    // Folders within it, too.
    URI next =
        URI.create(hub.address("api/models/" + name + "/tree/" + REVISION) + "?recursive=true");
    List<JsonNode> all = new ArrayList<>();
    try (HttpClient client = hub.open()) {
      for (int page = 0; next != null && page < MOST_PAGES; page++) {
        next = page(client, next, all);
      }
    } catch (HttpTimeoutException e) {
      throw new IOException(
          next.getHost() + " did not answer within " + hub.patience().toSeconds() + " seconds.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("The fetch was interrupted.");
    }
    return all;
  }

  /** Adds what is listed at an address, and tells where the list goes on, or null. */
  private URI page(HttpClient client, URI address, List<JsonNode> all)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> response = hub.get(client, address, null);
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        throw new IOException(
            "The repository "
                + name
                + " cannot be looked into: "
                + address.getHost()
                + " answered "
                + response.statusCode()
                + HubClient.explain(response.statusCode())
                + ".");
      }
      JsonNode tree = Json.MAPPER.readTree(body);
      if (tree == null || !tree.isArray()) {
        throw new IOException(address + " does not list files.");
      }
      tree.forEach(all::add);
    }
    Matcher next = NEXT.matcher(response.headers().firstValue("Link").orElse(""));
    if (!next.find()) {
      return null;
    }
    // Mirrors may pass on the hub's own address, which is not to be shown their token.
    int query = next.group(1).indexOf('?');
    String here = address.toString().replaceFirst("[?].*", "");
    return query < 0 ? null : URI.create(here + next.group(1).substring(query));
  }

  /** Its GGUF models: files, of those in several the first, with the size of all. */
  public List<File> ggufs() {
    return files.stream()
        .filter(f -> f.path.endsWith(".gguf") && !SplitGguf.isLater(f.path) && !isProjector(f.path))
        .map(f -> new File(f.path, parts(f).stream().mapToLong(File::size).sum(), f.sha256))
        .toList();
  }

  /** What turns pictures into tokens for a model, as llama.cpp's files are called. */
  private static boolean isProjector(String path) {
    return path.substring(path.lastIndexOf('/') + 1).startsWith("mmproj");
  }

  /** The files of a GGUF model, of which this is the first. */
  private List<File> parts(File first) {
    List<String> names = SplitGguf.parts(first.path);
    return files.stream().filter(f -> names.contains(f.path)).toList();
  }

  /**
   * One of its files.
   *
   * @throws IOException in one sentence, where it has none such
   */
  File file(String path) throws IOException {
    return files.stream()
        .filter(f -> f.path.equals(path))
        .findFirst()
        .orElseThrow(
            () ->
                new IOException(
                    "The repository " + name + " has no file '" + path + "' any more."));
  }

  /** Whether it is a folder of safetensors that can be opened. */
  public boolean isFolder() {
    return files.stream().anyMatch(f -> f.path.equals("config.json"))
        && files.stream().anyMatch(f -> WEIGHTS.matcher(f.path).matches());
  }

  /**
   * What is to be fetched for one model of it.
   *
   * @param wanted a GGUF file or a part of its name that only one has; null where there is only one
   * @throws IOException in one sentence with what there is, where that does not say which
   */
  public List<CatalogueEntry> entries(String wanted) throws IOException {
    // A part stands for the whole.
    String asked = wanted == null ? null : SplitGguf.parts(wanted).getFirst();
    List<File> models =
        ggufs().stream().filter(f -> asked == null || f.path.contains(asked)).toList();
    List<File> exactly = models.stream().filter(f -> f.path.equals(asked)).toList();
    if (models.size() == 1 || !exactly.isEmpty()) {
      File first = exactly.isEmpty() ? models.getFirst() : exactly.getFirst();
      List<File> parts = parts(first);
      int expected = SplitGguf.parts(first.path).size();
      if (parts.size() < expected) {
        throw new IOException(
            "The repository "
                + name
                + " has "
                + parts.size()
                + " of the "
                + expected
                + " files of "
                + first.path
                + ".");
      }
      return parts.stream().map(this::entry).toList();
    }
    if (ggufs().isEmpty() && isFolder() && wanted == null) {
      return files.stream()
          .filter(f -> FOLDER.contains(f.path) || WEIGHTS.matcher(f.path).matches())
          .map(this::entry)
          .toList();
    }
    if (ggufs().isEmpty()) {
      throw new IOException(
          "The repository "
              + name
              + " has no GGUF file and no folder of safetensors that could be opened.");
    }
    throw new IOException(
        "The repository "
            + name
            + (models.isEmpty() ? " has no file '" + wanted + "'; it has " : " has several files: ")
            + list(models.isEmpty() ? ggufs() : models)
            + ". Name one: emslens get "
            + name
            + ":FILE.");
  }

  private static String list(List<File> files) {
    return files.stream()
        .map(f -> String.format(Locale.ROOT, "%s (%,d MB)", f.path, f.size / 1_000_000))
        .collect(Collectors.joining(", "));
  }

  private CatalogueEntry entry(File f) {
    String last = f.path.substring(f.path.lastIndexOf('/') + 1);
    return new CatalogueEntry(
        name.replace("/", "--"),
        name,
        "",
        last,
        f.size,
        f.sha256,
        null,
        List.of(new HubSource(hub, name, REVISION, f.path)));
  }
}
