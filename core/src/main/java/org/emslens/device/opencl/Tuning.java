package org.emslens.device.opencl;

/**
 * Sizes that suit a card; what kernels make never depends on them but for rounding.
 *
 * @param group work-items that share a row's sums, a power of two
 * @param keys keys of a tile of attention, which is also its work-group's size; a power of two
 * @param queries queries of such a tile
 * @param tile rows and tokens of a tile of a product, a multiple of 16
 * @param parts into how many the inputs of a product of few tokens are divided
 * @param centres slots that others are compared with at a time
 * @param multipliesTiles whether products of tiles, which take 256 work-items, can run at all
 */
record Tuning(
    int group, int keys, int queries, int tile, int parts, int centres, boolean multipliesTiles) {
  /** Rows of packed weights that lie side by side. */
  static final int TILE_ROWS = 32;

  /** Tokens that a product reads each weight once for. */
  static final int MANY = 4;

  /** Work-items of a product of tiles. */
  private static final int TILE_GROUP = 256;

  /** Slots that a work-group of attention over a cache takes. */
  int segment() {
    return group;
  }

  /** Numbers of a head that a work-group takes side by side. */
  int lanes(int headDim) {
    return Math.min(group, headDim);
  }

  /**
   * What a card's own limits allow.
   *
   * @param headDim numbers of a key
   */
  static Tuning of(CardInfo card, int headDim) {
    return of(card.local(), card.group(), headDim);
  }

  /**
   * @param local bytes of a work-group's own memory
   * @param most work-items of a work-group
   */
  static Tuning of(long local, int most, int headDim) {
    int keys = Math.min(64, Integer.highestOneBit(most));
    // Drivers keep some local memory for themselves.
    long numbers = (local - 1024) / Float.BYTES;
    int queries = 16;
    while (queries > 1 && (long) queries * (headDim + keys + 3) > numbers) {
      queries /= 2;
    }
    int centres = 16;
    while (centres > 1 && 2L * centres * headDim > numbers) {
      centres /= 2;
    }
    int tile = 64;
    while (tile > 16 && 2L * 32 * (tile + 1) > numbers) {
      tile /= 2;
    }
    int parts = 8;
    while (parts > 1 && parts * TILE_ROWS > most) {
      parts /= 2;
    }
    return new Tuning(
        Math.min(256, Integer.highestOneBit(most)),
        keys,
        queries,
        tile,
        parts,
        centres,
        most >= TILE_GROUP);
  }
}
