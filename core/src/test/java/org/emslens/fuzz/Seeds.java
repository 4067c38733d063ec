package org.emslens.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.emslens.TestFiles;
import org.emslens.device.Device;
import org.emslens.device.Devices;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Progress;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.emslens.session.Budget;
import org.emslens.session.CacheChoice;
import org.emslens.session.Manifest;
import org.emslens.session.Recording;
import org.emslens.session.Sampling;
import org.emslens.session.Session;

/** Good inputs to begin with, made of the tiny models. */
public final class Seeds {
  /** Beyond this, a GGUF file's head has ended. */
  private static final int HEAD = 24_000;

  private Seeds() {}

  /**
   * @param args a folder in whose `seeds` they are written, one folder per target; beside it, one
   *     per target for what is found
   */
  public static void main(String[] args) throws Exception {
    Path to = Path.of(args[0]).resolve("seeds");
    for (Path gguf : in("families", ".gguf")) {
      write(to, "Gguf", gguf, head(Files.readAllBytes(gguf), HEAD));
    }
    List<Path> models = ConfigTarget.models();
    for (int i = 0; i < models.size(); i++) {
      byte[] config = Files.readAllBytes(models.get(i).resolve("config.json"));
      byte[] chosen = new byte[config.length + 1];
      chosen[0] = (byte) i;
      System.arraycopy(config, 0, chosen, 1, config.length);
      write(to, "Config", models.get(i), chosen);
      byte[] weights = Files.readAllBytes(models.get(i).resolve("model.safetensors"));
      int json = ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN).getInt();
      write(to, "Safetensors", models.get(i), head(weights, Long.BYTES + json));
    }
    for (String folder : List.of("tokenizers", "tiny/plain", "families/tokenizer")) {
      for (Path json : in(folder, ".json")) {
        if (Files.readString(json).contains("\"pre_tokenizer\"")) {
          write(to, "Tokenizer", json, Files.readAllBytes(json));
        }
      }
    }
    for (Path template : in("chat", ".jinja")) {
      write(to, "Template", template, Files.readAllBytes(template));
    }
    write(to, "Recording", Path.of("session"), recording());
  }

  private static byte[] head(byte[] file, int most) {
    return Arrays.copyOf(file, Math.min(file.length, most));
  }

  private static List<Path> in(String folder, String ending) throws IOException {
    Path path = TestFiles.path(folder);
    try (Stream<Path> all = Files.list(path)) {
      return all.filter(f -> f.toString().endsWith(ending)).sorted().toList();
    }
  }

  private static void write(Path to, String target, Path of, byte[] seed) throws IOException {
    Files.createDirectories(to.resolveSibling(target));
    Path folder = Files.createDirectories(to.resolve(target));
    Files.write(folder.resolve(of.getFileName().toString()), seed);
  }

  private static byte[] recording() throws IOException {
    Path file = Files.createTempFile("seed", ".emslens");
    try (Model model = ModelLoader.open(TestFiles.path("tiny/plain"));
        Device device = Devices.open("plain");
        ForwardPass pass = new ForwardPass(model, device, Progress.NONE)) {
      Session s =
          Session.start(
              model,
              pass,
              "The keeper lit the lamp and counted the boats; two boats came home.",
              CacheChoice.DEFAULT.withBudget(Budget.slots(18)),
              Sampling.GREEDY,
              Session.Detail.COMPARED,
              Progress.NONE);
      s.step();
      Recording.write(s.run(), Manifest.without("m", "emslens run"), file, Progress.NONE);
      return stored(file);
    } finally {
      Files.delete(file);
    }
  }

  private static byte[] stored(Path packed) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipFile from = new ZipFile(packed.toFile());
        ZipOutputStream to = new ZipOutputStream(bytes)) {
      Enumeration<? extends ZipEntry> entries = from.entries();
      while (entries.hasMoreElements()) {
        ZipEntry e = entries.nextElement();
        byte[] content = from.getInputStream(e).readAllBytes();
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry stored = new ZipEntry(e.getName());
        stored.setMethod(ZipEntry.STORED);
        stored.setSize(content.length);
        stored.setCrc(crc.getValue());
        to.putNextEntry(stored);
        ((OutputStream) to).write(content);
        to.closeEntry();
      }
    }
    return bytes.toByteArray();
  }
}
