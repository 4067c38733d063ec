package org.emslens.text;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A model's own Jinja template for chats, rendered without access to files, classes or the network,
 * and bounded in output and steps.
 */
public final class ChatTemplate {
  private static final long MAX_OUTPUT = 4_000_000;

  private final String source;
  private final Map<String, String> named;
  private final Jinjava jinja;

  public ChatTemplate(String source, Tokenizer tokenizer) {
    this(source, tokenizer.named());
  }

  ChatTemplate(String source, Map<String, String> named) {
    this.source = source;
    this.named = named;
    this.jinja =
        new Jinjava(
            JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withMaxOutputSize(MAX_OUTPUT)
                .withMaxRenderDepth(16)
                .withMaxMacroRecursionDepth(16)
                .withRangeLimit(10_000)
                .build());
  }

  /**
   * The chat as the model expects it, the assistant's turn opened.
   *
   * @throws IllegalArgumentException in one sentence, where the template refuses the chat or cannot
   *     be rendered
   */
  public String render(List<ChatMessage> messages) {
    Map<String, Object> context = new HashMap<>(named);
    context.put(
        "messages",
        messages.stream().map(m -> Map.of("role", m.role(), "content", m.content())).toList());
    context.put("add_generation_prompt", true);
    RenderResult result = jinja.renderForResult(source, context);
    List<TemplateError> fatal =
        result.getErrors().stream()
            .filter(e -> e.getSeverity() == TemplateError.ErrorType.FATAL)
            .toList();
    if (!fatal.isEmpty()) {
      throw new IllegalArgumentException(
          "The model's chat template cannot be rendered: "
              + fatal.getFirst().getMessage().replaceAll("\\s+", " "));
    }
    return result.getOutput();
  }
}
