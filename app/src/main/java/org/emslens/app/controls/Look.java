package org.emslens.app.controls;

/**
 * How everything that is drawn by hand is to look.
 *
 * @param text size of text, 1 as designed; pictures grow with it
 */
public record Look(Palette palette, double text) {}
