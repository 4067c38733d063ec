package org.emslens.format;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** A file mapped read-only for as long as this object is open. */
final class MappedFile implements AutoCloseable {
  private static final String POINTER = "version https://git-lfs.github.com/spec/";

  private final Arena arena = Arena.ofShared();
  private final Path path;
  private final MemorySegment bytes;

  MappedFile(Path path) throws IOException {
    this.path = path;
    if (!Files.isRegularFile(path)) {
      arena.close();
      throw new BadFileException(path, "not a file that can be read (" + path + ").");
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      if (channel.size() == 0) {
        throw new BadFileException(path, "is empty.");
      }
      bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      if (isPointer()) {
        throw new BadFileException(
            path,
            "is Git LFS's pointer to a file, not the file; 'git lfs pull' in its folder fetches that.");
      }
    } catch (BadFileException e) {
      arena.close();
      throw e;
    } catch (IOException e) {
      arena.close();
      throw new BadFileException(path, "cannot be read: " + e.getMessage(), e);
    }
  }

  private boolean isPointer() {
    byte[] begin = POINTER.getBytes(StandardCharsets.UTF_8);
    return bytes.byteSize() > begin.length
        && Arrays.equals(bytes.asSlice(0, begin.length).toArray(ValueLayout.JAVA_BYTE), begin);
  }

  Path path() {
    return path;
  }

  long size() {
    return bytes.byteSize();
  }

  MemorySegment bytes() {
    return bytes;
  }

  void read(TensorInfo tensor, long start, float[] into) {
    Dequantizer.dequantize(tensor.type(), raw(tensor, start, into.length), into);
  }

  /** Bytes of a tensor, read and not mapped. */
  void raw(TensorInfo tensor, long start, byte[] into) {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      file.seek(tensor.offset() + start);
      file.readFully(into);
    } catch (IOException e) {
      throw new UncheckedIOException(
          new BadFileException(path, "cannot be read: " + e.getMessage(), e));
    }
  }

  private byte[] raw(TensorInfo tensor, long start, int count) {
    DType type = tensor.type();
    long from = tensor.offset() + type.bytesOf(start);
    return bytes.asSlice(from, type.bytesOf(count)).toArray(ValueLayout.JAVA_BYTE);
  }

  @Override
  public void close() {
    arena.close();
  }
}
