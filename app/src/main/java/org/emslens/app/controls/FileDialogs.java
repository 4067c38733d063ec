package org.emslens.app.controls;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javafx.stage.DirectoryChooser;
import javafx.stage.FileChooser;
import javafx.stage.Window;

/** How the user is asked for a file; what drives the window answers instead of one. */
public interface FileDialogs {

  /**
   * @param kinds what they are called and the patterns of their names, the first one proposed
   */
  Optional<Path> open(Window owner, String title, List<FileChooser.ExtensionFilter> kinds);

  Optional<Path> folder(Window owner, String title);

  /**
   * @param name that is proposed
   */
  Optional<Path> save(Window owner, String title, String name);

  /** Those of the platform. */
  static FileDialogs platform() {
    return new Platform();
  }

  /** Those of the platform. */
  final class Platform implements FileDialogs {
    /** Where a file was chosen last, or null. */
    private File folder;

    private Platform() {}

    @Override
    public Optional<Path> open(
        Window owner, String title, List<FileChooser.ExtensionFilter> kinds) {
      FileChooser chooser = new FileChooser();
      chooser.setTitle(title);
      chooser.getExtensionFilters().setAll(kinds);
      chooser.setInitialDirectory(last());
      return chosen(chooser.showOpenDialog(owner));
    }

    @Override
    public Optional<Path> folder(Window owner, String title) {
      DirectoryChooser chooser = new DirectoryChooser();
      chooser.setTitle(title);
      chooser.setInitialDirectory(last());
      return chosen(chooser.showDialog(owner));
    }

    @Override
    public Optional<Path> save(Window owner, String title, String name) {
      FileChooser chooser = new FileChooser();
      chooser.setTitle(title);
      chooser.setInitialFileName(name);
      chooser.setInitialDirectory(last());
      return chosen(chooser.showSaveDialog(owner));
    }

    /** A folder that has gone would keep the dialog from opening. */
    private File last() {
      return folder != null && folder.isDirectory() ? folder : null;
    }

    private Optional<Path> chosen(File f) {
      if (f != null) {
        folder = f.isDirectory() ? f : f.getAbsoluteFile().getParentFile();
      }
      return Optional.ofNullable(f).map(File::toPath);
    }
  }
}
