package org.emslens.device.cpu;

/**
 * Cosines of some vectors with those of a page, as products that are still to be divided: that of r
 * and c is products[r, c] * rowFactors[r] * factors[c].
 *
 * @param products [rows, Slots.PAGE]
 * @param rowFactors one over the lengths of the vectors [rows]
 * @param factors one over the lengths of the page's [Slots.PAGE]
 */
record Cosines(float[] products, float[] rowFactors, float[] factors) {

  float at(int r, int c, float floor) {
    return Math.max(products[r * Slots.PAGE + c] * rowFactors[r] * factors[c], floor);
  }
}
