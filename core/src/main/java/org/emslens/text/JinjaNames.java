package org.emslens.text;

import com.hubspot.jinjava.interpret.Context;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Filters and tests that a template names: the library takes those it does not know for nothing.
 */
final class JinjaNames {
  private static final Pattern TAG = Pattern.compile("\\{\\{.*?\\}\\}|\\{%.*?%\\}", Pattern.DOTALL);
  private static final Pattern TEXT =
      Pattern.compile("'(?:\\\\.|[^'\\\\])*'|\"(?:\\\\.|[^\"\\\\])*\"");
  private static final Pattern FILTER = Pattern.compile("(?<!\\|)\\|\\s*([A-Za-z_]\\w*)");
  private static final Pattern TEST = Pattern.compile("\\bis\\s+(?:not\\s+)?([A-Za-z_]\\w*)");

  private JinjaNames() {}

  /** The first that nobody knows, as `filter 'x'` or `test 'x'`, or null. */
  static String unknown(String template, Context known) {
    for (Matcher tag = TAG.matcher(template); tag.find(); ) {
      String code = TEXT.matcher(tag.group()).replaceAll("''");
      String filter = first(FILTER, code, name -> known.getFilter(name) == null);
      if (filter != null) {
        return "filter '" + filter + "'";
      }
      String test = first(TEST, code, name -> known.getExpTest(name) == null);
      if (test != null) {
        return "test '" + test + "'";
      }
    }
    return null;
  }

  private static String first(Pattern names, String code, Predicate<String> wanted) {
    for (Matcher m = names.matcher(code); m.find(); ) {
      if (wanted.test(m.group(1))) {
        return m.group(1);
      }
    }
    return null;
  }
}
