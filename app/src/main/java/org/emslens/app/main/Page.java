package org.emslens.app.main;

/** What the middle of the window is for. */
public enum Page {
  INSPECT("Inspect", "One run, step by step and head by head"),
  COMPARE("Compare", "Policies side by side on the open prompt"),
  SWEEP("Sweep", "Budget against what it costs"),
  NEEDLE("Needle", "Facts hidden in long texts, found or lost"),
  MODELS("Models", "What can be fetched, what is here already, and what fits");

  private final String title;
  private final String about;

  Page(String title, String about) {
    this.title = title;
    this.about = about;
  }

  String title() {
    return title;
  }

  String about() {
    return about;
  }
}
