package org.emslens.cache;

/** What has become of a source token in one KV head. */
public enum TokenState {
  KEPT,
  MERGED,
  EVICTED;

  /**
   * @param host position of the slot that stands for the token, or -1
   */
  public static TokenState of(int token, int host) {
    return host < 0 ? EVICTED : host == token ? KEPT : MERGED;
  }
}
