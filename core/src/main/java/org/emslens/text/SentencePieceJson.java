package org.emslens.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
    ObjectNode vocabulary = model.putObject("vocab");
    for (int i = 0; i < tokens.length; i++) {
      vocabulary.put(tokens[i], i);
    }
    ArrayNode out = model.putArray("merges");
    merges().forEach(m -> out.addArray().add(m[0]).add(m[1]));
  }

  private List<String[]> merges() {
    List<Integer> order = new ArrayList<>(ids.values());
    order.sort(Comparator.<Integer>comparingDouble(i -> -scores[i]).thenComparing(i -> i));
    List<String[]> merges = new ArrayList<>();
    for (int i : order) {
      String piece = tokens[i];
      List<String[]> splits = new ArrayList<>();
      for (int cut = 1; cut < piece.length(); cut++) {
        if (ids.containsKey(piece.substring(0, cut)) && ids.containsKey(piece.substring(cut))) {
          splits.add(new String[] {piece.substring(0, cut), piece.substring(cut)});
        }
      }
      splits.sort(
          Comparator.<String[]>comparingInt(s -> ids.get(s[0])).thenComparing(s -> ids.get(s[1])));
      merges.addAll(splits);
    }
    return merges;
  }
}
