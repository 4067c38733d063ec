package org.emslens.model;

import java.io.IOException;
import java.nio.file.Path;
import org.emslens.format.TensorSource;
import org.emslens.text.ChatTemplate;
import org.emslens.text.Tokenizer;

/**
 * A model that was opened: its numbers, its layers as data, weights (still on disk, mapped),
 * tokenizer and chat template.
 *
 * @param chat null where the model brings no template
 */
public record Model(
    String title,
    Path path,
    ModelConfig config,
    ModelSpec spec,
    TensorSource weights,
    Tokenizer tokenizer,
    ChatTemplate chat)
    implements AutoCloseable {

  @Override
  public void close() throws IOException {
    tokenizer.close();
    weights.close();
  }
}
