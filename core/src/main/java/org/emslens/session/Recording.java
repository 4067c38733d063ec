package org.emslens.session;

import java.io.IOException;
import java.nio.file.Path;
import org.emslens.engine.Progress;

/**
 * A session in one file, `.emslens`, which opens without the model.
 *
 * <p>Format, version 8. A ZIP archive (deflate, CRC-checked) of these entries; numbers are
 * little-endian, f16 is IEEE half precision, arrays are row-major. L layers, H query heads, G KV
 * heads, d head size, N prompt tokens, W rows kept of the last queries, R tokens that were
 * repeated.
 *
 * <pre>
 * recording.json            format, version, model, prompt, choice, manifest ({@link Manifest}), steps
 *                           ({@link RecordedRun})
 * prefill/LAYER             one per layer: queries f16 [H,N,d], keys f16 [G,N,d], values f16 [G,N,d],
 *                           log normalisers f32 [H,N], received f32 [G,N], last rows f16 [G,W,N],
 *                           thumbnails f16 [H,24*24]
 * asked/SCORE               one per thing that was asked of the prompt ({@link
 *                           org.emslens.cache.PromptScore}): f32 [L*G,N]
 * repeated/LAYER            one per layer where the prompt's repetition was looked at: queries f16
 *                           [H,R,d], log normalisers f32 [H,R]; part after part
 * plans/STEP                one per step that compressed: policy and budget, then per KV head the
 *                           numbers of kept slots, of the window, of all slots and of scores, and
 *                           i32 kept, i32 target, f32 weight, f32 bias, f32 global, local, score,
 *                           and the readout ({@link PlanFile})
 * attention/STEP            f16, for every query head its row over the slots the step's query saw
 * errors/STEP               f32 [L,H], each head's output error, for steps that asked the full cache
 * </pre>
 *
 * <p>Versions 1, which had no output errors and no budgets shared between heads, 2, which had no
 * limit of candidates and no manifest, 3, which did not say how each layer attends, 4, whose
 * policies had fewer parts to choose, 5, which told turns apart by how they are shown, 6, which
 * kept all slots as they were computed, and 7, which did not keep repetitions, are read as well.
 *
 * <p>Which source tokens each slot stands for is not stored: it is derived from the plans, as
 * everywhere.
 */
public final class Recording {
  /** What the names of session files end in, by which they are told from others. */
  public static final String ENDING = ".emslens";

  static final String FORMAT = "emslens-recording";
  static final int VERSION = 8;

  private Recording() {}

  /**
   * Writes to a temporary name, then moves.
   *
   * @param manifest where the session comes from
   * @param progress throws to stop, which leaves what was there before
   */
  public static void write(Run run, Manifest manifest, Path file, Progress progress)
      throws IOException {
    RecordingWriter.write(run, manifest, file, progress);
  }

  /**
   * @throws org.emslens.format.BadFileException naming the file, the part, what was found and what
   *     was expected
   */
  public static Run read(Path file) throws IOException {
    return RecordingReader.read(file);
  }
}
