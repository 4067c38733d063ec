package org.emslens.text;

import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;

/** The methods of Python's strings that chat templates call. */
final class PythonStrings extends ELResolver {

  @Override
  public Object invoke(
      ELContext context, Object base, Object method, Class<?>[] types, Object[] given) {
    if (!(base instanceof String s)) {
      return null;
    }
    String first = given.length > 0 && given[0] instanceof String x ? x : null;
    Object result =
        switch (String.valueOf(method)) {
          case "startswith" -> s.startsWith(first);
          case "endswith" -> s.endsWith(first);
          case "strip" -> strip(s, first, true, true);
          case "lstrip" -> strip(s, first, true, false);
          case "rstrip" -> strip(s, first, false, true);
          case "split" -> first == null ? words(s) : parts(s, first);
          case "replace" -> s.replace(first, String.valueOf(given[1]));
          case "upper" -> s.toUpperCase(Locale.ROOT);
          case "lower" -> s.toLowerCase(Locale.ROOT);
          default -> null;
        };
    context.setPropertyResolved(result != null);
    return result;
  }

  private static List<String> words(String s) {
    return s.isBlank() ? List.of() : List.of(s.strip().split("\\s+"));
  }

  private static List<String> parts(String s, String by) {
    return List.of(s.split(Pattern.quote(by), -1));
  }

  /**
   * @param which characters that go, or null for white space
   */
  private static String strip(String s, String which, boolean left, boolean right) {
    IntPredicate goes = which == null ? Character::isWhitespace : c -> which.indexOf(c) >= 0;
    int from = 0;
    int to = s.length();
    while (left && from < to && goes.test(s.charAt(from))) {
      from++;
    }
    while (right && to > from && goes.test(s.charAt(to - 1))) {
      to--;
    }
    return s.substring(from, to);
  }

  @Override
  public Object getValue(ELContext context, Object base, Object property) {
    return null;
  }

  @Override
  public Class<?> getType(ELContext context, Object base, Object property) {
    return null;
  }

  @Override
  public void setValue(ELContext context, Object base, Object property, Object value) {
    // Nothing of a string can be set.
  }

  @Override
  public boolean isReadOnly(ELContext context, Object base, Object property) {
    return true;
  }

  @Override
  public java.util.Iterator<java.beans.FeatureDescriptor> getFeatureDescriptors(
      ELContext context, Object base) {
    return null;
  }

  @Override
  public Class<?> getCommonPropertyType(ELContext context, Object base) {
    return null;
  }
}
