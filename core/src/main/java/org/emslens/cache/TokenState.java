package org.emslens.cache;

/** What has become of a source token in one KV head. */
public enum TokenState {
  KEPT,
  MERGED,
  EVICTED,

  /** Older than what the layer's window lets the next query see; no policy's doing. */
  OUT_OF_REACH;

  /**
   * @param host position of the slot that stands for the token, or -1
   * @param reached first position that the next query reaches
   */
  public static TokenState of(int token, int host, int reached) {
    if (host >= reached) {
      return host == token ? KEPT : MERGED;
    }
    return token < reached ? OUT_OF_REACH : EVICTED;
  }
}
