package org.emslens.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.emslens.format.BadFileException;
import org.emslens.format.DType;
import org.emslens.format.Gguf;
import org.emslens.format.TensorInfo;
import org.emslens.format.TensorSource;
import org.emslens.model.Weights.Weight;
import org.emslens.text.ChatTemplate;
import org.emslens.text.GgufTokenizer;
import org.emslens.text.Tokenizer;

/** A model in one GGUF file of architecture `llama`. */
final class GgufModel {
  private static final Map<Weight, String> NAMES = new EnumMap<>(Weight.class);

  static {
    NAMES.put(Weight.EMBEDDING, "token_embd.weight");
    NAMES.put(Weight.OUTPUT, "output.weight");
    NAMES.put(Weight.FINAL_NORM, "output_norm.weight");
    NAMES.put(Weight.ATTENTION_NORM, "blk.%d.attn_norm.weight");
    NAMES.put(Weight.QUERY, "blk.%d.attn_q.weight");
    NAMES.put(Weight.KEY, "blk.%d.attn_k.weight");
    NAMES.put(Weight.VALUE, "blk.%d.attn_v.weight");
    NAMES.put(Weight.ATTENTION_OUTPUT, "blk.%d.attn_output.weight");
    NAMES.put(Weight.FEED_FORWARD_NORM, "blk.%d.ffn_norm.weight");
    NAMES.put(Weight.GATE, "blk.%d.ffn_gate.weight");
    NAMES.put(Weight.UP, "blk.%d.ffn_up.weight");
    NAMES.put(Weight.DOWN, "blk.%d.ffn_down.weight");
  }

  private GgufModel() {}

  static Model open(Path path) throws IOException {
    Gguf file = new Gguf(path);
    try {
      GgufFields fields = new GgufFields(file);
      ModelConfig config = config(file, fields);
      Weights weights = new TensorWeights(file, config, NAMES, true);
      Tokenizer tokenizer = GgufTokenizer.build(file, config.vocab());
      String template = fields.textOr("tokenizer.chat_template", null);
      return new Model(
          path.getFileName().toString().replaceFirst("\\.gguf$", ""),
          path,
          config,
          weights,
          tokenizer,
          template == null ? null : new ChatTemplate(template, tokenizer));
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static ModelConfig config(Gguf file, GgufFields f) throws IOException {
    Path path = file.path();
    String architecture = f.text("general.architecture");
    if (!architecture.equals("llama")) {
      throw new BadFileException(
          path, "'general.architecture' is '" + architecture + "'; only 'llama' is supported.");
    }
    if (f.integerOr("llama.expert_count", 0) > 0) {
      throw new BadFileException(path, "is a mixture of experts, which is not supported.");
    }
    String scaling = f.textOr("llama.rope.scaling.type", "none");
    if (!scaling.equals("none")) {
      throw new BadFileException(
          path, "'llama.rope.scaling.type' is '" + scaling + "', which is not supported.");
    }
    TensorInfo embedding = file.tensors().get("token_embd.weight");
    if (embedding == null || embedding.shape().size() != 2) {
      throw new BadFileException(path, "tensor 'token_embd.weight' is missing or not a matrix.");
    }
    int hidden = f.integer("llama.embedding_length");
    int heads = f.integer("llama.attention.head_count");
    int headDim = f.integerOr("llama.attention.key_length", hidden / Math.max(1, heads));
    if (f.integerOr("llama.rope.dimension_count", headDim) != headDim) {
      throw new BadFileException(
          path,
          "'llama.rope.dimension_count' differs from the head size "
              + headDim
              + ", which is not supported.");
    }
    ModelConfig config =
        new ModelConfig(
            architecture,
            f.integer("llama.block_count"),
            hidden,
            heads,
            f.integerOr("llama.attention.head_count_kv", heads),
            headDim,
            f.integer("llama.feed_forward_length"),
            (int) Math.min(Integer.MAX_VALUE, embedding.shape().getFirst()),
            f.integer("llama.context_length"),
            (float) f.numberOr("llama.rope.freq_base", 10000),
            divisors(file, headDim),
            (float) f.number("llama.attention.layer_norm_rms_epsilon"),
            !file.tensors().containsKey("output.weight"),
            parameters(file),
            bytes(file),
            commonType(file).name());
    String problem = config.problem();
    if (problem != null) {
      throw new BadFileException(path, problem + ".");
    }
    if (config.layers() > file.tensors().size()) {
      throw new BadFileException(
          path, "'llama.block_count' is " + config.layers() + ", more than the file's tensors.");
    }
    return config;
  }

  /** Llama 3.1's frequency divisors, which converters store as a tensor. */
  private static float[] divisors(Gguf file, int headDim) throws BadFileException {
    TensorInfo t = file.tensors().get("rope_freqs.weight");
    if (t == null) {
      return new float[0];
    }
    if (!t.hasShape(headDim / 2)) {
      throw new BadFileException(
          file.path(),
          "tensor 'rope_freqs.weight' has shape "
              + t.shape()
              + "; expected ["
              + headDim / 2
              + "].");
    }
    float[] values = new float[headDim / 2];
    file.read(t, 0, values);
    return values;
  }

  static long parameters(TensorSource source) {
    return source.tensors().values().stream().mapToLong(TensorInfo::count).sum();
  }

  static long bytes(TensorSource source) {
    return source.tensors().values().stream().mapToLong(TensorInfo::bytes).sum();
  }

  /** The type of most weights outside the embedding, by numbers stored. */
  static DType commonType(TensorSource source) {
    Map<DType, Long> counts = new TreeMap<>();
    source.tensors().values().stream()
        .filter(t -> t.shape().size() > 1 && !t.name().contains("embd"))
        .forEach(t -> counts.merge(t.type(), t.count(), Long::sum));
    return counts.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(DType.F32);
  }
}
