package org.emslens.app.lens;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.emslens.model.Model;
import org.emslens.session.ModelDigest;

/**
 * What results call the models that were open in this window: by their titles, and where several
 * have one title, be it that a file was replaced, by its number too.
 */
final class ModelNames {
  private final Map<String, List<String>> known = new HashMap<>();

  synchronized String of(Model model) {
    List<String> alike = known.computeIfAbsent(model.title(), t -> new ArrayList<>());
    String state = state(model);
    if (!alike.contains(state)) {
      alike.add(state);
    }
    int nth = alike.indexOf(state) + 1;
    return nth == 1 ? model.title() : model.title() + " (" + nth + ")";
  }

  private static String state(Model model) {
    try {
      return ModelDigest.state(model.path());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
