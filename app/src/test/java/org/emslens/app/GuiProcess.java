package org.emslens.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.emslens.app.main.Launcher;

/** The program as a process of its own, without a display. */
final class GuiProcess {
  private GuiProcess() {}

  /**
   * @param code its exit code
   * @param said what it printed
   */
  record Result(int code, String said) {}

  static Result run(Path folder, Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    Path log = folder.resolve("log.txt");
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "--add-exports=java.base/jdk.internal.module=ALL-UNNAMED",
                "-Xmx4g",
                "-Dorg.bytedeco.javacpp.maxbytes=8g",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=16g",
                "-cp",
                System.getProperty("java.class.path"),
                Launcher.class.getName(),
                "gui"));
    line.addAll(List.of(args));
    ProcessBuilder b =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile());
    b.environment().remove("DISPLAY");
    b.environment().remove("WAYLAND_DISPLAY");
    b.environment().putAll(environment);
    int code = b.start().waitFor();
    return new Result(code, Files.readString(log));
  }
}
