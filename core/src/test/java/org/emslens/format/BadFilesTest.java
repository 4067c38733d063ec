package org.emslens.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.emslens.TestFiles;
import org.emslens.experiment.GridFile;
import org.emslens.model.ModelLoader;
import org.emslens.session.Recording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of files that are not what they are taken for. */
class BadFilesTest {
  private static final byte[] PICTURE = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13};

  @TempDir Path folder;

  private interface Opener {
    void open(Path file) throws IOException;
  }

  private String said(String name, byte[] bytes, Opener opener) throws IOException {
    Path file = Files.write(folder.resolve(name), bytes);
    return assertThrows(BadFileException.class, () -> opener.open(file)).getMessage();
  }

  @Test
  void otherKindsOfFiles() throws IOException {
    assertEquals(
        "pic.png: does not begin with 'GGUF', so it is not a GGUF file.",
        said("pic.png", PICTURE, ModelLoader::open));
    assertEquals("empty.gguf: is empty.", said("empty.gguf", new byte[0], ModelLoader::open));
    assertEquals(
        "a.gguf: does not begin with 'GGUF', so it is not a GGUF file.",
        said("a.gguf", new byte[] {'G'}, ModelLoader::open));
    byte[] noise = new byte[5000];
    new Random(1).nextBytes(noise);
    assertEquals(
        "rand.emslens: is not a recording, or is cut off.",
        said("rand.emslens", noise, Recording::read));
    assertEquals(
        "pic.emslens: is not a recording, or is cut off.",
        said("pic.emslens", PICTURE, Recording::read));
    assertEquals("e.emslens: is empty.", said("e.emslens", new byte[0], Recording::read));
    String header = said("model.safetensors", PICTURE, f -> new Safetensors(f).close());
    assertTrue(header.contains("is no safetensors file, or is cut off"), header);
  }

  @Test
  void filesThatAreCutOff() throws IOException {
    byte[] gguf = Files.readAllBytes(TestFiles.path("tiny/model.gguf"));
    String cut = said("cut.gguf", Arrays.copyOf(gguf, gguf.length - 1), ModelLoader::open);
    assertTrue(cut.matches("cut.gguf: is cut off: it needs \\d+ bytes for tensor '.+', .*"), cut);
    assertTrue(cut.endsWith("the file has " + (gguf.length - 1) + "."), cut);
    byte[] plain = Files.readAllBytes(TestFiles.path("tiny/plain/model.safetensors"));
    cut =
        said(
            "model.safetensors",
            Arrays.copyOf(plain, plain.length - 1),
            f -> new Safetensors(f).close());
    assertTrue(cut.contains("is cut off: it needs " + plain.length + " bytes for tensor"), cut);
  }

  @Test
  void aLargeTensorOfACutFileIsNotTakenForAnAttack() throws IOException {
    String cut = said("cut.gguf", oneTensor(576, 49152, 0), f -> new Gguf(f).close());
    assertTrue(cut.contains("is cut off: it needs 113246"), cut);
    for (long[] attack :
        new long[][] {
          {Long.MAX_VALUE, 2, 0},
          {1L << 40, 1L << 40, 0},
          {1, 0, 0},
          {1, 1, Long.MAX_VALUE - 31},
          {1L << 50, 1, (1L << 62) - 32}
        }) {
      String no =
          said("bad.gguf", oneTensor(attack[0], attack[1], attack[2]), f -> new Gguf(f).close());
      assertTrue(no.contains("tensor 'w'"), no);
      assertTrue(!no.contains("is cut off"), no);
    }
  }

  /** A GGUF header that promises one tensor of float32, and nothing after it. */
  private static byte[] oneTensor(long columns, long rows, long offset) {
    ByteBuffer b = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
    b.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3).putLong(1).putLong(0);
    b.putLong(1).put((byte) 'w').putInt(2).putLong(columns).putLong(rows).putInt(0).putLong(offset);
    return b.array();
  }

  @Test
  void foldersWithoutAModel() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    var e = assertThrows(BadFileException.class, () -> ModelLoader.open(empty));
    assertEquals("empty: there is no config.json or .gguf in this folder.", e.getMessage());
    Files.write(empty.resolve("m.gguf"), PICTURE);
    e = assertThrows(BadFileException.class, () -> ModelLoader.open(empty));
    assertTrue(e.getMessage().contains("such as m.gguf"), e.getMessage());
  }

  @Test
  void texts() {
    var e = assertThrows(BadFileException.class, () -> TextFiles.read(folder));
    assertEquals(
        folder.getFileName() + ": is a folder (" + folder + "); expected a text file.",
        e.getMessage());
    e = assertThrows(BadFileException.class, () -> TextFiles.read(folder.getRoot()));
    assertTrue(e.getMessage().startsWith("'/': is a folder"), e.getMessage());
  }

  @Test
  void experiments() throws IOException {
    for (String text : new String[] {"", "\n\n", "# nothing yet\n"}) {
      String said =
          said("empty.txt", text.getBytes(StandardCharsets.UTF_8), f -> GridFile.read(f, "m"));
      assertTrue(said.startsWith("empty.txt: is empty; expected fields title, models"), said);
    }
    byte[] story = "Once upon a time".getBytes(StandardCharsets.UTF_8);
    String said = said("story.txt", story, f -> GridFile.read(f, "m"));
    assertTrue(said.startsWith("story.txt: is no experiment; expected fields title"), said);
    var e = assertThrows(IllegalArgumentException.class, () -> GridFile.seeds("1-900000000"));
    assertEquals(
        "seeds is '1-900000000'; expected one such as 3, or a range such as 1-8 of at most 10,000.",
        e.getMessage());
    assertEquals(10_000, GridFile.seeds("1-10000").size());
  }
}
