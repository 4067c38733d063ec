package org.emslens.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.emslens.TestFiles;
import org.emslens.device.Device;
import org.emslens.device.Devices;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Progress;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that the Python package `gguf` wrote in one file and in three. */
class SplitGgufTest {
  private static final String NAME = "qwen2-0000%d-of-00003.gguf";

  @TempDir Path folder;

  @BeforeEach
  void copy() throws IOException {
    for (int i = 1; i <= 3; i++) {
      Files.copy(TestFiles.path("families/" + NAME.formatted(i)), part(i));
    }
  }

  private Path part(int number) {
    return folder.resolve(NAME.formatted(number));
  }

  private static float[] says(Path file) throws IOException {
    try (Model model = ModelLoader.open(file);
        Device device = Devices.open("plain");
        ForwardPass pass = new ForwardPass(model, device, Progress.NONE)) {
      return pass.prompt(new int[] {3, 1, 4, 1, 5}, null, Progress.NONE).logits().clone();
    }
  }

  private String refused(int opened) {
    return assertThrows(BadFileException.class, () -> ModelLoader.open(part(opened))).getMessage();
  }

  @Test
  void itIsTheModelThatIsInOneFile() throws IOException {
    assertArrayEquals(says(TestFiles.path("families/qwen2.gguf")), says(part(1)));
    try (Model model = ModelLoader.open(part(1))) {
      assertEquals("qwen2", model.title());
    }
  }

  @Test
  void aLaterPartNamesTheFirst() {
    String said = refused(2);
    assertTrue(said.contains("is part 2 of 3; open the first, " + NAME.formatted(1)), said);
  }

  @Test
  void aPartThatIsMissingIsNamed() throws IOException {
    Files.delete(part(3));
    String said = refused(1);
    assertTrue(said.contains("'" + NAME.formatted(3) + "' is not beside it"), said);
  }

  @Test
  void aPartOfAnotherPlaceIsRefused() throws IOException {
    Files.delete(part(3));
    Files.copy(part(2), part(3));
    String said = refused(1);
    assertTrue(said.contains(NAME.formatted(3)) && said.contains("is not part 3 of 3"), said);
  }

  @Test
  void aFileThatWasRenamedSaysHowItIsExpected() throws IOException {
    Path other = Files.move(part(1), folder.resolve("other.gguf"));
    String said = assertThrows(BadFileException.class, () -> ModelLoader.open(other)).getMessage();
    assertTrue(said.contains("one of 3 files") && said.contains("-00001-of-00003.gguf"), said);
  }

  @Test
  void namesTellTheParts() {
    assertEquals(
        List.of("a-00001-of-00002.gguf", "a-00002-of-00002.gguf"),
        SplitGguf.parts("a-00002-of-00002.gguf"));
    assertEquals(List.of("a.gguf"), SplitGguf.parts("a.gguf"));
    assertTrue(SplitGguf.isLater("x/a-00002-of-00002.gguf"));
    assertEquals("a", SplitGguf.title("a-00001-of-00002.gguf"));
  }
}
