package org.emslens.device;

import java.util.Arrays;

/**
 * A part of a prompt that is said once more behind it, to tell what is paid to its tokens then: of
 * what each query pays to the prompt's first tokens, to this part and to what follows the prompt,
 * as if there was nothing else.
 *
 * @param sinks how many first tokens of the prompt count, none of them within the part
 * @param from the part's first token
 * @param to the first behind it
 * @param keepsMap whether parts of maps will be asked for, which takes the queries of what follows
 * @param weights of what follows, in several weightings [layers][W][more], positive; a layer's are
 *     filled in before it attends
 */
public record Repeated(int sinks, int from, int to, boolean keepsMap, float[][][] weights) {

  /** Whether no token of a prompt is left out. */
  public boolean whole(int tokens) {
    return from == sinks && to == tokens;
  }

  /** Whether a query's probability of a token counts. */
  public boolean counts(int token, int tokens) {
    return token < sinks || token >= from && token < to || token >= tokens;
  }

  /** The same for some layers. */
  public Repeated of(int firstLayer, int endLayer) {
    return new Repeated(
        sinks, from, to, keepsMap, Arrays.copyOfRange(weights, firstLayer, endLayer));
  }
}
