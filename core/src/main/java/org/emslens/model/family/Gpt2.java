package org.emslens.model.family;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.emslens.format.BadFileException;
import org.emslens.format.TensorInfo;
import org.emslens.model.Activation;
import org.emslens.model.AttentionSpec;
import org.emslens.model.FeedForwardSpec;
import org.emslens.model.GgufFields;
import org.emslens.model.HfFields;
import org.emslens.model.LayerSpec;
import org.emslens.model.LinearSpec;
import org.emslens.model.ModelConfig;
import org.emslens.model.ModelSpec;
import org.emslens.model.Tensors;

/**
 * GPT-2 (Radford et al., 2019): learned positions added to the embedding, mean and variance norms,
 * one head of keys and values for each of queries, biases everywhere, no gate.
 *
 * <p>The shortest family that shows all that one has to say; `assets/docs/another-family.md` walks
 * through it.
 */
final class Gpt2 implements Family {

  /** Tensor names of one container; `%d` stands for the layer. */
  private record Names(
      String embedding,
      String positions,
      String output,
      String finalNorm,
      String attentionNorm,
      String queryKeyValue,
      String attentionOutput,
      String feedForwardNorm,
      String up,
      String down) {}

  private static final Names GGUF =
      new Names(
          "token_embd",
          "position_embd",
          "output",
          "output_norm",
          "blk.%d.attn_norm",
          "blk.%d.attn_qkv",
          "blk.%d.attn_output",
          "blk.%d.ffn_norm",
          "blk.%d.ffn_up",
          "blk.%d.ffn_down");

  private static final Names FOLDER =
      new Names(
          "wte",
          "wpe",
          "lm_head",
          "ln_f",
          "h.%d.ln_1",
          "h.%d.attn.c_attn",
          "h.%d.attn.c_proj",
          "h.%d.ln_2",
          "h.%d.mlp.c_fc",
          "h.%d.mlp.c_proj");

  @Override
  public List<String> ggufNames() {
    return List.of("gpt2");
  }

  @Override
  public List<String> folderNames() {
    return List.of("GPT2LMHeadModel");
  }

  @Override
  public Described read(GgufFields f, Tensors tensors) throws BadFileException {
    int hidden = f.integer("gpt2.embedding_length");
    int heads = f.integer("gpt2.attention.head_count");
    f.demand("gpt2.attention.head_count_kv", heads);
    ModelConfig config =
        new ModelConfig(
            "gpt2",
            f.integer("gpt2.block_count"),
            hidden,
            heads,
            heads,
            hidden / Math.max(1, heads),
            f.integer("gpt2.feed_forward_length"),
            f.vocabulary(),
            f.integer("gpt2.context_length"),
            !tensors.has("output.weight"),
            tensors.parameters(),
            tensors.bytes(),
            tensors.commonType().name());
    double epsilon = f.number("gpt2.attention.layer_norm_epsilon");
    f.refuseOthers("gpt2.", Set.of("gpt2.vocab_size"));
    return described(config, GGUF, "", (float) epsilon, tensors, Tensors::linear);
  }

  @Override
  public Described read(HfFields f, Tensors tensors) throws BadFileException {
    int hidden = f.integer("n_embd");
    int heads = f.integer("n_head");
    ModelConfig config =
        new ModelConfig(
            "gpt2",
            f.integer("n_layer"),
            hidden,
            heads,
            heads,
            hidden / Math.max(1, heads),
            f.integerOr("n_inner", 4 * hidden),
            f.integer("vocab_size"),
            f.integer("n_positions"),
            !f.has("tie_word_embeddings") || f.flag("tie_word_embeddings"),
            tensors.parameters(),
            tensors.bytes(),
            tensors.commonType().name());
    float epsilon = (float) f.numberOr("layer_norm_epsilon", 1e-5);
    f.demand("activation_function", "gelu_new");
    f.refuse(
        f.has("scale_attn_weights") && !f.flag("scale_attn_weights"),
        "'scale_attn_weights' is false");
    f.refuseOthers(
        "n_ctx",
        "reorder_and_upcast_attn",
        "summary_activation",
        "summary_first_dropout",
        "summary_proj_to_labels",
        "summary_type",
        "summary_use_proj",
        "task_specific_params");
    String beginning = tensors.has("wte.weight") ? "" : "transformer.";
    // Its linear maps are stored as [in, out].
    return described(config, FOLDER, beginning, epsilon, tensors, Tensors::transposed);
  }

  /** How a container stores a linear map. */
  @FunctionalInterface
  private interface Linear {
    LinearSpec of(Tensors tensors, String name, long out, long in) throws BadFileException;
  }

  private static Described described(
      ModelConfig c, Names names, String beginning, float epsilon, Tensors tensors, Linear linear)
      throws BadFileException {
    tensors.check(c);
    int n = c.hidden();
    int width = c.feedForward();
    TensorInfo embedding = tensors.get(beginning + names.embedding + ".weight", c.vocab(), n);
    TensorInfo positions = tensors.get(beginning + names.positions + ".weight", c.context(), n);
    List<LayerSpec> layers = new ArrayList<>();
    for (int l = 0; l < c.layers(); l++) {
      String layer = Integer.toString(l);
      LinearSpec fused =
          linear.of(tensors, beginning + names.queryKeyValue.replace("%d", layer), 3L * n, n);
      AttentionSpec attention =
          new AttentionSpec(
              c.shape(),
              null,
              fused.rows(0, n),
              fused.rows(n, n),
              fused.rows(2L * n, n),
              linear.of(tensors, beginning + names.attentionOutput.replace("%d", layer), n, n));
      FeedForwardSpec feedForward =
          new FeedForwardSpec.Dense(
              Activation.GELU_TANH,
              null,
              linear.of(tensors, beginning + names.up.replace("%d", layer), width, n),
              linear.of(tensors, beginning + names.down.replace("%d", layer), n, width));
      layers.add(
          LayerSpec.of(
              tensors.layerNorm(beginning + names.attentionNorm.replace("%d", layer), n, epsilon),
              attention,
              tensors.layerNorm(beginning + names.feedForwardNorm.replace("%d", layer), n, epsilon),
              feedForward));
    }
    ModelSpec spec =
        new ModelSpec(
            embedding,
            1,
            positions,
            layers,
            tensors.layerNorm(beginning + names.finalNorm, n, epsilon),
            c.tied() ? new LinearSpec(embedding, null) : tensors.linear(names.output, c.vocab(), n),
            1,
            0);
    // Masks of an older format: that queries do not look ahead.
    tensors.refuseOthers(
        name ->
            name.endsWith(".attn.bias")
                || name.endsWith(".attn.masked_bias")
                || c.tied() && name.equals(names.output + ".weight"));
    return new Described(c, spec, tensors.source());
  }
}
