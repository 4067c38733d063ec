package org.emslens.text;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import jinjava.javax.el.CompositeELResolver;

/**
 * A model's own Jinja template for chats, rendered without access to files, classes or the network,
 * and bounded in output and steps.
 */
public final class ChatTemplate {
  private static final long MAX_OUTPUT = 4_000_000;

  /** Stands for an answer, to see what a template puts after one. */
  private static final String ANSWER = "=emslens=answer=";

  /** Stand for turns, to see what a template puts around them. */
  private static final ChatMessage SYSTEM = new ChatMessage("system", "=emslens=system=");

  private static final ChatMessage USER = new ChatMessage("user", "=emslens=user=");

  /** The same for all templates: what they set is theirs alone. */
  private static final Jinjava JINJA = jinja();

  private final String source;
  private final Map<String, String> named;

  public ChatTemplate(String source, Tokenizer tokenizer) {
    this(source, tokenizer.named());
  }

  ChatTemplate(String source, Map<String, String> named) {
    this.source = JinjaDialect.of(source);
    this.named = named;
    JinjaNames.mind(this.source, JINJA.getGlobalContext());
  }

  private static Jinjava jinja() {
    CompositeELResolver resolver = new CompositeELResolver();
    resolver.add(new PythonStrings());
    resolver.add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
    Jinjava jinja =
        new Jinjava(
            JinjavaConfig.newBuilder()
                .withElResolver(resolver)
                .withInterperterFactory(BoundedInterpreter.FACTORY)
                .withNestedInterpretationEnabled(false)
                .withMaxOutputSize(MAX_OUTPUT)
                .withMaxRenderDepth(16)
                .withMaxMacroRecursionDepth(16)
                .withRangeLimit(10_000)
                .build());
    register(jinja, "raise_exception", "raise");
    register(jinja, "strftime_now", "now");
    return jinja;
  }

  /** Lets templates call a method of this class that takes a text. */
  private static void register(Jinjava jinja, String name, String method) {
    try {
      jinja
          .getGlobalContext()
          .registerFunction(
              new ELFunctionDefinition(
                  "", name, ChatTemplate.class.getMethod(method, String.class)));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What templates call to refuse a chat. */
  public static String raise(String why) {
    throw new IllegalArgumentException(why);
  }

  /** Today in the manner of C's strftime, as far as templates use it: day, month and year. */
  public static String now(String format) {
    String pattern =
        format
            .replace("%d", "dd")
            .replace("%b", "MMM")
            .replace("%B", "MMMM")
            .replace("%Y", "yyyy")
            .replace("%m", "MM");
    return LocalDate.now().format(DateTimeFormatter.ofPattern(pattern, Locale.ROOT));
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
    RenderResult result;
    try {
      result = JINJA.renderForResult(source, context);
    } catch (BoundedInterpreter.GivenUp e) {
      throw refused(e.error() == null ? e.getMessage() : reason(e.error()));
    }
    List<TemplateError> fatal =
        result.getErrors().stream()
            .filter(
                e ->
                    e.getSeverity() == TemplateError.ErrorType.FATAL
                        || e.getException() instanceof IllegalArgumentException
                        || String.valueOf(e.getMessage()).contains("raise_exception"))
            .toList();
    if (!fatal.isEmpty()) {
      throw refused(reason(fatal.getFirst()));
    }
    return result.getOutput();
  }

  /**
   * How a chat begins.
   *
   * @param system what the model is told before it, or null or blank
   * @throws IllegalArgumentException as {@link #render}
   */
  public String begin(String system, String user) {
    ChatMessage asks = new ChatMessage("user", user);
    return render(
        system == null || system.isBlank()
            ? List.of(asks)
            : List.of(new ChatMessage("system", system.strip()), asks));
  }

  /**
   * What comes after an answer for the user's next turn: the end of the answer's own, the user's,
   * and the assistant's opened.
   *
   * @throws IllegalArgumentException as {@link #render}, or where the template does not say it
   */
  public String next(String user) {
    String whole =
        render(
            List.of(
                new ChatMessage("user", "."),
                new ChatMessage("assistant", ANSWER),
                new ChatMessage("user", user)));
    int at = whole.indexOf(ANSWER);
    if (at < 0) {
      throw new IllegalArgumentException("The model's chat template has no room for an answer.");
    }
    return whole.substring(at + ANSWER.length());
  }

  /**
   * The turns that a prompt is the rendering of: a user's, perhaps after a system's; empty where it
   * is not this template's.
   */
  public List<ChatMessage> turnsOf(String prompt) {
    for (List<ChatMessage> asked : List.of(List.of(USER), List.of(SYSTEM, USER))) {
      List<ChatMessage> found = turnsOf(prompt, asked);
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
  }

  /** Where marks stand in the rendering of marks, turns stand in the prompt. */
  private List<ChatMessage> turnsOf(String prompt, List<ChatMessage> marks) {
    String rendered;
    try {
      rendered = render(marks);
    } catch (IllegalArgumentException e) {
      // A template without a system's turn.
      return List.of();
    }
    StringBuilder pattern = new StringBuilder();
    int from = 0;
    for (ChatMessage m : marks) {
      int at = rendered.indexOf(m.content(), from);
      if (at < 0) {
        return List.of();
      }
      pattern.append(Pattern.quote(rendered.substring(from, at))).append("(.*?)");
      from = at + m.content().length();
    }
    pattern.append(Pattern.quote(rendered.substring(from)));
    Matcher found = Pattern.compile(pattern.toString(), Pattern.DOTALL).matcher(prompt);
    return found.matches()
        ? IntStream.range(0, marks.size())
            .mapToObj(i -> new ChatMessage(marks.get(i).role(), found.group(i + 1)))
            .toList()
        : List.of();
  }

  private static IllegalArgumentException refused(String why) {
    return new IllegalArgumentException("The model's chat template cannot be rendered: " + why);
  }

  private static String reason(TemplateError error) {
    Throwable cause = error.getException();
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message =
        cause instanceof IllegalArgumentException ? cause.getMessage() : error.getMessage();
    return String.valueOf(message).replaceAll("\\s+", " ");
  }
}
