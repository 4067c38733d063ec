package org.emslens.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A SentencePiece BPE vocabulary with scores, written as Hugging Face's BPE: a piece's score says
 * when the merge that makes it is tried.
 */
final class SentencePieceJson {
  private final String[] tokens;
  private final float[] scores;
  private final boolean prefixSpace;
  private final Map<String, Integer> ids = new HashMap<>();

  SentencePieceJson(String[] tokens, float[] scores, boolean prefixSpace) {
    this.tokens = tokens;
    this.scores = scores;
    this.prefixSpace = prefixSpace;
    for (int i = 0; i < tokens.length; i++) {
      ids.put(tokens[i], i);
    }
  }

  void fill(ObjectNode json) {
    ArrayNode normalizers =
        json.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
    if (prefixSpace) {
      normalizers.addObject().put("type", "Prepend").put("prepend", "▁");
    }
    ObjectNode replace = normalizers.addObject().put("type", "Replace").put("content", "▁");
    replace.putObject("pattern").put("String", " ");
    ArrayNode decoders = json.putObject("decoder").put("type", "Sequence").putArray("decoders");
    ObjectNode back = decoders.addObject().put("type", "Replace").put("content", " ");
    back.putObject("pattern").put("String", "▁");
    decoders.addObject().put("type", "ByteFallback");
    decoders.addObject().put("type", "Fuse");
    ObjectNode model =
        json.putObject("model").put("type", "BPE").put("byte_fallback", true).put("fuse_unk", true);
    if (ids.containsKey("<unk>")) {
      model.put("unk_token", "<unk>");
    }
    // There are hundreds of thousands: nodes for all of them would take longer than the rest.
    model.putPOJO("vocab", ids);
    model.putPOJO("merges", merges());
  }

  private List<String[]> merges() {
    return IntStream.range(0, tokens.length)
        .filter(i -> ids.get(tokens[i]) == i)
        .boxed()
        .sorted(Comparator.<Integer>comparingDouble(i -> -scores[i]).thenComparing(i -> i))
        .toList()
        .parallelStream()
        .flatMap(i -> merges(tokens[i]).stream())
        .toList();
  }

  /** The ways to put a piece together from two others. */
  private List<String[]> merges(String piece) {
    List<String[]> splits = new ArrayList<>();
    for (int cut = 1; cut < piece.length(); cut++) {
      String left = piece.substring(0, cut);
      if (ids.containsKey(left)) {
        String right = piece.substring(cut);
        if (ids.containsKey(right)) {
          splits.add(new String[] {left, right});
        }
      }
    }
    if (splits.size() > 1) {
      splits.sort(
          Comparator.<String[]>comparingInt(s -> ids.get(s[0])).thenComparing(s -> ids.get(s[1])));
    }
    return splits;
  }
}
