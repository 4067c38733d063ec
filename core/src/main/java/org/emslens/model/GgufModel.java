package org.emslens.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.emslens.format.BadFileException;
import org.emslens.format.Gguf;
import org.emslens.format.SplitGguf;
import org.emslens.format.TensorSource;
import org.emslens.model.family.Families;
import org.emslens.model.family.Family;
import org.emslens.text.ChatTemplate;
import org.emslens.text.GgufTokenizer;
import org.emslens.text.Tokenizer;

/** A model in one GGUF file, or in several. */
final class GgufModel {
  /**
   * Of the tokenizer: what {@link GgufTokenizer} reads, and what concerns neither reading a prompt
   * nor writing an answer.
   */
  private static final Set<String> TOKENIZER_KEYS =
      Set.of(
          "tokenizer.chat_template",
          "tokenizer.chat_templates",
          "tokenizer.ggml.add_bos_token",
          "tokenizer.ggml.add_eos_token",
          "tokenizer.ggml.add_sep_token",
          "tokenizer.ggml.add_space_prefix",
          "tokenizer.ggml.bos_token_id",
          "tokenizer.ggml.cls_token_id",
          "tokenizer.ggml.eom_token_id",
          "tokenizer.ggml.eos_token_id",
          "tokenizer.ggml.eot_token_id",
          "tokenizer.ggml.mask_token_id",
          "tokenizer.ggml.merges",
          "tokenizer.ggml.model",
          "tokenizer.ggml.padding_token_id",
          "tokenizer.ggml.pre",
          "tokenizer.ggml.scores",
          "tokenizer.ggml.seperator_token_id",
          "tokenizer.ggml.token_type",
          "tokenizer.ggml.token_type_count",
          "tokenizer.ggml.tokens",
          "tokenizer.ggml.unknown_token_id",
          "tokenizer.huggingface.json");

  private GgufModel() {}

  static Model open(Path path) throws IOException {
    Gguf file = new Gguf(path);
    TensorSource weights = file;
    try {
      weights = SplitGguf.of(file);
      GgufFields fields = new GgufFields(file, weights);
      Family.Described d = describe(file, fields, weights);
      Tokenizer tokenizer = GgufTokenizer.build(file, d.config().vocab());
      String template = fields.textOr("tokenizer.chat_template", null);
      return new Model(
          title(path, fields),
          path,
          d.config(),
          d.spec(),
          d.weights(),
          tokenizer,
          template == null ? null : new ChatTemplate(template, tokenizer));
    } catch (IOException | RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  /** Files that others keep by their digest are called by what they hold. */
  private static String title(Path path, GgufFields fields) throws BadFileException {
    String file = path.getFileName().toString();
    return file.endsWith(".gguf") ? SplitGguf.title(file) : fields.textOr("general.name", file);
  }

  /** What it is, without its tokenizer; the weights are the caller's to close. */
  static Family.Described describe(Path path) throws IOException {
    Gguf file = new Gguf(path);
    TensorSource weights = file;
    try {
      weights = SplitGguf.of(file);
      return describe(file, new GgufFields(file, weights), weights);
    } catch (IOException | RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  private static Family.Described describe(Gguf file, GgufFields fields, TensorSource weights)
      throws BadFileException {
    String architecture = fields.architecture();
    Family family = Families.ofGguf(architecture);
    if (family == null) {
      throw new BadFileException(
          file.path(),
          "'general.architecture' is '"
              + architecture
              + "'; supported are "
              + Families.names(Family::ggufNames)
              + ".");
    }
    Family.Described d = family.read(fields, new Tensors(weights));
    fields.refuseOthers("tokenizer.", TOKENIZER_KEYS);
    fields.refuseOthers("adapter.", Set.of());
    return d;
  }
}
