package org.emslens.app.lens;

import org.emslens.session.Run;

/**
 * A run that was opened, rather than of a prompt that the user has just written.
 *
 * @param look a text in its prompt that is worth looking at first, or empty
 */
public record Opened(Run run, String look) {}
