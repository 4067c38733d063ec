package org.emslens.engine.scores;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.emslens.TestFiles;
import org.emslens.cache.PromptScore;
import org.emslens.device.Device;
import org.emslens.device.Devices;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.Progress;
import org.emslens.engine.Prompt;
import org.emslens.engine.RepetitionMap;
import org.emslens.experiment.Prose;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.emslens.text.Tokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the maps of prompts that hold text, instruction and repetition at once. */
class RepetitionMapTest {
  private static final float NEAR = 2e-4f;

  /** In one part, and in several, where the context has room for few tokens. */
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.65})
  void isThatOfOneLongPrompt(double share) throws IOException {
    try (Model model = ModelLoader.open(TestFiles.path("tiny/plain"));
        Device device = Devices.open("cpu");
        ForwardPass pass = new ForwardPass(model, device, Progress.NONE)) {
      Prompt prompt = pass.prompt(ids(model, share), null, Progress.NONE);
      int n = prompt.tokens();
      RepetitionMap map = new PromptScoring(model, pass).repeat(prompt, Progress.NONE);
      List<RepeatedChunk> chunks = RepeatedChunk.of(model, prompt.ids());
      assertEquals(share > 0.6, chunks.size() > 1, chunks.size() + " parts");
      int layer = prompt.config().layers() - 1;
      int[] each = IntStream.rangeClosed(0, n).toArray();
      int head = prompt.config().heads() - 1;
      float[] found = map.map(layer, head, each, each, () -> false);
      for (RepeatedChunk c : chunks) {
        int[] all = Arrays.copyOf(prompt.ids(), n + c.ids().length);
        System.arraycopy(c.ids(), 0, all, n, c.ids().length);
        Prompt whole = pass.prompt(all, null, Progress.NONE);
        int rows = c.to() - c.from();
        int first = n + c.introduction();
        float[] expected = whole.map(layer, head, first, rows, 0, n, rows, n, () -> false);
        assertArrayEquals(expected, Arrays.copyOfRange(found, c.from() * n, c.to() * n), NEAR);
        assertEquals(first, map.position(c.from()));
        assertEquals(first + rows - 1, map.position(c.to() - 1));
        whole.close();
      }
      // Parts of it, and the largest of cells, whatever parts of the prompt they span.
      int[] down = {n / 7, n / 3, n / 2 + 1, n};
      int[] across = {0, n / 5, n - 1};
      float[] pooled = map.map(layer, head, down, across, () -> false);
      for (int r = 0; r < 3; r++) {
        for (int k = 0; k < 2; k++) {
          float most = 0;
          for (int i = down[r]; i < down[r + 1]; i++) {
            for (int j = across[k]; j < across[k + 1]; j++) {
              most = Math.max(most, found[i * n + j]);
            }
          }
          assertEquals(most, pooled[r * 2 + k], 1e-6f);
        }
      }
    }
  }

  /** Together with the rows of the instruction. */
  @Test
  void scoresAreItsColumnsLargestValues() throws IOException {
    try (Model model = ModelLoader.open(TestFiles.path("tiny/plain"));
        Device device = Devices.open("plain");
        ForwardPass pass = new ForwardPass(model, device, Progress.NONE)) {
      Prompt prompt = pass.prompt(ids(model, 0.05), null, Progress.NONE);
      new PromptScoring(model, pass).ask(prompt, Set.of(PromptScore.REPEAT), Progress.NONE);
      RepetitionMap map = new PromptScoring(model, pass).repeat(prompt, Progress.NONE);
      int n = prompt.tokens();
      int[] columns = IntStream.rangeClosed(0, n).toArray();
      RepeatedChunk c = RepeatedChunk.of(model, prompt.ids()).getFirst();
      int[] all = Arrays.copyOf(prompt.ids(), n + c.ids().length);
      System.arraycopy(c.ids(), 0, all, n, c.ids().length);
      Prompt whole = pass.prompt(all, null, Progress.NONE);
      float[] scores = prompt.scores().get(PromptScore.REPEAT)[0];
      float[] most = new float[n];
      for (int head = 0; head < prompt.config().group(); head++) {
        float[] text = map.map(0, head, new int[] {0, n}, columns, () -> false);
        int instruction = c.introduction();
        float[] told = whole.map(0, head, n, instruction, 0, n, 1, n, () -> false);
        for (int j = 0; j < n; j++) {
          most[j] = Math.max(most[j], Math.max(text[j], told[j]));
        }
      }
      assertArrayEquals(scores, most, NEAR);
      assertSame(map, new PromptScoring(model, pass).repeat(prompt, Progress.NONE));
    }
  }

  /** Each token's among its own part, the first tokens and what follows the prompt. */
  @ParameterizedTest
  @ValueSource(strings = {"plain", "cpu"})
  void partsAreScoredByThemselves(String on) throws IOException {
    try (Model model = ModelLoader.open(TestFiles.path("tiny/plain"));
        Device device = Devices.open(on);
        ForwardPass pass = new ForwardPass(model, device, Progress.NONE)) {
      Prompt prompt = pass.prompt(ids(model, 0.65), null, Progress.NONE);
      new PromptScoring(model, pass).ask(prompt, Set.of(PromptScore.REPEAT), Progress.NONE);
      int n = prompt.tokens();
      List<RepeatedChunk> chunks = RepeatedChunk.of(model, prompt.ids());
      assertTrue(chunks.size() > 1, chunks.size() + " parts");
      float[] expected = new float[n];
      for (RepeatedChunk c : chunks) {
        int[] all = Arrays.copyOf(prompt.ids(), n + c.ids().length);
        System.arraycopy(c.ids(), 0, all, n, c.ids().length);
        Prompt whole = pass.prompt(all, null, Progress.NONE);
        for (int head = 0; head < prompt.config().group(); head++) {
          float[] rows =
              whole.map(
                  0,
                  head,
                  n,
                  c.ids().length,
                  0,
                  all.length,
                  c.ids().length,
                  all.length,
                  () -> false);
          for (int i = 0; i < c.ids().length; i++) {
            int row = i * all.length;
            float counted = 0;
            for (int j = 0; j < all.length; j++) {
              counted += j < 4 || j >= n || j >= c.from() && j < c.to() ? rows[row + j] : 0;
            }
            for (int j = c.from(); j < c.to(); j++) {
              expected[j] = Math.max(expected[j], rows[row + j] / counted);
            }
          }
        }
        whole.close();
      }
      assertArrayEquals(expected, prompt.scores().get(PromptScore.REPEAT)[0], NEAR);
    }
  }

  @Test
  void canBeStopped() throws IOException {
    try (Model model = ModelLoader.open(TestFiles.path("tiny/plain"));
        Device device = Devices.open("plain");
        ForwardPass pass = new ForwardPass(model, device, Progress.NONE)) {
      Prompt prompt = pass.prompt(ids(model, 0.05), null, Progress.NONE);
      Progress stop =
          share -> {
            throw new CancellationException();
          };
      assertThrows(
          CancellationException.class, () -> new PromptScoring(model, pass).repeat(prompt, stop));
      assertNull(prompt.scores().repetition());
    }
  }

  /** A text that fills about so much of the context. */
  private static int[] ids(Model model, double share) {
    int n = (int) (share * model.config().context());
    String text = String.join(" ", new Prose(7).sentences(n, s -> s.length() / 2, Progress.NONE));
    return Arrays.copyOf(Tokenizer.ids(model.tokenizer().encodePrompt(text)), n);
  }
}
