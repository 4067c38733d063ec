package org.emslens.model.assembly;

import org.emslens.format.BadFileException;
import org.emslens.format.TensorInfo;
import org.emslens.model.GgufFields;
import org.emslens.model.ModelConfig;
import org.emslens.model.Rope;
import org.emslens.model.RopeScaling;
import org.emslens.model.RopeSpec;
import org.emslens.model.Tensors;

/** Rotary positions from a GGUF file's metadata. */
public final class GgufRope {
  private GgufRope() {}

  /**
   * @param pairs how llama.cpp stores the rows of this family's queries and keys
   * @throws BadFileException naming a key that is missing, wrong or of a kind that is not known
   */
  public static Rope of(GgufFields f, ModelConfig config, RopeSpec.Pairs pairs, Tensors tensors)
      throws BadFileException {
    int dimensions = f.integerOr(f.key("rope.dimension_count"), config.headDim());
    tensors.demand(
        dimensions >= 2 && dimensions % 2 == 0 && dimensions <= config.headDim(),
        "turns " + dimensions + " of " + config.headDim() + " numbers of a head");
    double theta = f.numberOr(f.key("rope.freq_base"), 10000);
    tensors.demand(theta > 0, "has a RoPE base of " + theta);
    return scaled(f, config, new RopeSpec(pairs, dimensions, (float) theta), tensors);
  }

  /** What the file says of longer texts. */
  private static Rope scaled(GgufFields f, ModelConfig c, RopeSpec rope, Tensors tensors)
      throws BadFileException {
    f.ignore(f.key("rope.scaling.finetuned"));
    String type = f.textOr(f.key("rope.scaling.type"), "none");
    double factor =
        f.numberOr(f.key("rope.scaling.factor"), f.numberOr(f.key("rope.scale_linear"), 1));
    int context = f.integerOr(f.key("rope.scaling.original_context_length"), c.context());
    double magnitude = f.numberOr(f.key("rope.scaling.attn_factor"), 1);
    tensors.demand(factor > 0 && context > 0, "has a RoPE scaling by " + factor);
    if (tensors.has("rope_factors_long.weight")) {
      return new Rope.Stretched(
          divided(rope, "rope_factors_short.weight", magnitude, tensors),
          divided(rope, "rope_factors_long.weight", magnitude, tensors),
          context);
    }
    if (tensors.has("rope_freqs.weight")) {
      return divided(rope, "rope_freqs.weight", 1, tensors);
    }
    return switch (type) {
      case "none" -> rope;
      case "linear" -> factor == 1 ? rope : RopeScaling.linear(rope, factor);
      case "yarn" ->
          RopeScaling.yarn(
              rope,
              factor,
              context,
              f.numberOr(f.key("rope.scaling.yarn_beta_fast"), 32),
              f.numberOr(f.key("rope.scaling.yarn_beta_slow"), 1),
              true,
              magnitude * RopeScaling.yarnMagnitude(factor));
      default -> throw f.unknown(f.key("rope.scaling.type"));
    };
  }

  private static RopeSpec divided(RopeSpec rope, String name, double magnitude, Tensors tensors)
      throws BadFileException {
    TensorInfo factors = tensors.get(name, rope.dimensions() / 2);
    return rope.divided(tensors.values(factors), (float) magnitude);
  }
}
