package org.emslens.model.assembly;

import java.util.Map;

/**
 * What one container calls the tensors of a layer that most families share, without `.weight` and
 * `.bias`; `%d` stands for a layer, `%e` for an expert.
 *
 * @param layer what the names of a layer's tensors begin with
 * @param queryKeyValue all three in one, one below the other, where a file has that
 * @param gateUp gate and up in one, likewise
 * @param norms of a layer, by where they are
 * @param stacked whether one tensor [experts, ..] holds a projection of all experts
 */
public record TensorNames(
    String embedding,
    String output,
    String finalNorm,
    String layer,
    String query,
    String key,
    String value,
    String queryKeyValue,
    String queryNorm,
    String keyNorm,
    String attentionOutput,
    String gate,
    String up,
    String down,
    String gateUp,
    String router,
    String expertGate,
    String expertUp,
    String expertDown,
    boolean stacked,
    Map<NormPlace, Norms> norms) {

  /** A layer's norms; null where there is none. */
  public record Norms(
      String attention, String attentionOutput, String feedForward, String feedForwardOutput) {}

  /** As llama.cpp names them, whatever the family. */
  public static final TensorNames GGUF =
      new TensorNames(
          "token_embd",
          "output",
          "output_norm",
          "blk.%d.",
          "attn_q",
          "attn_k",
          "attn_v",
          "attn_qkv",
          "attn_q_norm",
          "attn_k_norm",
          "attn_output",
          "ffn_gate",
          "ffn_up",
          "ffn_down",
          "ffn_up",
          "ffn_gate_inp",
          "ffn_gate_exps",
          "ffn_up_exps",
          "ffn_down_exps",
          true,
          Map.of(
              NormPlace.BEFORE,
              new Norms("attn_norm", null, "ffn_norm", null),
              NormPlace.AFTER,
              new Norms(null, "post_attention_norm", null, "post_ffw_norm"),
              NormPlace.AROUND,
              new Norms("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm")));

  /** As most of Hugging Face's models name them. */
  public static final TensorNames FOLDER =
      new TensorNames(
          "model.embed_tokens",
          "lm_head",
          "model.norm",
          "model.layers.%d.",
          "self_attn.q_proj",
          "self_attn.k_proj",
          "self_attn.v_proj",
          "self_attn.qkv_proj",
          "self_attn.q_norm",
          "self_attn.k_norm",
          "self_attn.o_proj",
          "mlp.gate_proj",
          "mlp.up_proj",
          "mlp.down_proj",
          "mlp.gate_up_proj",
          "mlp.gate",
          "mlp.experts.%e.gate_proj",
          "mlp.experts.%e.up_proj",
          "mlp.experts.%e.down_proj",
          false,
          Map.of(
              NormPlace.BEFORE,
              new Norms("input_layernorm", null, "post_attention_layernorm", null),
              NormPlace.AFTER,
              new Norms(null, "post_attention_layernorm", null, "post_feedforward_layernorm"),
              NormPlace.AROUND,
              new Norms(
                  "input_layernorm",
                  "post_attention_layernorm",
                  "pre_feedforward_layernorm",
                  "post_feedforward_layernorm")));

  /** The same, but for the experts, one tensor for each. */
  public TensorNames withExperts(String router, String gate, String up, String down) {
    return new TensorNames(
        embedding,
        output,
        finalNorm,
        layer,
        query,
        key,
        value,
        queryKeyValue,
        queryNorm,
        keyNorm,
        attentionOutput,
        this.gate,
        this.up,
        this.down,
        gateUp,
        router,
        gate,
        up,
        down,
        false,
        norms);
  }

  String layer(int index) {
    return layer.replace("%d", Integer.toString(index));
  }
}
