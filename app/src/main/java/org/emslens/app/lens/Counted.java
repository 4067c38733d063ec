package org.emslens.app.lens;

/** So many of something, in words. */
public final class Counted {
  private Counted() {}

  /** 1 token, 2 tokens. */
  public static String of(int n, String one) {
    return n + " " + one + (n == 1 ? "" : "s");
  }
}
