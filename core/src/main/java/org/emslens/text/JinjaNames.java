package org.emslens.text;

import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Filters and tests that templates name and the library does not know: it takes them for nothing.
 * Here they are errors, once a template comes to them; branches that are not taken may name what
 * they like.
 */
final class JinjaNames {
  private static final Pattern TAG = Pattern.compile("\\{\\{.*?\\}\\}|\\{%.*?%\\}", Pattern.DOTALL);
  private static final Pattern TEXT =
      Pattern.compile("'(?:\\\\.|[^'\\\\])*'|\"(?:\\\\.|[^\"\\\\])*\"");
  private static final Pattern FILTER = Pattern.compile("(?<!\\|)\\|\\s*([A-Za-z_]\\w*)");
  private static final Pattern TEST = Pattern.compile("\\bis\\s+(?:not\\s+)?([A-Za-z_]\\w*)");

  private JinjaNames() {}

  private record UnknownFilter(String getName) implements Filter {
    @Override
    public Object filter(Object value, JinjavaInterpreter interpreter, String... arguments) {
      throw new IllegalArgumentException("filter '" + getName + "' is not known here");
    }
  }

  private record UnknownTest(String getName) implements ExpTest {
    @Override
    public boolean evaluate(Object value, JinjavaInterpreter interpreter, Object... arguments) {
      throw new IllegalArgumentException("test '" + getName + "' is not known here");
    }
  }

  /** Makes errors of what a template names and nobody knows. */
  static synchronized void mind(String template, Context known) {
    for (Matcher tag = TAG.matcher(template); tag.find(); ) {
      String code = TEXT.matcher(tag.group()).replaceAll("''");
      for (Matcher m = FILTER.matcher(code); m.find(); ) {
        if (known.getFilter(m.group(1)) == null) {
          known.registerFilter(new UnknownFilter(m.group(1)));
        }
      }
      for (Matcher m = TEST.matcher(code); m.find(); ) {
        if (known.getExpTest(m.group(1)) == null) {
          known.registerExpTest(new UnknownTest(m.group(1)));
        }
      }
    }
  }
}
