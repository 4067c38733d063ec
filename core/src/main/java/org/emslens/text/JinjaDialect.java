package org.emslens.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A template as transformers' Jinja reads it, for the library that renders it here and reads some
 * of it otherwise: white space about tags (with `trim_blocks` and `lstrip_blocks`, as Hugging Face
 * renders chats) is taken out beforehand, named arguments of `namespace` are put in brackets, and
 * lists are reversed by a filter.
 */
final class JinjaDialect {
  private static final Pattern NAMESPACE = Pattern.compile("\\bnamespace\\s*\\(");
  private static final Pattern NAMED =
      Pattern.compile("\\s*([A-Za-z_]\\w*)\\s*=(?!=)(.*)", Pattern.DOTALL);

  private static final Pattern BACKWARDS = Pattern.compile("([A-Za-z_][\\w.]*)\\[::\\s*-1\\]");

  private final String source;
  private final StringBuilder out = new StringBuilder();

  /** Whether the tag before takes the white space that follows it, or the line break only. */
  private boolean takesAll;

  private boolean takesLineBreak;

  private JinjaDialect(String source) {
    this.source = source;
  }

  static String of(String source) {
    return new JinjaDialect(source).read();
  }

  private String read() {
    int at = 0;
    while (at < source.length()) {
      int tag = nextTag(at);
      text(source.substring(at, tag), tag);
      if (tag == source.length()) {
        break;
      }
      at = tag(tag);
    }
    return out.toString();
  }

  private int nextTag(int from) {
    for (int i = from; i + 1 < source.length(); i++) {
      if (source.charAt(i) == '{' && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return source.length();
  }

  /** What lies between two tags, the later of which begins at `tag`. */
  private void text(String between, int tag) {
    String text = between;
    if (takesAll) {
      text = text.stripLeading();
    } else if (takesLineBreak && text.startsWith("\n")) {
      text = text.substring(1);
    }
    if (tag < source.length()) {
      char mark = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
      if (mark == '-') {
        text = text.stripTrailing();
      } else if (mark != '+' && source.charAt(tag + 1) != '{') {
        text = withoutIndent(text, between.length() == tag);
      }
    } else if (text.endsWith("\n")) {
      // Jinja drops the last line break.
      text = text.substring(0, text.length() - 1);
    }
    out.append(text);
  }

  /** Blanks before a block go where nothing else is on its line. */
  private static String withoutIndent(String text, boolean first) {
    int end = text.length();
    while (end > 0 && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == '\t')) {
      end--;
    }
    return end == 0 && first || end > 0 && text.charAt(end - 1) == '\n'
        ? text.substring(0, end)
        : text;
  }

  /** Reads the tag that begins here; tells where it ends. */
  private int tag(int from) {
    char kind = source.charAt(from + 1);
    String closing = kind == '{' ? "}}" : kind == '%' ? "%}" : "#}";
    int end = end(from + 2, closing, kind != '#');
    if (end < 0) {
      out.append(source, from, source.length());
      return source.length();
    }
    String inner = source.substring(from + 2, end);
    takesAll = inner.endsWith("-");
    takesLineBreak = kind != '{' && !inner.endsWith("+");
    if (kind != '#') {
      inner = inner.replaceFirst("^[-+]", "").replaceFirst("[-+]$", "");
      out.append(source, from, from + 2).append(' ').append(translated(inner.strip()));
      out.append(' ').append(closing);
    }
    return end + 2;
  }

  /** Where the closing mark is, outside of quotes. */
  private int end(int from, String closing, boolean quotes) {
    char quote = 0;
    for (int i = from; i + 1 < source.length(); i++) {
      char c = source.charAt(i);
      if (quote != 0) {
        if (c == '\\') {
          i++;
        } else if (c == quote) {
          quote = 0;
        }
      } else if (quotes && (c == '\'' || c == '"')) {
        quote = c;
      } else if (source.startsWith(closing, i)) {
        return i;
      }
    }
    return -1;
  }

  private static String translated(String expression) {
    return bracketed(BACKWARDS.matcher(expression).replaceAll("($1|reverse)"));
  }

  /** `namespace(a=x - 1)` as `namespace(a=(x - 1))`. */
  private static String bracketed(String expression) {
    Matcher call = NAMESPACE.matcher(expression);
    if (!call.find()) {
      return expression;
    }
    List<String> arguments = new ArrayList<>();
    int from = call.end();
    int depth = 1;
    char quote = 0;
    int i = from;
    for (; i < expression.length() && depth > 0; i++) {
      char c = expression.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if ("([{".indexOf(c) >= 0) {
        depth++;
      } else if (")]}".indexOf(c) >= 0) {
        depth--;
      }
      if (depth == 0 || depth == 1 && quote == 0 && c == ',') {
        arguments.add(expression.substring(from, i));
        from = i + 1;
      }
    }
    List<String> named = new ArrayList<>();
    for (String a : arguments) {
      Matcher m = NAMED.matcher(a);
      named.add(m.matches() ? m.group(1) + "=(" + m.group(2).strip() + ")" : a);
    }
    return expression.substring(0, call.end())
        + String.join(", ", named)
        + ")"
        + expression.substring(i);
  }
}
