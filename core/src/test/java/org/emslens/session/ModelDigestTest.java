package org.emslens.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models are told apart by all of their files. */
class ModelDigestTest {
  @TempDir Path folder;

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  @Test
  void ofAFileIsItsSha256() throws IOException {
    Path file = write("a.gguf", "abc");
    // The first example of FIPS 180-2.
    String known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assertEquals(known, ModelDigest.of(file));
    assertEquals(32, HexFormat.of().parseHex(known).length);
    String state = ModelDigest.state(file);
    write("a.gguf", "abcd");
    assertNotEquals(known, ModelDigest.of(file));
    assertNotEquals(state, ModelDigest.state(file));
    Path same = write("other/a.gguf", "abcd");
    assertEquals(ModelDigest.of(file), ModelDigest.of(same));
    assertNotEquals(ModelDigest.state(file), ModelDigest.state(same));
  }

  @Test
  void countsEveryFileOfAFolderAndEveryPart() throws IOException {
    Path config = write("model/config.json", "{}");
    write("model/model.safetensors", "weights");
    String before = ModelDigest.of(config.getParent());
    write("model/model.safetensors", "other weights");
    assertNotEquals(before, ModelDigest.of(config.getParent()));

    Path first = write("split-00001-of-00002.gguf", "one");
    Path second = write("split-00002-of-00002.gguf", "two");
    String parts = ModelDigest.of(first);
    assertNotEquals(ModelDigest.of(write("alone.gguf", "one")), parts);
    Files.writeString(second, "three");
    assertNotEquals(parts, ModelDigest.of(first));
  }
}
