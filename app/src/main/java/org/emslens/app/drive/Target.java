package org.emslens.app.drive;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import javafx.scene.Scene;
import javafx.stage.Stage;
import org.emslens.app.lens.Lens;

/** The window that is driven, as far as its own events do not reach. */
public interface Target {

  Lens lens();

  Stage stage();

  default Scene scene() {
    return stage().getScene();
  }

  /** What dropping a file on the window does. */
  void drop(Path file);

  /** Whether all pictures show what there is. */
  boolean isCurrent();

  /** Adds what only the window knows to a state: the page, the prompt, what the context shows. */
  void describe(ObjectNode state);
}
