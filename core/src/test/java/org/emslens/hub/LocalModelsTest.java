package org.emslens.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.emslens.TestFiles;
import org.emslens.device.Devices;
import org.emslens.engine.Fit;
import org.emslens.engine.LocalModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where other programs keep their models. */
class LocalModelsTest {
  private static final String DIGEST = "0123456789abcdef".repeat(4);

  @TempDir Path home;

  private Path put(String path, byte[] content) throws IOException {
    Path file = home.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }

  private List<LocalModels.Found> find(Map<String, String> environment, Path... chosen) {
    return LocalModels.of("Linux", home, environment, home.resolve("own"), List.of(chosen)).find();
  }

  @Test
  void modelsAreFoundWhereProgramsKeepThem() throws IOException {
    byte[] gguf = Files.readAllBytes(TestFiles.path("families/qwen2.gguf"));
    put("own/m/a.gguf", gguf);
    put(".lmstudio/models/someone/repo/b.gguf", gguf);
    put(".local/share/nomic.ai/GPT4All/c.gguf", gguf);
    // Of a model in several files the first is opened.
    put("own/m/big-00001-of-00002.gguf", gguf);
    put("own/m/big-00002-of-00002.gguf", gguf);
    put("mine/d.gguf", "no model".getBytes());
    String manifest =
        """
        {"layers": [
          {"mediaType": "application/vnd.ollama.image.template", "digest": "sha256:00"},
          {"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:%s"}]}"""
            .formatted(DIGEST);
    put(".ollama/models/manifests/registry.ollama.ai/library/tiny/1b", manifest.getBytes());
    put(".ollama/models/blobs/sha256-" + DIGEST, gguf);
    String snapshot = ".cache/huggingface/hub/models--org--name/snapshots/abc/";
    for (String f : List.of("config.json", "model.safetensors")) {
      put(snapshot + f, Files.readAllBytes(TestFiles.path("families/olmo2/" + f)));
    }
    // What other programs and file managers leave there is passed over.
    put(".ollama/models/manifests/.DS_Store", new byte[] {0, 1, 2});
    put(".ollama/models/manifests/registry.ollama.ai/library/.DS_Store", new byte[] {0, 1, 2});
    // A place may be a link to another disk, and one into itself is no endless way.
    put("disk/someone/repo/linked.gguf", gguf);
    Files.createSymbolicLink(home.resolve(".lmstudio/models/linked"), home.resolve("disk/someone"));
    Files.createSymbolicLink(home.resolve("disk/someone/again"), home.resolve("disk/someone"));
    Files.createDirectories(home.resolve(".cache/lm-studio"));
    Files.createSymbolicLink(home.resolve(".cache/lm-studio/models"), home.resolve("other"));
    put("other/e.gguf", gguf);
    // The cache's files are links to what it calls blobs; the same model is listed once.
    Files.createSymbolicLink(home.resolve("own/m/again.gguf"), home.resolve("own/m/a.gguf"));

    List<LocalModels.Found> found = find(Map.of(), home.resolve("mine"), home.resolve("no"));
    assertEquals(
        List.of(
            "EMS Lens a.gguf",
            "EMS Lens big-00001-of-00002.gguf",
            "Hugging Face org/name",
            "LM Studio linked.gguf",
            "LM Studio b.gguf",
            "LM Studio e.gguf",
            "Ollama tiny:1b",
            "GPT4All c.gguf",
            home.resolve("mine") + " d.gguf"),
        found.stream().map(f -> f.owner() + " " + f.title()).toList());

    LocalModel ollama = LocalModel.of(found.get(6));
    assertEquals("qwen2", ollama.config().architecture());
    Fit fit = ollama.fit(512, Devices.find());
    assertTrue(fit.kind() != Fit.Kind.NOT, fit.words());
    LocalModel folder = LocalModel.of(found.get(2));
    assertEquals("olmo2", folder.config().architecture());
    LocalModel broken = LocalModel.of(found.get(8));
    assertTrue(broken.problem().contains("d.gguf"), broken.problem());
  }

  @Test
  void theEnvironmentNamesOtherPlaces() throws IOException {
    byte[] gguf = Files.readAllBytes(TestFiles.path("families/qwen2.gguf"));
    put("hf/hub/models--org--name/snapshots/abc/x.gguf", gguf);
    List<LocalModels.Found> found = find(Map.of("HF_HOME", home.resolve("hf").toString()));
    assertEquals(List.of("org/name, x.gguf"), found.stream().map(f -> f.title()).toList());
  }
}
