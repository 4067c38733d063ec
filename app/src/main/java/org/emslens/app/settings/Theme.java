package org.emslens.app.settings;

import atlantafx.base.theme.PrimerDark;
import atlantafx.base.theme.PrimerLight;
import javafx.application.Application;
import org.emslens.app.controls.Palette;

/** Light and dark. */
public enum Theme {
  LIGHT(new PrimerLight().getUserAgentStylesheet(), Palette.LIGHT),
  DARK(new PrimerDark().getUserAgentStylesheet(), Palette.DARK);

  private final String sheet;
  private final Palette palette;

  Theme(String sheet, Palette palette) {
    this.sheet = sheet;
    this.palette = palette;
  }

  public Palette palette() {
    return palette;
  }

  public Theme other() {
    return this == LIGHT ? DARK : LIGHT;
  }

  /** Makes it the look of the whole application. */
  public void apply() {
    Application.setUserAgentStylesheet(sheet);
  }
}
