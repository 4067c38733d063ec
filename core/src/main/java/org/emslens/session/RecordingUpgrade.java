package org.emslens.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.CacheOptions.Merge;
import org.emslens.cache.CacheOptions.Pool;
import org.emslens.cache.Policies;
import org.emslens.cache.Precision;
import org.emslens.format.Json;

/** Makes of what older recordings say what a new one would; see {@link Recording}. */
final class RecordingUpgrade {
  private RecordingUpgrade() {}

  /** What older versions did not know is as it was then. */
  static JsonNode upgraded(JsonNode json) {
    int version = json.path("version").asInt();
    if (version == 1 && json.get("options") instanceof ObjectNode options) {
      options.put("share", CacheOptions.Share.EVEN.name());
    }
    if (version < 3 && json.get("sampling") instanceof ObjectNode sampling) {
      sampling.put("topK", 0);
    }
    if (version < 3 && json instanceof ObjectNode all) {
      all.putNull("manifest");
    }
    if (version < 4 && json instanceof ObjectNode all) {
      all.putNull("attention");
    }
    if (version < 4 && json.get("sampling") instanceof ObjectNode sampling) {
      sampling.put("minP", 0).put("repetition", 1);
    }
    if (version < 5 && json instanceof ObjectNode all) {
      all.putArray("asked");
      withParts(all);
    }
    if (version < 6 && json instanceof ObjectNode all) {
      all.set("turns", Json.MAPPER.valueToTree(turns(all.path("steps"))));
    }
    if (version < 7 && json.get("options") instanceof ObjectNode options) {
      options.put("precision", Precision.FLOAT32.name());
    }
    if (version < 8 && json instanceof ObjectNode all) {
      all.putArray("repeated");
    }
    for (JsonNode step : json.path("steps")) {
      if (step instanceof ObjectNode s && !s.has("drawn")) {
        s.putNull("drawn");
      }
    }
    return json;
  }

  /** A turn was what steps without a text, and the one after them that shows it, had fed. */
  private static List<Turn> turns(JsonNode steps) {
    List<Turn> turns = new ArrayList<>();
    List<Integer> tokens = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (int i = 1; i < steps.size(); i++) {
      JsonNode token = steps.get(i).path("token");
      tokens.add(token.path("id").asInt());
      text.append(token.path("text").asText());
      String shown = steps.get(i).path("text").asText();
      String words = Turn.wordsIn(shown);
      if (words != null) {
        turns.add(new Turn(i + 1 - tokens.size(), tokens, words, text.toString()));
      }
      if (!shown.isEmpty()) {
        tokens.clear();
        text.setLength(0);
      }
    }
    return turns;
  }

  /** Rivals of EMS had their parts built in, and only a window and a slack to choose. */
  private static void withParts(ObjectNode all) {
    if (all.get("options") instanceof ObjectNode o) {
      String policy = all.path("policy").asText();
      Merge merge = o.path("merge").asBoolean() ? Merge.EMS : Merge.NONE;
      o.put("merge", merge.name()).put("pool", Pool.MAX.name());
      o.put("floor", CacheOptions.EMS.floor()).put("score", CacheOptions.EMS.score().name());
      if (Policies.ids().contains(policy) && !policy.startsWith("ems")) {
        ObjectNode preset = Json.MAPPER.valueToTree(Policies.byId(policy).preset());
        preset.set("window", o.get("window"));
        preset.set("slack", o.get("slack"));
        all.set("options", preset);
      }
    }
  }
}
