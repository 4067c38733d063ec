package org.emslens.app.main;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.emslens.app.drive.Script;
import org.emslens.app.settings.WindowSize;
import org.emslens.cli.DeviceOption;
import org.emslens.hub.UserFolders;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Opens the window. */
@Command(
    name = "gui",
    mixinStandardHelpOptions = true,
    description = "Opens the window (the default command).")
final class GuiCommand implements Callable<Integer> {
  private static final String TOUR = "/org/emslens/app/tours/tour.yaml";

  @Option(
      names = "--drive",
      paramLabel = "SCRIPT.yaml",
      description =
          "The window is taken through a list of actions, as a user would; the exit code is 0 only if every one succeeded.")
  private Path drive;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Where a script's pictures and states are written (default: the current folder).")
  private Path out;

  @Option(
      names = "--tour",
      paramLabel = "DIR",
      description =
          "The window is taken through a sample and writes pictures and a recording to DIR.")
  private Path tour;

  @Option(
      names = "--size",
      paramLabel = "WxH",
      description =
          "The window's size at first (default: as it was left; 1440x900 on a first start, and for scripts).")
  private String size;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "A model or a recorded session to open.")
  private Path file;

  @Mixin private DeviceOption device;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (size != null && !size.matches("[0-9]{3,4}x[0-9]{3,4}")) {
      throw wrong("--size is '" + size + "'; expected width and height such as 1440x900.");
    }
    if (drive != null && tour != null) {
      throw wrong("--drive and --tour are both given; expected one of them.");
    }
    if (!hasDisplay()) {
      System.setProperty("glass.platform", "Headless");
      System.setProperty("prism.order", "sw");
      if (tour == null && drive == null) {
        tour = Path.of("emslens-tour");
        spec.commandLine()
            .getOut()
            .println(
                "There is no display here, so the tour runs instead and writes its pictures to "
                    + tour.toAbsolutePath()
                    + ".");
        spec.commandLine().getOut().flush();
      }
    }
    System.setProperty("java.awt.headless", "true");
    Script script = script();
    Path folder = tour != null ? tour : out == null ? Path.of("") : out;
    LensApplication.launch(
        new LensWindow.Options(
            size(),
            file,
            device.id(),
            script,
            folder.toAbsolutePath(),
            script == null ? UserFolders.settings() : null));
    return 0;
  }

  private WindowSize size() {
    if (size == null) {
      return null;
    }
    String[] sides = size.split("x");
    return WindowSize.of(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
  }

  private Script script() throws IOException {
    if (drive != null) {
      return Script.read(drive);
    }
    if (tour == null) {
      return null;
    }
    try (InputStream in = GuiCommand.class.getResourceAsStream(TOUR)) {
      return Script.parse(Path.of("tour.yaml"), in.readAllBytes());
    }
  }

  private ParameterException wrong(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }

  private static boolean hasDisplay() {
    boolean linux = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
    return !linux || has("DISPLAY") || has("WAYLAND_DISPLAY");
  }

  private static boolean has(String variable) {
    String value = System.getenv(variable);
    return value != null && !value.isBlank();
  }
}
