package org.emslens.app.heatmap;

/** Which probabilities the colours of a map span. */
public enum Range {
  WHOLE("0 to 1"),
  VISIBLE("what is visible");

  private final String title;

  Range(String title) {
    this.title = title;
  }

  @Override
  public String toString() {
    return title;
  }
}
