package org.emslens.session;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.emslens.TestFiles;
import org.emslens.device.Device;
import org.emslens.device.Devices;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Progress;
import org.emslens.format.Gguf;
import org.emslens.format.Npy;
import org.emslens.format.Safetensors;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that were cut or changed at random places open, or are refused in one sentence; nothing
 * else ever happens.
 */
class CorruptFilesTest {
  @TempDir Path folder;

  private interface Opener {
    void open(Path file) throws IOException;
  }

  @Test
  void gguf() throws IOException {
    byte[] good = Files.readAllBytes(TestFiles.path("tiny/model.gguf"));
    int header = 16_000;
    attack("x.gguf", good, header, 1500, f -> new Gguf(f).close());
    attack("x.gguf", good, header, 300, f -> ModelLoader.open(f).close());
  }

  @Test
  void safetensors() throws IOException {
    byte[] good = Files.readAllBytes(TestFiles.path("tiny/plain/model.safetensors"));
    attack("model.safetensors", good, 3_000, 2000, f -> new Safetensors(f).close());
  }

  @Test
  void jsonOfAFolder() throws IOException {
    for (String name : new String[] {"config.json", "tokenizer.json", "tokenizer_config.json"}) {
      Path copy = Files.createDirectories(folder.resolve(name + "-folder"));
      Path plain = TestFiles.path("tiny/plain");
      for (String n :
          new String[] {
            "config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"
          }) {
        Files.copy(plain.resolve(n), copy.resolve(n));
      }
      byte[] good = Files.readAllBytes(copy.resolve(name));
      Random r = new Random(7);
      for (int i = 0; i < 150; i++) {
        Files.write(copy.resolve(name), change(good, good.length, r));
        refusedOrOpened(copy, f -> ModelLoader.open(f).close());
      }
    }
  }

  @Test
  void recordings() throws IOException {
    Path file = folder.resolve("good.emslens");
    try (Model model = ModelLoader.open(TestFiles.path("tiny/plain"));
        Device device = Devices.open("cpu");
        ForwardPass pass = new ForwardPass(model, device, Progress.NONE)) {
      CacheChoice choice = CacheChoice.DEFAULT.withBudget(Budget.slots(24));
      String prompt =
          "The keeper lit the lamp and counted the boats. Two boats came home before the storm.";
      Session s =
          Session.start(
              model, pass, prompt, choice, Sampling.GREEDY, Session.Detail.COMPARED, Progress.NONE);
      s.step();
      s.step();
      s.repeat(Progress.NONE);
      Recording.write(s.run(), Manifest.without("m", "emslens run"), file, Progress.NONE);
    }
    byte[] good = Files.readAllBytes(file);
    assertFalse(Recording.read(file).steps().isEmpty());
    attack("x.emslens", good, good.length, 1500, Recording::read);
    // Numbers in the middle of a part: nothing but its checksum tells that they are others.
    for (int at = good.length / 4; at < good.length / 2; at += good.length / 40) {
      byte[] bad = good.clone();
      for (int i = at; i < at + 200; i++) {
        bad[i] ^= 0x5A;
      }
      Path damaged = folder.resolve("damaged.emslens");
      Files.write(damaged, bad);
      String why = assertThrows(IOException.class, () -> Recording.read(damaged)).getMessage();
      assertTrue(why.startsWith("damaged.emslens: ") && why.contains("damaged"), why);
    }
  }

  @Test
  void arrays() throws IOException {
    Path file = folder.resolve("good.npy");
    new Npy(new int[] {2, 3, 4}, new float[24]).write(file);
    attack("x.npy", Files.readAllBytes(file), 224, 1500, Npy::read);
  }

  /**
   * @param reach only the first bytes are changed, since later ones are plain numbers
   */
  private void attack(String name, byte[] good, int reach, int times, Opener opener)
      throws IOException {
    Random r = new Random(42);
    Path file = folder.resolve(name);
    for (int i = 0; i < times; i++) {
      Files.write(file, change(good, Math.min(reach, good.length), r));
      refusedOrOpened(file, opener);
    }
    Files.write(file, new byte[0]);
    assertThrows(IOException.class, () -> opener.open(file));
    Files.write(file, Arrays.copyOf(good, good.length / 2));
    assertThrows(IOException.class, () -> opener.open(file));
  }

  private static byte[] change(byte[] good, int reach, Random r) {
    if (r.nextInt(4) == 0) {
      return Arrays.copyOf(good, r.nextInt(good.length));
    }
    byte[] bad = good.clone();
    for (int k = 1 + r.nextInt(3); k > 0; k--) {
      int at = r.nextInt(reach);
      bad[at] = r.nextInt(3) == 0 ? (byte) 0xFF : (byte) (bad[at] ^ 1 << r.nextInt(8));
    }
    return bad;
  }

  private static void refusedOrOpened(Path file, Opener opener) {
    Assertions.assertTimeout(
        Duration.ofSeconds(5),
        () -> {
          try {
            opener.open(file);
          } catch (IOException e) {
            assertTrue(e.getMessage() != null && e.getMessage().length() > 15, "no sentence: " + e);
          }
        });
  }
}
