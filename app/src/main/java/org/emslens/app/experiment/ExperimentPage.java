package org.emslens.app.experiment;

/** A page whose results may be lost with the window. */
public interface ExperimentPage {

  /** What the page is called. */
  String title();

  /** Whether it has results that are in no file. */
  boolean isUnsaved();
}
