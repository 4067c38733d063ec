package org.emslens.app.main;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.emslens.cli.Emslens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
  @TempDir Path folder;

  @Test
  void nothingAndAFileAloneAreForTheWindow() throws IOException {
    String file = Files.createFile(folder.resolve("a b.emslens")).toString();
    assertArrayEquals(new String[] {"gui"}, words());
    assertArrayEquals(new String[] {"gui", file}, words(file));
    assertArrayEquals(new String[] {"devices"}, words("devices"));
    assertArrayEquals(new String[] {"nonsense"}, words("nonsense"));
    assertArrayEquals(new String[] {file, "--json"}, words(file, "--json"));
    assertArrayEquals(new String[] {"--help"}, words("--help"));
  }

  private static String[] words(String... args) {
    return Launcher.words(args, Emslens.commandLine());
  }
}
