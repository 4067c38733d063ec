package org.emslens.model.family;

import com.fasterxml.jackson.databind.JsonNode;
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
import org.emslens.model.Rope;
import org.emslens.model.RopeSpec;
import org.emslens.model.Tensors;
import org.emslens.model.assembly.GgufRope;
import org.emslens.model.assembly.HfRope;
import org.emslens.model.assembly.HfSizes;

/**
 * GPT-NeoX (arXiv 2204.06745) and Pythia (arXiv 2304.01373): attention and the feed-forward part
 * read the same activations, a part of each head is turned, norms are of mean and variance.
 */
final class GptNeox implements Family {
  private static final double THETA = 10000;

  /** How much of a head is turned where a configuration does not say. */
  private static final double TURNED = 0.25;

  /** Tensor names of one container; `%d` stands for the layer. */
  private record Names(
      String embedding,
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
          "gpt_neox.embed_in",
          "embed_out",
          "gpt_neox.final_layer_norm",
          "gpt_neox.layers.%d.input_layernorm",
          "gpt_neox.layers.%d.attention.query_key_value",
          "gpt_neox.layers.%d.attention.dense",
          "gpt_neox.layers.%d.post_attention_layernorm",
          "gpt_neox.layers.%d.mlp.dense_h_to_4h",
          "gpt_neox.layers.%d.mlp.dense_4h_to_h");

  @Override
  public List<String> ggufNames() {
    return List.of("gptneox");
  }

  @Override
  public List<String> folderNames() {
    return List.of("GPTNeoXForCausalLM");
  }

  @Override
  public Described read(GgufFields f, Tensors tensors) throws BadFileException {
    int hidden = f.integer("gptneox.embedding_length");
    int heads = f.integer("gptneox.attention.head_count");
    f.demand("gptneox.attention.head_count_kv", heads);
    ModelConfig config =
        new ModelConfig(
            "gptneox",
            f.integer("gptneox.block_count"),
            hidden,
            heads,
            heads,
            hidden / Math.max(1, heads),
            f.integer("gptneox.feed_forward_length"),
            f.vocabulary(),
            f.integer("gptneox.context_length"),
            !tensors.has("output.weight"),
            tensors.parameters(),
            tensors.bytes(),
            tensors.commonType().name());
    Rope rope = GgufRope.of(f, config, RopeSpec.Pairs.HALVES, tensors);
    float epsilon = (float) f.number("gptneox.attention.layer_norm_epsilon");
    boolean parallel = f.flagOr("gptneox.use_parallel_residual", true);
    f.refuseOthers("gptneox.", Set.of("gptneox.vocab_size"));
    // llama.cpp stores queries of all heads, then keys, then values.
    return new Reader(config, GGUF, epsilon, rope, Activation.GELU, parallel, tensors)
        .described(tensors::linear);
  }

  @Override
  public Described read(HfFields f, Tensors tensors) throws BadFileException {
    ModelConfig sizes = HfSizes.of(f, tensors);
    ModelConfig config = sizes.tied(HfSizes.tied(f, tensors, FOLDER.output));
    String activation = f.textOr("hidden_act", "gelu");
    Activation does =
        switch (activation) {
          case "gelu" -> Activation.GELU;
          case "gelu_new", "gelu_fast", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
          default -> null;
        };
    f.refuse(does == null, "'hidden_act' is '" + activation + "'");
    JsonNode parameters = f.get("rope_parameters");
    HfRope.refuseTwoWords(f, f.get("rope_scaling"), parameters);
    double base = f.numberOr("rotary_emb_base", THETA);
    double theta = parameters.path("rope_theta").asDouble(base);
    Rope rope =
        HfRope.of(
            f,
            parameters.isObject() ? parameters : f.get("rope_scaling"),
            theta,
            TURNED,
            config.headDim(),
            config.context());
    float epsilon = (float) f.numberOr("layer_norm_eps", 1e-5);
    boolean parallel = !f.has("use_parallel_residual") || f.flag("use_parallel_residual");
    f.flag("attention_bias");
    f.refuseOthers("use_parallel_residual");
    // It is stored head by head.
    int heads = config.heads();
    return new Reader(config, FOLDER, epsilon, rope, does, parallel, tensors)
        .described((name, out, in) -> tensors.sortedByKind(name, heads, 3, out, in));
  }

  /** How a container stores the projection to queries, keys and values. */
  @FunctionalInterface
  private interface Fused {
    LinearSpec of(String name, long out, long in) throws BadFileException;
  }

  /** What a container's two ways of saying it have in common. */
  private record Reader(
      ModelConfig config,
      Names names,
      float epsilon,
      Rope rope,
      Activation activation,
      boolean parallel,
      Tensors tensors) {

    Described described(Fused fused) throws BadFileException {
      tensors.check(config);
      int n = config.hidden();
      TensorInfo embedding = tensors.get(names.embedding + ".weight", config.vocab(), n);
      List<LayerSpec> layers = new ArrayList<>();
      for (int l = 0; l < config.layers(); l++) {
        layers.add(layer(Integer.toString(l), fused));
      }
      ModelSpec spec =
          new ModelSpec(
              embedding,
              layers,
              tensors.layerNorm(names.finalNorm, n, epsilon),
              config.tied()
                  ? new LinearSpec(embedding, null)
                  : tensors.linear(names.output, config.vocab(), n));
      // Masks of an older format, and frequencies that follow from the base.
      tensors.refuseOthers(
          name ->
              name.endsWith(".attention.bias")
                  || name.endsWith(".attention.masked_bias")
                  || name.endsWith(".rotary_emb.inv_freq")
                  || config.tied() && name.equals(names.output + ".weight"));
      return new Described(config, spec, tensors.source());
    }

    private LayerSpec layer(String l, Fused fused) throws BadFileException {
      int n = config.hidden();
      int width = config.feedForward();
      LinearSpec qkv = fused.of(names.queryKeyValue.replace("%d", l), 3L * n, n);
      AttentionSpec attention =
          new AttentionSpec(
              config.shape(),
              rope,
              qkv.rows(0, n),
              qkv.rows(n, n),
              qkv.rows(2L * n, n),
              tensors.linear(names.attentionOutput.replace("%d", l), n, n));
      FeedForwardSpec feedForward =
          new FeedForwardSpec.Dense(
              activation,
              null,
              tensors.linear(names.up.replace("%d", l), width, n),
              tensors.linear(names.down.replace("%d", l), n, width));
      return new LayerSpec(
          tensors.layerNorm(names.attentionNorm.replace("%d", l), n, epsilon),
          attention,
          null,
          tensors.layerNorm(names.feedForwardNorm.replace("%d", l), n, epsilon),
          feedForward,
          null,
          1,
          parallel);
    }
  }
}
