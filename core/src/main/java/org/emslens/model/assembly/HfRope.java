package org.emslens.model.assembly;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import org.emslens.format.BadFileException;
import org.emslens.model.HfFields;
import org.emslens.model.Rope;
import org.emslens.model.RopeScaling;
import org.emslens.model.RopeSpec;

/**
 * Rotary positions from a folder's config.json, whose newer ones have `rope_parameters`, older ones
 * `rope_theta` and `rope_scaling`.
 */
public final class HfRope {
  private static final double THETA = 10000;

  /** All that some kind of scaling may say. */
  private static final Set<String> KNOWN =
      Set.of(
          "attention_factor",
          "beta_fast",
          "beta_slow",
          "factor",
          "finetuned",
          "high_freq_factor",
          "long_factor",
          "low_freq_factor",
          "mscale",
          "mscale_all_dim",
          "original_max_position_embeddings",
          "partial_rotary_factor",
          "rope_theta",
          "rope_type",
          "short_factor",
          "truncate",
          "type");

  private final HfFields fields;
  private final JsonNode parameters;
  private final double theta;
  private final double share;
  private final int headDim;
  private final int context;

  private HfRope(
      HfFields fields, JsonNode parameters, double theta, double share, int headDim, int context) {
    this.fields = fields;
    this.parameters = parameters;
    this.theta = theta;
    this.share = share;
    this.headDim = headDim;
    this.context = context;
  }

  /**
   * Of a model whose layers all turn alike.
   *
   * @param context what the model is for, in tokens
   * @throws BadFileException naming a field that is missing, wrong or of a kind that is not known
   */
  public static Rope of(HfFields f, int headDim, int context) throws BadFileException {
    JsonNode older = f.get("rope_scaling");
    JsonNode newer = f.get("rope_parameters");
    refuseTwoWords(f, older, newer);
    JsonNode p = newer.isObject() ? newer : older;
    double theta = f.numberOr("rope_theta", p.path("rope_theta").asDouble(THETA));
    return of(f, p, theta, headDim, context);
  }

  /** Where the older field is there beside the newer one, they have to say the same. */
  public static void refuseTwoWords(HfFields f, JsonNode older, JsonNode newer)
      throws BadFileException {
    if (!older.isObject() || !newer.isObject()) {
      return;
    }
    for (Map.Entry<String, JsonNode> e : older.properties()) {
      String field = e.getKey().equals("type") ? "rope_type" : e.getKey();
      f.refuse(
          !same(field, e.getValue(), newer.path(field)),
          "'rope_scaling' has '"
              + e.getKey()
              + "' "
              + e.getValue()
              + ", 'rope_parameters' "
              + (newer.has(field) ? newer.get(field) : "none")
              + ": two words on how positions are turned");
    }
  }

  private static boolean same(String field, JsonNode a, JsonNode b) {
    if (field.equals("rope_type")) {
      return a.asText().equals(b.asText("default"));
    }
    return a.isNumber() && b.isNumber() ? a.asDouble() == b.asDouble() : a.equals(b);
  }

  /**
   * Of layers that have parameters of their own.
   *
   * @param parameters an object such as `rope_parameters`, or a missing node
   * @param theta base of the frequencies, or 0 where it stands in `parameters`
   */
  public static Rope of(HfFields f, JsonNode parameters, double theta, int headDim, int context)
      throws BadFileException {
    return of(f, parameters, theta, 1, headDim, context);
  }

  /**
   * Of a model that turns only a part of each head.
   *
   * @param share the part, where the file does not say it
   */
  public static Rope of(
      HfFields f, JsonNode parameters, double theta, double share, int headDim, int context)
      throws BadFileException {
    double base = theta > 0 ? theta : parameters.path("rope_theta").asDouble(THETA);
    return new HfRope(f, parameters, base, share, headDim, context).read();
  }

  private Rope read() throws BadFileException {
    fields.refuseOthers("rope_parameters", parameters, KNOWN);
    double said = fields.numberOr("partial_rotary_factor", fields.numberOr("rotary_pct", share));
    int dimensions = (int) (headDim * number("partial_rotary_factor", said));
    demand(
        dimensions >= 2 && dimensions % 2 == 0 && dimensions <= headDim, "an even part of heads");
    demand(theta > 0, "a base above 0");
    RopeSpec plain = new RopeSpec(RopeSpec.Pairs.HALVES, dimensions, (float) theta);
    String type = parameters.path("rope_type").asText(parameters.path("type").asText("default"));
    return switch (type) {
      case "default" -> plain;
      case "linear" -> RopeScaling.linear(plain, factor());
      case "dynamic" -> new Rope.Dynamic(plain, factor(), original());
      case "llama3" -> llama3(plain);
      case "yarn" -> yarn(plain);
      case "longrope", "su" -> longRope(plain);
      default -> {
        fields.refuse(true, "RoPE scaling of type '" + type + "'");
        yield plain;
      }
    };
  }

  private Rope llama3(RopeSpec plain) throws BadFileException {
    double low = number("low_freq_factor", 0);
    double high = number("high_freq_factor", 0);
    demand(low > 0 && high > low, "low_freq_factor < high_freq_factor, both above 0");
    return RopeScaling.llama3(
        plain, factor(), low, high, required("original_max_position_embeddings"));
  }

  private Rope yarn(RopeSpec plain) throws BadFileException {
    double factor = factor();
    double magnitude = number("attention_factor", 0);
    double all = number("mscale_all_dim", 0);
    double one = number("mscale", 0);
    if (magnitude == 0) {
      magnitude =
          one > 0 && all > 0
              ? (0.1 * one * Math.log(factor) + 1) / (0.1 * all * Math.log(factor) + 1)
              : RopeScaling.yarnMagnitude(factor);
    }
    return RopeScaling.yarn(
        plain,
        factor,
        original(),
        number("beta_fast", 32),
        number("beta_slow", 1),
        parameters.path("truncate").asBoolean(true),
        magnitude);
  }

  private Rope longRope(RopeSpec plain) throws BadFileException {
    int original = original();
    double factor = number("factor", (double) context / original);
    double magnitude = number("attention_factor", RopeScaling.longMagnitude(factor, original));
    return new Rope.Stretched(
        plain.divided(factors("short_factor", plain), (float) magnitude),
        plain.divided(factors("long_factor", plain), (float) magnitude),
        original);
  }

  private float[] factors(String field, RopeSpec rope) throws BadFileException {
    JsonNode n = parameters.path(field);
    float[] factors = new float[rope.dimensions() / 2];
    demand(n.size() == factors.length, factors.length + " numbers in '" + field + "'");
    for (int i = 0; i < factors.length; i++) {
      factors[i] = (float) n.path(i).asDouble();
      demand(factors[i] > 0, "numbers above 0 in '" + field + "'");
    }
    return factors;
  }

  /** Tokens that the model was first trained with. */
  private int original() throws BadFileException {
    String field = "original_max_position_embeddings";
    double otherwise = fields.numberOr(field, context);
    double found = number(field, otherwise);
    demand(found >= 1 && found <= Integer.MAX_VALUE, "a number of tokens in '" + field + "'");
    return (int) found;
  }

  private double factor() throws BadFileException {
    return required("factor");
  }

  private double required(String field) throws BadFileException {
    double found = number(field, 0);
    demand(found > 0, "a number above 0 in '" + field + "'");
    return found;
  }

  private double number(String field, double otherwise) {
    return parameters.path(field).asDouble(otherwise);
  }

  private void demand(boolean holds, String expected) throws BadFileException {
    if (!holds) {
      throw new BadFileException(
          fields.file(), "RoPE scaling is " + parameters + "; expected " + expected + ".");
    }
  }
}
