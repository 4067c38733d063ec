package org.emslens.model.assembly;

/** Where a layer's two parts are normalised. */
public enum NormPlace {
  /** What they read. */
  BEFORE,
  /** What they add. */
  AFTER,
  /** Both. */
  AROUND
}
