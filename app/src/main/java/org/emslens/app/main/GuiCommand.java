package org.emslens.app.main;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import javafx.application.Application;
import picocli.CommandLine.Command;
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
  @Option(
      names = "--tour",
      paramLabel = "DIR",
      description =
          "The window drives itself through a sample and writes pictures and a recording to DIR.")
  private Path tour;

  @Option(
      names = "--size",
      paramLabel = "WxH",
      defaultValue = "1440x900",
      description = "The window's size at first (default: ${DEFAULT-VALUE}).")
  private String size;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "A model or a recorded session to open.")
  private Path file;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (!size.matches("[0-9]{3,4}x[0-9]{3,4}")) {
      throw new ParameterException(
          spec.commandLine(),
          "--size is '" + size + "'; expected width and height such as 1440x900.");
    }
    boolean display = hasDisplay();
    if (!display) {
      System.setProperty("glass.platform", "Headless");
      System.setProperty("prism.order", "sw");
      if (tour == null) {
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
    List<String> arguments = new ArrayList<>();
    arguments.add("--size=" + size);
    if (tour != null) {
      arguments.add("--tour=" + tour.toAbsolutePath());
    } else if (file != null) {
      arguments.add(file.toString());
    }
    Application.launch(LensApplication.class, arguments.toArray(String[]::new));
    return 0;
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
