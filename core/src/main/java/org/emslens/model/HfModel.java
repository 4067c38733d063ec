package org.emslens.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.emslens.format.BadFileException;
import org.emslens.format.Json;
import org.emslens.format.Safetensors;
import org.emslens.format.ShardedSafetensors;
import org.emslens.format.TensorSource;
import org.emslens.model.Weights.Weight;
import org.emslens.text.ChatTemplate;
import org.emslens.text.HfTokenizer;
import org.emslens.text.Tokenizer;

/**
 * A model in a Hugging Face folder: config.json, tokenizer.json, tokenizer_config.json,
 * safetensors.
 */
final class HfModel {
  private static final List<String> ARCHITECTURES =
      List.of("LlamaForCausalLM", "MistralForCausalLM");
  private static final Map<Weight, String> NAMES = new EnumMap<>(Weight.class);

  static {
    NAMES.put(Weight.EMBEDDING, "model.embed_tokens.weight");
    NAMES.put(Weight.OUTPUT, "lm_head.weight");
    NAMES.put(Weight.FINAL_NORM, "model.norm.weight");
    NAMES.put(Weight.ATTENTION_NORM, "model.layers.%d.input_layernorm.weight");
    NAMES.put(Weight.QUERY, "model.layers.%d.self_attn.q_proj.weight");
    NAMES.put(Weight.KEY, "model.layers.%d.self_attn.k_proj.weight");
    NAMES.put(Weight.VALUE, "model.layers.%d.self_attn.v_proj.weight");
    NAMES.put(Weight.ATTENTION_OUTPUT, "model.layers.%d.self_attn.o_proj.weight");
    NAMES.put(Weight.FEED_FORWARD_NORM, "model.layers.%d.post_attention_layernorm.weight");
    NAMES.put(Weight.GATE, "model.layers.%d.mlp.gate_proj.weight");
    NAMES.put(Weight.UP, "model.layers.%d.mlp.up_proj.weight");
    NAMES.put(Weight.DOWN, "model.layers.%d.mlp.down_proj.weight");
  }

  private HfModel() {}

  static Model open(Path folder) throws IOException {
    Path configFile = folder.resolve("config.json");
    JsonNode json = Json.read(configFile);
    Path index = folder.resolve("model.safetensors.index.json");
    TensorSource source =
        Files.exists(index)
            ? new ShardedSafetensors(index)
            : new Safetensors(folder.resolve("model.safetensors"));
    try {
      ModelConfig config = config(configFile, json, source);
      Weights weights = new TensorWeights(source, config, NAMES, false);
      Tokenizer tokenizer = HfTokenizer.open(folder, json, config.vocab());
      String template = HfTokenizer.chatTemplate(folder);
      return new Model(
          folder.toAbsolutePath().normalize().getFileName().toString(),
          folder,
          config,
          weights,
          tokenizer,
          template == null ? null : new ChatTemplate(template, tokenizer));
    } catch (IOException | RuntimeException e) {
      source.close();
      throw e;
    }
  }

  private static ModelConfig config(Path file, JsonNode json, TensorSource source)
      throws IOException {
    String architecture = json.path("architectures").path(0).asText("(none)");
    if (!ARCHITECTURES.contains(architecture)) {
      throw new BadFileException(
          file,
          "'architectures' names '"
              + architecture
              + "'; supported are "
              + String.join(", ", ARCHITECTURES)
              + ".");
    }
    refuse(file, json.path("attention_bias").asBoolean(), "'attention_bias' is true");
    refuse(file, json.path("mlp_bias").asBoolean(), "'mlp_bias' is true");
    refuse(
        file,
        json.path("sliding_window").asInt(0) > 0,
        "'sliding_window' is " + json.path("sliding_window"));
    String activation = json.path("hidden_act").asText("silu");
    refuse(file, !activation.equals("silu"), "'hidden_act' is '" + activation + "'");
    int hidden = integer(file, json, "hidden_size");
    int heads = integer(file, json, "num_attention_heads");
    int headDim = json.path("head_dim").asInt(hidden / Math.max(1, heads));
    JsonNode rope =
        json.has("rope_parameters") ? json.path("rope_parameters") : json.path("rope_scaling");
    double theta = json.path("rope_theta").asDouble(rope.path("rope_theta").asDouble(10000));
    ModelConfig config =
        new ModelConfig(
            json.path("model_type").asText("llama"),
            integer(file, json, "num_hidden_layers"),
            hidden,
            heads,
            json.path("num_key_value_heads").asInt(heads),
            headDim,
            integer(file, json, "intermediate_size"),
            integer(file, json, "vocab_size"),
            integer(file, json, "max_position_embeddings"),
            (float) theta,
            divisors(file, rope, theta, headDim),
            (float) json.path("rms_norm_eps").asDouble(1e-6),
            json.path("tie_word_embeddings").asBoolean(false),
            GgufModel.parameters(source),
            GgufModel.bytes(source),
            GgufModel.commonType(source).name());
    String problem = config.problem();
    if (problem != null) {
      throw new BadFileException(file, problem + ".");
    }
    if (config.layers() > source.tensors().size()) {
      throw new BadFileException(
          file, "'num_hidden_layers' is " + config.layers() + ", more than the tensors found.");
    }
    return config;
  }

  private static void refuse(Path file, boolean unsupported, String what) throws BadFileException {
    if (unsupported) {
      throw new BadFileException(file, what + ", which is not supported.");
    }
  }

  private static int integer(Path file, JsonNode json, String field) throws BadFileException {
    JsonNode n = json.path(field);
    if (!n.isIntegralNumber() || !n.canConvertToInt() || n.asInt() < 0) {
      throw new BadFileException(
          file,
          "'"
              + field
              + "' is "
              + (n.isMissingNode() ? "missing" : n.toString())
              + "; expected a whole number.");
    }
    return n.asInt();
  }

  /** Llama 3.1's long-context scaling of the rotary frequencies (rope type `llama3`). */
  private static float[] divisors(Path file, JsonNode rope, double theta, int headDim)
      throws BadFileException {
    String type = rope.path("rope_type").asText(rope.path("type").asText("default"));
    if (type.equals("default")) {
      return new float[0];
    }
    refuse(file, !type.equals("llama3"), "RoPE scaling of type '" + type + "'");
    double factor = rope.path("factor").asDouble();
    double low = rope.path("low_freq_factor").asDouble();
    double high = rope.path("high_freq_factor").asDouble();
    double context = rope.path("original_max_position_embeddings").asDouble();
    if (!(factor > 0 && low > 0 && high > low && context > 0)) {
      throw new BadFileException(
          file,
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
