package org.emslens.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A cursor over a GGUF header that refuses to read, or to promise memory for, more than the file
 * holds.
 */
final class GgufReader {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int MAX_DEPTH = 4;

  private final MappedFile file;
  private final MemorySegment bytes;
  private long at;

  GgufReader(MappedFile file) {
    this.file = file;
    this.bytes = file.bytes();
  }

  long position() {
    return at;
  }

  /** Whether the file begins with these four bytes, which are passed over. */
  boolean begins(int magic) {
    if (bytes.byteSize() < 4 || bytes.get(INT, 0) != magic) {
      return false;
    }
    at = 4;
    return true;
  }

  int u32(String what) throws BadFileException {
    int v = bytes.get(INT, take(4, what));
    if (v < 0) {
      throw new BadFileException(
          file.path(), what + " is " + Integer.toUnsignedString(v) + ", more than any file holds.");
    }
    return v;
  }

  long u64(String what) throws BadFileException {
    long v = bytes.get(LONG, take(8, what));
    if (v < 0) {
      throw new BadFileException(
          file.path(), what + " is " + Long.toUnsignedString(v) + ", more than any file holds.");
    }
    return v;
  }

  /** A count of things that each take at least `least` bytes of what remains. */
  int count(String what, int least) throws BadFileException {
    long n = u64(what);
    long fit = (bytes.byteSize() - at) / least;
    if (n > fit) {
      throw new BadFileException(
          file.path(),
          "is cut off, or damaged: "
              + what
              + " is "
              + n
              + ", but the rest of the file holds at most "
              + fit
              + ".");
    }
    return (int) Math.min(n, Integer.MAX_VALUE);
  }

  String string(String what) throws BadFileException {
    int n = count("the length of " + what, 1);
    byte[] text = bytes.asSlice(take(n, what), n).toArray(ValueLayout.JAVA_BYTE);
    return new String(text, StandardCharsets.UTF_8);
  }

  /** A metadata value: Long, Double, Boolean, String, or a List of those. */
  Object value(String key) throws BadFileException {
    return value(u32("the type of '" + key + "'"), "'" + key + "'", 0);
  }

  private Object value(int type, String what, int depth) throws BadFileException {
    return switch (type) {
      case 0 -> (long) (bytes.get(ValueLayout.JAVA_BYTE, take(1, what)) & 0xFF);
      case 1 -> (long) bytes.get(ValueLayout.JAVA_BYTE, take(1, what));
      case 2 -> (long) (bytes.get(SHORT, take(2, what)) & 0xFFFF);
      case 3 -> (long) bytes.get(SHORT, take(2, what));
      case 4 -> bytes.get(INT, take(4, what)) & 0xFFFFFFFFL;
      case 5 -> (long) bytes.get(INT, take(4, what));
      case 6 -> (double) Float.intBitsToFloat(bytes.get(INT, take(4, what)));
      case 7 -> bytes.get(ValueLayout.JAVA_BYTE, take(1, what)) != 0;
      case 8 -> string(what);
      case 9 -> array(what, depth);
      case 10, 11 -> bytes.get(LONG, take(8, what));
      case 12 -> Double.longBitsToDouble(bytes.get(LONG, take(8, what)));
      default ->
          throw new BadFileException(
              file.path(), "the type of " + what + " is " + type + "; expected 0 to 12.");
    };
  }

  private List<Object> array(String what, int depth) throws BadFileException {
    int type = u32("the element type of " + what);
    int least =
        switch (type) {
          case 0, 1, 7 -> 1;
          case 2, 3 -> 2;
          case 4, 5, 6 -> 4;
          case 9 -> 12;
          default -> 8;
        };
    if (depth == MAX_DEPTH) {
      throw new BadFileException(
          file.path(), what + " nests arrays deeper than " + MAX_DEPTH + " levels.");
    }
    int n = count("the length of " + what, least);
    List<Object> list = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      list.add(value(type, what, depth + 1));
    }
    return list;
  }

  private long take(long n, String what) throws BadFileException {
    if (n > bytes.byteSize() - at) {
      throw new BadFileException(
          file.path(),
          "is cut off at byte "
              + bytes.byteSize()
              + ", in the middle of "
              + what
              + ", which needs "
              + n
              + " bytes at "
              + at
              + ".");
    }
    long start = at;
    at += n;
    return start;
  }
}
