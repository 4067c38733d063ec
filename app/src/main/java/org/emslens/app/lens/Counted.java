package org.emslens.app.lens;

/** So many of something, in words. */
public final class Counted {
  private Counted() {}

  /** 1 token, 2 tokens. */
  public static String of(int n, String one) {
    return of(n, one, one + "s");
  }

  /** 1 branch, 2 branches. */
  public static String of(int n, String one, String many) {
    return n + " " + (n == 1 ? one : many);
  }
}
