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
import org.emslens.model.RopeSpec;
import org.emslens.model.Tensors;

/** Llama and Mistral: grouped-query attention, RoPE, RMSNorm, SwiGLU (arXiv 2002.05202). */
final class Llama implements Family {
  private static final Set<String> HARMLESS_FIELDS =
      Set.of(
          "_name_or_path",
          "architectures",
          "attention_dropout",
          "bos_token_id",
          "dtype",
          "eos_token_id",
          "initializer_range",
          "is_llama_config",
          "pad_token_id",
          "pretraining_tp",
          "torch_dtype",
          "transformers.js_config",
          "transformers_version",
          "unsloth_fixed",
          "unsloth_version",
          "use_cache");

  /** Tensor names of one container; `%d` stands for the layer. */
  private record Names(
      String embedding,
      String output,
      String finalNorm,
      String layer,
      String attentionNorm,
      String query,
      String key,
      String value,
      String attentionOutput,
      String feedForwardNorm,
      String gate,
      String up,
      String down) {}

  private static final Names GGUF =
      new Names(
          "token_embd",
          "output",
          "output_norm",
          "blk.%d.",
          "attn_norm",
          "attn_q",
          "attn_k",
          "attn_v",
          "attn_output",
          "ffn_norm",
          "ffn_gate",
          "ffn_up",
          "ffn_down");

  private static final Names FOLDER =
      new Names(
          "model.embed_tokens",
          "lm_head",
          "model.norm",
          "model.layers.%d.",
          "input_layernorm",
          "self_attn.q_proj",
          "self_attn.k_proj",
          "self_attn.v_proj",
          "self_attn.o_proj",
          "post_attention_layernorm",
          "mlp.gate_proj",
          "mlp.up_proj",
          "mlp.down_proj");

  @Override
  public List<String> ggufNames() {
    return List.of("llama");
  }

  @Override
  public List<String> folderNames() {
    return List.of("LlamaForCausalLM", "MistralForCausalLM");
  }

  @Override
  public Described read(GgufFields f, Tensors tensors) throws BadFileException {
    int hidden = f.integer("llama.embedding_length");
    int heads = f.integer("llama.attention.head_count");
    int headDim = f.integerOr("llama.attention.key_length", hidden / Math.max(1, heads));
    f.demand("llama.attention.value_length", headDim);
    f.demand("llama.rope.dimension_count", headDim);
    f.demand("llama.expert_count", 0);
    f.demand("llama.expert_used_count", 0);
    f.demand("llama.attention.sliding_window", 0);
    f.demand("llama.rope.scaling.type", "none");
    ModelConfig config =
        new ModelConfig(
            f.text("general.architecture"),
            f.integer("llama.block_count"),
            hidden,
            heads,
            f.integerOr("llama.attention.head_count_kv", heads),
            headDim,
            f.integer("llama.feed_forward_length"),
            f.vocabulary(),
            f.integer("llama.context_length"),
            (float) f.numberOr("llama.rope.freq_base", 10000),
            tensors.has("rope_freqs.weight")
                ? tensors.values(tensors.get("rope_freqs.weight", headDim / 2))
                : new float[0],
            (float) f.number("llama.attention.layer_norm_rms_epsilon"),
            !tensors.has("output.weight"),
            tensors.parameters(),
            tensors.bytes(),
            tensors.commonType().name());
    f.refuseOthers("llama.", Set.of("llama.vocab_size", "llama.rope.scaling.finetuned"));
    // llama.cpp stores the rows of queries and keys so that RoPE turns neighbours.
    return described(config, RopeSpec.Pairs.NEIGHBOURS, GGUF, tensors);
  }

  @Override
  public Described read(HfFields f, Tensors tensors) throws BadFileException {
    f.refuse(
        f.get("sliding_window").asInt(0) > 0, "'sliding_window' is " + f.get("sliding_window"));
    String activation = f.textOr("hidden_act", "silu");
    f.refuse(!activation.equals("silu"), "'hidden_act' is '" + activation + "'");
    int hidden = f.integer("hidden_size");
    int heads = f.integer("num_attention_heads");
    int headDim = f.integerOr("head_dim", hidden / Math.max(1, heads));
    JsonNode rope = f.has("rope_parameters") ? f.get("rope_parameters") : f.get("rope_scaling");
    double theta = f.numberOr("rope_theta", rope.path("rope_theta").asDouble(10000));
    ModelConfig config =
        new ModelConfig(
            f.textOr("model_type", "llama"),
            f.integer("num_hidden_layers"),
            hidden,
            heads,
            f.integerOr("num_key_value_heads", heads),
            headDim,
            f.integer("intermediate_size"),
            f.integer("vocab_size"),
            f.integer("max_position_embeddings"),
            (float) theta,
            divisors(f, rope, theta, headDim),
            (float) f.numberOr("rms_norm_eps", 1e-6),
            f.flag("tie_word_embeddings"),
            tensors.parameters(),
            tensors.bytes(),
            tensors.commonType().name());
    // Where these are true, the biases are among the tensors.
    f.flag("attention_bias");
    f.flag("mlp_bias");
    f.refuseOthers(HARMLESS_FIELDS);
    return described(config, RopeSpec.Pairs.HALVES, FOLDER, tensors);
  }

  private static Described described(
      ModelConfig c, RopeSpec.Pairs pairs, Names names, Tensors tensors) throws BadFileException {
    tensors.check(c);
    float epsilon = c.normEpsilon();
    int hidden = c.hidden();
    TensorInfo embedding = tensors.get(names.embedding + ".weight", c.vocab(), hidden);
    LinearSpec output =
        c.tied()
            ? new LinearSpec(embedding, null)
            : tensors.linear(names.output, c.vocab(), hidden);
    RopeSpec rope = new RopeSpec(pairs, c.headDim(), c.ropeTheta(), c.ropeDivisors());
    AttentionSpec.Shape shape = AttentionSpec.Shape.of(c.heads(), c.kvHeads(), c.headDim());
    List<LayerSpec> layers = new ArrayList<>();
    for (int l = 0; l < c.layers(); l++) {
      String layer = names.layer.replace("%d", Integer.toString(l));
      layers.add(
          LayerSpec.of(
              tensors.rmsNorm(layer + names.attentionNorm, hidden, epsilon),
              new AttentionSpec(
                  shape,
                  rope,
                  tensors.linear(layer + names.query, shape.queryWidth(), hidden),
                  tensors.linear(layer + names.key, shape.kvWidth(), hidden),
                  tensors.linear(layer + names.value, shape.kvWidth(), hidden),
                  tensors.linear(layer + names.attentionOutput, hidden, shape.queryWidth())),
              tensors.rmsNorm(layer + names.feedForwardNorm, hidden, epsilon),
              new FeedForwardSpec.Dense(
                  Activation.SILU,
                  tensors.linear(layer + names.gate, c.feedForward(), hidden),
                  tensors.linear(layer + names.up, c.feedForward(), hidden),
                  tensors.linear(layer + names.down, hidden, c.feedForward()))));
    }
    ModelSpec spec =
        new ModelSpec(embedding, layers, tensors.rmsNorm(names.finalNorm, hidden, epsilon), output);
    tensors.refuseOthers(
        name ->
            name.endsWith(".rotary_emb.inv_freq")
                || c.tied() && name.equals(names.output + ".weight"));
    return new Described(c, spec);
  }

  /** Llama 3.1's long-context scaling of the rotary frequencies (rope type `llama3`). */
  private static float[] divisors(HfFields f, JsonNode rope, double theta, int headDim)
      throws BadFileException {
    String type = rope.path("rope_type").asText(rope.path("type").asText("default"));
    if (type.equals("default")) {
      return new float[0];
    }
    f.refuse(!type.equals("llama3"), "RoPE scaling of type '" + type + "'");
    double factor = rope.path("factor").asDouble();
    double low = rope.path("low_freq_factor").asDouble();
    double high = rope.path("high_freq_factor").asDouble();
    double context = rope.path("original_max_position_embeddings").asDouble();
    if (!(factor > 0 && low > 0 && high > low && context > 0)) {
      throw new BadFileException(
          f.file(),
          "RoPE scaling is "
              + rope
              + "; expected factor, low_freq_factor < high_freq_factor and original_max_position_embeddings above 0.");
    }
    float[] divisors = new float[headDim / 2];
    for (int i = 0; i < divisors.length; i++) {
      double wavelength = 2 * Math.PI * Math.pow(theta, 2.0 * i / headDim);
      double smooth = Math.clamp((context / wavelength - low) / (high - low), 0, 1);
      divisors[i] = (float) (1 / ((1 - smooth) / factor + smooth));
    }
    return divisors;
  }
}
