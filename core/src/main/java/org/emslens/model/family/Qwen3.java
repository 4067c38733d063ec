package org.emslens.model.family;

import java.util.List;
import java.util.Set;
import org.emslens.format.BadFileException;
import org.emslens.model.GgufFields;
import org.emslens.model.HfFields;
import org.emslens.model.ModelConfig;
import org.emslens.model.RopeSpec;
import org.emslens.model.Tensors;
import org.emslens.model.assembly.Decoder;
import org.emslens.model.assembly.GgufRope;
import org.emslens.model.assembly.GgufSizes;
import org.emslens.model.assembly.HfRope;
import org.emslens.model.assembly.HfSizes;
import org.emslens.model.assembly.HfWindows;
import org.emslens.model.assembly.TensorNames;

/**
 * Qwen 3 (arXiv 2505.09388), dense and of experts: queries and keys are normalised head by head,
 * whose size is the model's own choice.
 */
final class Qwen3 implements Family {
  @Override
  public List<String> ggufNames() {
    return List.of("qwen3", "qwen3moe");
  }

  @Override
  public List<String> folderNames() {
    return List.of("Qwen3ForCausalLM", "Qwen3MoeForCausalLM");
  }

  @Override
  public Described read(GgufFields f, Tensors tensors) throws BadFileException {
    ModelConfig c = GgufSizes.of(f, tensors);
    Decoder d =
        new Decoder(
                c, TensorNames.GGUF, tensors, f.number(f.key("attention.layer_norm_rms_epsilon")))
            .queryKeyNorms(false)
            .rope(GgufRope.of(f, c, RopeSpec.Pairs.HALVES, tensors));
    int experts = f.integerOr(f.key("expert_count"), 0);
    if (experts > 0) {
      int used = f.integer(f.key("expert_used_count"));
      d.experts(experts, used, f.integer(f.key("expert_feed_forward_length")), true);
    }
    f.refuseOthers(f.key(""), Set.of(f.key("vocab_size")));
    return d.build();
  }

  @Override
  public Described read(HfFields f, Tensors tensors) throws BadFileException {
    ModelConfig c = HfSizes.of(f, tensors);
    f.demand("hidden_act", "silu");
    int[] windows = HfWindows.switched(f, c.layers());
    Decoder d =
        new Decoder(c, TensorNames.FOLDER, tensors, f.numberOr("rms_norm_eps", 1e-6))
            .windows(windows)
            .queryKeyNorms(false)
            .rope(HfRope.of(f, c.headDim(), c.context()));
    int experts = f.integerOr("num_local_experts", f.integerOr("num_experts", 0));
    if (experts > 0) {
      f.refuse(
          f.integerOr("decoder_sparse_step", 1) != 1 || !f.get("mlp_only_layers").isEmpty(),
          "some layers have no experts");
      int used = f.integer("num_experts_per_tok");
      boolean renormalised = f.flag("norm_topk_prob");
      d.experts(experts, used, f.integer("moe_intermediate_size"), renormalised);
    }
    f.flag("attention_bias");
    f.refuseOthers("output_router_logits");
    return d.build();
  }
}
