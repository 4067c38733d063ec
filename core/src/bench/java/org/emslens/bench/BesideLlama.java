package org.emslens.bench;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.LlamaOutput;
import de.kherud.llama.ModelParameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.emslens.device.DecodeTap;
import org.emslens.device.ProcessMemory;
import org.emslens.engine.Cache;
import org.emslens.engine.LoadedModel;
import org.emslens.engine.Progress;
import org.emslens.engine.Prompt;
import org.emslens.experiment.Prose;
import org.emslens.model.ModelLoader;
import org.emslens.text.Tokenizer;

/**
 * The very same file and prompt in llama.cpp and here, in turn, in one process: a noisy machine
 * slows both. llama.cpp captures nothing; here every head's attention is captured, and the prompt's
 * statistics.
 *
 * <pre>mvn -Pbench -DskipTests verify -pl core -Dbench.main=org.emslens.bench.BesideLlama -Dbench.args="FILE.gguf 500 128 5"</pre>
 */
public final class BesideLlama {
  private BesideLlama() {}

  /** Tokens a second. */
  private record Speed(double prefill, double decode) {}

  /**
   * @param args a GGUF file, tokens of the prompt, tokens to generate, rounds, and perhaps threads of
   *     llama.cpp
   */
  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    int prompt = Integer.parseInt(args[1]);
    int generated = Integer.parseInt(args[2]);
    int rounds = Integer.parseInt(args[3]);
    int threads =
        args.length > 4 ? Integer.parseInt(args[4]) : Runtime.getRuntime().availableProcessors();
    long start = System.nanoTime();
    try (LoadedModel ours = LoadedModel.load(ModelLoader.open(file), null, Progress.NONE)) {
      double ourLoad = (System.nanoTime() - start) / 1e9;
      long ourMemory = ProcessMemory.peak();
      int[] ids = Arrays.copyOf(ids(ours, prompt), prompt);
      String text = ours.model().tokenizer().decode(ids);
      start = System.nanoTime();
      ModelParameters p =
          new ModelParameters()
              .setModel(file.toString())
              .setCtxSize(prompt + generated + 64)
              .setThreads(threads)
              .setThreadsBatch(threads)
              .setGpuLayers(0)
              .disableLog();
      try (LlamaModel theirs = new LlamaModel(p)) {
        double theirLoad = (System.nanoTime() - start) / 1e9;
        say("load: llama.cpp %.1f s, here %.1f s, %d MB%n", theirLoad, ourLoad, ourMemory >> 20);
        Speed[] a = new Speed[rounds];
        Speed[] b = new Speed[rounds];
        ours(ours, ids, generated);
        for (int i = 0; i < rounds; i++) {
          a[i] = theirs(theirs, text, prompt, generated);
          b[i] = ours(ours, ids, generated);
          say(
              "%d: prefill %.0f, %.0f tokens/s; decode %.1f, %.1f tokens/s%n",
              i + 1, a[i].prefill, b[i].prefill, a[i].decode, b[i].decode);
        }
        double prefillA = median(a, true);
        double prefillB = median(b, true);
        double decodeA = median(a, false);
        double decodeB = median(b, false);
        say(
            "medians, llama.cpp, here, ratio: prefill %.0f, %.0f, %.2f; decode %.1f, %.1f, %.2f%n",
            prefillA, prefillB, prefillB / prefillA, decodeA, decodeB, decodeB / decodeA);
      }
    }
    System.exit(0);
  }

  private static int[] ids(LoadedModel model, int n) {
    String prose = String.join(" ", new Prose(3).sentences(n, t -> t.length() / 6, Progress.NONE));
    return Tokenizer.ids(model.model().tokenizer().encodePrompt(prose));
  }

  private static Speed theirs(LlamaModel model, String text, int prompt, int generated) {
    InferenceParameters p =
        new InferenceParameters(text)
            .setNPredict(generated)
            .setTemperature(0)
            .setIgnoreEos(true)
            .setCachePrompt(false);
    long start = System.nanoTime();
    long first = 0;
    int tokens = 0;
    for (LlamaOutput out : model.generate(p)) {
      if (first == 0) {
        first = System.nanoTime();
      }
      tokens++;
    }
    long end = System.nanoTime();
    return new Speed(prompt / ((first - start) / 1e9), (tokens - 1) / ((end - first) / 1e9));
  }

  private static Speed ours(LoadedModel model, int[] ids, int generated) {
    long start = System.nanoTime();
    Prompt prompt = model.pass().prompt(ids, null, Progress.NONE);
    long first = System.nanoTime();
    Cache cache = prompt.cache(1);
    DecodeTap tap = new DecodeTap(model.model().config().allHeads());
    for (int i = 0; i < generated; i++) {
      model.pass().step(cache, ids[i % ids.length], tap);
    }
    long end = System.nanoTime();
    return new Speed(ids.length / ((first - start) / 1e9), generated / ((end - first) / 1e9));
  }

  private static double median(Speed[] all, boolean prefill) {
    double[] x = Arrays.stream(all).mapToDouble(s -> prefill ? s.prefill : s.decode).toArray();
    Arrays.sort(x);
    return x[x.length / 2];
  }

  private static void say(String format, Object... values) {
    System.out.printf(Locale.ROOT, format, values);
    System.out.flush();
  }
}
