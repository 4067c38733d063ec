package org.emslens.session;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Arrays of numbers as little-endian bytes, in pieces, so that no second copy of a large one is
 * made.
 */
final class Numbers {
  private static final int PIECE = 1 << 15;

  private Numbers() {}

  static void write(DataOutput out, short[] x) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(2 * PIECE).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < x.length; i += PIECE) {
      int n = Math.min(PIECE, x.length - i);
      piece.asShortBuffer().put(x, i, n);
      out.write(piece.array(), 0, 2 * n);
    }
  }

  static short[] read(DataInput in, int n) throws IOException {
    short[] x = new short[n];
    ByteBuffer piece = ByteBuffer.allocate(2 * PIECE).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < n; i += PIECE) {
      int m = Math.min(PIECE, n - i);
      in.readFully(piece.array(), 0, 2 * m);
      piece.asShortBuffer().get(x, i, m);
    }
    return x;
  }

  static void writeAsHalves(DataOutput out, float[] x) throws IOException {
    short[] halves = new short[x.length];
    for (int i = 0; i < x.length; i++) {
      halves[i] = Float.floatToFloat16(x[i]);
    }
    write(out, halves);
  }

  static float[] readHalves(DataInput in, int n) throws IOException {
    short[] halves = read(in, n);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = Float.float16ToFloat(halves[i]);
    }
    return x;
  }

  static void write(DataOutput out, float[] x) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4 * x.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(x);
    out.write(bytes.array());
  }

  static float[] readFloats(DataInput in, int n) throws IOException {
    byte[] bytes = new byte[4 * n];
    in.readFully(bytes);
    float[] x = new float[n];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(x);
    return x;
  }

  static void write(DataOutput out, int[] x) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4 * x.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(x);
    out.write(bytes.array());
  }

  static int[] readInts(DataInput in, int n) throws IOException {
    byte[] bytes = new byte[4 * n];
    in.readFully(bytes);
    int[] x = new int[n];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(x);
    return x;
  }
}
