package org.emslens.hub;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.emslens.format.Json;
import org.emslens.format.SplitGguf;
import org.emslens.model.HubName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Models that lie on this disk already, where other programs keep theirs. */
public final class LocalModels {
  private static final Logger LOG = LoggerFactory.getLogger(LocalModels.class);

  /** Folders below a place, at most; enough for all of these programs. */
  private static final int DEEP = 6;

  private final List<Place> places;

  /** How a program arranges its models. */
  private enum Layout {
    /** GGUF files, and folders with config.json and safetensors, anywhere below. */
    FILES,
    /** Ollama's: manifests that name blobs. */
    OLLAMA
  }

  private record Place(String owner, Path folder, Layout layout) {}

  /**
   * A model file or folder.
   *
   * @param title as its owner calls it
   * @param owner whose folder it lies in
   */
  public record Found(String title, String owner, Path path) {}

  private LocalModels(List<Place> places) {
    this.places = places;
  }

  /**
   * In this program's own folder, those of others, and some of the user's choice.
   *
   * @param chosen may be missing
   */
  public static LocalModels everywhere(List<Path> chosen) {
    return of(
        System.getProperty("os.name"),
        Path.of(System.getProperty("user.home")),
        System.getenv(),
        UserFolders.models(),
        chosen);
  }

  static LocalModels of(
      String system, Path home, Map<String, String> environment, Path own, List<Path> chosen) {
    List<Place> places = new ArrayList<>();
    places.add(new Place("EMS Lens", own, Layout.FILES));
    places.add(new Place("Hugging Face", huggingFace(home, environment), Layout.FILES));
    places.add(new Place("LM Studio", home.resolve(".lmstudio/models"), Layout.FILES));
    places.add(new Place("LM Studio", home.resolve(".cache/lm-studio/models"), Layout.FILES));
    for (Path folder : ollama(home, environment)) {
      places.add(new Place("Ollama", folder, Layout.OLLAMA));
    }
    places.add(new Place("GPT4All", gpt4All(system, home, environment), Layout.FILES));
    chosen.forEach(f -> places.add(new Place(f.toString(), f, Layout.FILES)));
    return new LocalModels(places);
  }

  private static Path huggingFace(Path home, Map<String, String> environment) {
    if (environment.containsKey("HF_HUB_CACHE")) {
      return Path.of(environment.get("HF_HUB_CACHE"));
    }
    String hf = environment.get("HF_HOME");
    return (hf == null ? home.resolve(".cache/huggingface") : Path.of(hf)).resolve("hub");
  }

  private static List<Path> ollama(Path home, Map<String, String> environment) {
    String named = environment.get("OLLAMA_MODELS");
    return named != null
        ? List.of(Path.of(named))
        : List.of(home.resolve(".ollama/models"), Path.of("/usr/share/ollama/.ollama/models"));
  }

  private static Path gpt4All(String system, Path home, Map<String, String> environment) {
    String name = system.toLowerCase(Locale.ROOT);
    if (name.contains("windows")) {
      String local = environment.get("LOCALAPPDATA");
      return (local == null ? home : Path.of(local)).resolve("nomic.ai/GPT4All");
    }
    return home.resolve(
        name.contains("mac")
            ? "Library/Application Support/nomic.ai/GPT4All"
            : ".local/share/nomic.ai/GPT4All");
  }

  /** All of them, place by place; what cannot be read is left out. */
  public List<Found> find() {
    Map<Path, Found> found = new LinkedHashMap<>();
    for (Place p : places) {
      try {
        for (Found f : p.layout == Layout.OLLAMA ? manifests(p) : files(p)) {
          found.putIfAbsent(f.path.toRealPath(), f);
        }
      } catch (IOException | RuntimeException e) {
        LOG.info("{} cannot be looked through", p.folder, e);
      }
    }
    return List.copyOf(found.values());
  }

  private static List<Found> files(Place p) throws IOException {
    if (!Files.isDirectory(p.folder)) {
      return List.of();
    }
    return below(p.folder).stream()
        .filter(LocalModels::isModel)
        .map(f -> f.endsWith("config.json") ? f.getParent() : f)
        .sorted()
        .map(f -> new Found(title(f), p.owner, f))
        .toList();
  }

  /** Files below a folder, behind links too; what cannot be looked into is left out. */
  private static List<Path> below(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        folder,
        Set.of(FileVisitOption.FOLLOW_LINKS),
        DEEP,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes about) {
            files.add(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path of, IOException e) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            LOG.info("{} cannot be looked into", file, e);
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  private static boolean isModel(Path file) {
    String name = file.getFileName().toString();
    if (name.equals("config.json")) {
      Path folder = file.getParent();
      return Files.exists(folder.resolve("model.safetensors"))
          || Files.exists(folder.resolve("model.safetensors.index.json"));
    }
    return isGguf(file) && Files.isRegularFile(file);
  }

  /** Whether a file is called as GGUF models are; of one in several, only the first. */
  static boolean isGguf(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".gguf") && !SplitGguf.isLater(name);
  }

  /** The hub's cache names folders by their contents. */
  private static String title(Path model) {
    boolean folder = Files.isDirectory(model);
    String repository = HubName.of(folder ? model : model.getParent());
    String name = model.getFileName().toString();
    return repository == null ? name : folder ? repository : repository + ", " + name;
  }

  private static List<Found> manifests(Place p) throws IOException {
    Path manifests = p.folder.resolve("manifests");
    if (!Files.isDirectory(manifests)) {
      return List.of();
    }
    List<Found> found = new ArrayList<>();
    for (Path m : below(manifests).stream().filter(Files::isRegularFile).sorted().toList()) {
      for (JsonNode layer : layers(m)) {
        String digest = layer.path("digest").asText();
        Path blob = p.folder.resolve("blobs").resolve(digest.replace(':', '-'));
        if (layer.path("mediaType").asText().equals("application/vnd.ollama.image.model")
            && Files.isRegularFile(blob)) {
          found.add(new Found(name(manifests.relativize(m)), p.owner, blob));
        }
      }
    }
    return found;
  }

  /** Other programs leave files of their own there. */
  private static JsonNode layers(Path manifest) {
    try {
      return Json.read(manifest).path("layers");
    } catch (IOException e) {
      LOG.info("{} is no manifest", manifest, e);
      return Json.MAPPER.createArrayNode();
    }
  }

  /** REGISTRY/NAMESPACE/NAME/TAG, of which the usual ones are left out. */
  private static String name(Path manifest) {
    int n = manifest.getNameCount();
    String tag = manifest.getName(n - 2) + ":" + manifest.getName(n - 1);
    boolean usual = n < 3 || manifest.getName(n - 3).toString().equals("library");
    return usual ? tag : manifest.getName(n - 3) + "/" + tag;
  }
}
