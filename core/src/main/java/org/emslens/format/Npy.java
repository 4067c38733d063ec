package org.emslens.format;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A float32 array of NumPy's `.npy` format (versions 1 to 3, little-endian, C order). Read here
 * rather than by ND4J, whose native reader trusts the header.
 *
 * @param shape dimensions, the fastest last
 * @param data all numbers, row-major
 */
public record Npy(int[] shape, float[] data) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([0-9, ]*)\\)");

  public static Npy read(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      throw new BadFileException(path, "not a file that can be read (" + path + ").");
    }
    byte[] all = Files.readAllBytes(path);
    if (all.length < 12 || !Arrays.equals(MAGIC, Arrays.copyOf(all, 6))) {
      throw new BadFileException(path, "does not begin like a .npy file.");
    }
    ByteBuffer in = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
    int start = all[6] == 1 ? 10 : 12;
    long length = all[6] == 1 ? in.getShort(8) & 0xFFFF : in.getInt(8) & 0xFFFFFFFFL;
    if (start + length > all.length) {
      throw new BadFileException(path, "ends within its header.");
    }
    String header = new String(all, start, (int) length, StandardCharsets.ISO_8859_1);
    Matcher shape = SHAPE.matcher(header);
    if (!header.contains("'<f4'") || !header.contains("'fortran_order': False") || !shape.find()) {
      throw new BadFileException(
          path, "header is " + header.strip() + "; expected float32 ('<f4') in C order.");
    }
    int[] dims =
        Arrays.stream(shape.group(1).split(","))
            .map(String::strip)
            .filter(s -> !s.isEmpty())
            .mapToInt(s -> s.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(s))
            .toArray();
    long count = 1;
    for (int d : dims) {
      count = d == 0 ? 0 : Math.multiplyExact(Math.min(count, Integer.MAX_VALUE), (long) d);
    }
    long left = all.length - start - length;
    if (count * 4 != left) {
      throw new BadFileException(
          path,
          "shape ("
              + shape.group(1)
              + ") needs "
              + 4 * count
              + " bytes of numbers; found "
              + left
              + ".");
    }
    float[] data = new float[(int) count];
    in.position(start + (int) length);
    in.asFloatBuffer().get(data);
    return new Npy(dims, data);
  }

  /** Writes to a temporary name, then moves. */
  public void write(Path path) throws IOException {
    String dims = Arrays.stream(shape).mapToObj(d -> d + ",").collect(Collectors.joining(" "));
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + dims + "), }";
    int padded = (10 + header.length() + 1 + 63) / 64 * 64;
    AtomicFile.write(
        path,
        out -> {
          ByteBuffer head = ByteBuffer.allocate(padded).order(ByteOrder.LITTLE_ENDIAN);
          head.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (padded - 10));
          head.put(header.getBytes(StandardCharsets.ISO_8859_1));
          while (head.remaining() > 1) {
            head.put((byte) ' ');
          }
          out.write(head.put((byte) '\n').array());
          writeFloats(out, data);
        });
  }

  private static void writeFloats(OutputStream out, float[] data) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < data.length; i += chunk.capacity() / 4) {
      int n = Math.min(chunk.capacity() / 4, data.length - i);
      chunk.clear();
      chunk.asFloatBuffer().put(data, i, n);
      out.write(chunk.array(), 0, 4 * n);
    }
  }
}
