package org.emslens.model.family;

import java.util.List;
import java.util.Set;
import org.emslens.format.BadFileException;
import org.emslens.model.AttentionSpec;
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
import org.emslens.model.assembly.TensorNames;

/**
 * Llama 2 and 3 (arXiv 2407.21783), Mistral with its sliding window (arXiv 2310.06825), and Mixtral
 * with its experts (arXiv 2401.04088): grouped-query attention, RoPE, RMSNorm, SwiGLU. In GGUF all
 * three are `llama`.
 */
final class Llama implements Family {
  @Override
  public List<String> ggufNames() {
    return List.of("llama");
  }

  @Override
  public List<String> folderNames() {
    return List.of("LlamaForCausalLM", "MistralForCausalLM", "MixtralForCausalLM");
  }

  @Override
  public Described read(GgufFields f, Tensors tensors) throws BadFileException {
    ModelConfig c = GgufSizes.of(f, tensors);
    int experts = f.integerOr("llama.expert_count", 0);
    int used = f.integerOr("llama.expert_used_count", 0);
    int window = f.integerOr("llama.attention.sliding_window", 0);
    double epsilon = f.number("llama.attention.layer_norm_rms_epsilon");
    TensorNames names =
        tensors.has("blk.0.ffn_gate.0.weight")
            ? TensorNames.GGUF.withExperts(
                "ffn_gate_inp", "ffn_gate.%e", "ffn_up.%e", "ffn_down.%e")
            : TensorNames.GGUF;
    // llama.cpp stores the rows of queries and keys so that RoPE turns neighbours.
    Decoder d =
        new Decoder(c, names, tensors, epsilon)
            .shape(l -> shape(c, window))
            .rope(GgufRope.of(f, c, RopeSpec.Pairs.NEIGHBOURS, tensors));
    f.refuseOthers("llama.", Set.of("llama.vocab_size"));
    return experts == 0 ? d.build() : d.experts(experts, used, c.feedForward(), true).build();
  }

  @Override
  public Described read(HfFields f, Tensors tensors) throws BadFileException {
    ModelConfig c = HfSizes.of(f, tensors);
    f.demand("hidden_act", "silu");
    int window = f.integerOr("sliding_window", 0);
    int experts = f.integerOr("num_local_experts", 0);
    int used = f.integerOr("num_experts_per_tok", 0);
    TensorNames names =
        TensorNames.FOLDER.withExperts(
            "block_sparse_moe.gate",
            "block_sparse_moe.experts.%e.w1",
            "block_sparse_moe.experts.%e.w3",
            "block_sparse_moe.experts.%e.w2");
    Decoder d =
        new Decoder(c, names, tensors, f.numberOr("rms_norm_eps", 1e-6))
            .shape(l -> shape(c, window))
            .rope(HfRope.of(f, c.headDim(), c.context()));
    // Where these are true, the biases are among the tensors.
    f.flag("attention_bias");
    f.flag("mlp_bias");
    f.refuseOthers("is_llama_config", "output_router_logits");
    return experts == 0 ? d.build() : d.experts(experts, used, c.feedForward(), true).build();
  }

  private static AttentionSpec.Shape shape(ModelConfig c, int window) {
    return c.shape().within(window);
  }
}
