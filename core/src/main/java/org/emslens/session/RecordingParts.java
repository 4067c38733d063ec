package org.emslens.session;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.emslens.format.BadFileException;

/** The entries of a recording's archive, none of which is believed before it was looked at. */
final class RecordingParts implements AutoCloseable {
  /**
   * Deflate packs at best about a thousand to one; an entry that claims more is not what it says.
   */
  private static final long BEST_RATIO = 1100;

  private final Path file;
  private final ZipFile zip;

  /**
   * @throws BadFileException where there is no archive
   */
  RecordingParts(Path file) throws IOException {
    this.file = file;
    if (!Files.isRegularFile(file)) {
      throw bad("not a file that can be read (" + file + ").");
    }
    if (Files.size(file) == 0) {
      throw bad("is empty.");
    }
    try {
      zip = new ZipFile(file.toFile());
    } catch (ZipException e) {
      throw new BadFileException(file, "is not a recording, or is cut off.", e);
    }
  }

  boolean has(String name) {
    return zip.getEntry(name) != null;
  }

  /**
   * @param bytes that the entry must have, or -1
   */
  DataInputStream open(String name, long bytes) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw bad("the part '" + name + "' is missing.");
    }
    if (bytes >= 0 && entry.getSize() != bytes) {
      throw bad(
          "the part '" + name + "' has " + entry.getSize() + " bytes; expected " + bytes + ".");
    }
    if (entry.getSize() < 0
        || entry.getSize() > (entry.getCompressedSize() + 64) * BEST_RATIO
        || entry.getCompressedSize() > Files.size(file)) {
      throw bad(
          "the part '" + name + "' claims " + entry.getSize() + " bytes, more than it can hold.");
    }
    return new DataInputStream(
        new BufferedInputStream(new Whole(zip.getInputStream(entry), entry), 1 << 16));
  }

  /**
   * A part's bytes, whose checksum is looked at when it is closed after something was read: the
   * library leaves that to whoever reads.
   */
  private final class Whole extends CheckedInputStream {
    private final ZipEntry entry;
    private boolean used;

    Whole(InputStream in, ZipEntry entry) {
      super(in, new CRC32());
      this.entry = entry;
    }

    @Override
    public int read(byte[] into, int from, int n) throws IOException {
      used = true;
      return super.read(into, from, n);
    }

    @Override
    public void close() throws IOException {
      if (used) {
        transferTo(OutputStream.nullOutputStream());
        if (getChecksum().getValue() != entry.getCrc()) {
          throw bad("is damaged: the part '" + entry.getName() + "' is not what was saved.");
        }
      }
      super.close();
    }
  }

  private BadFileException bad(String problem) {
    return new BadFileException(file, problem);
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
