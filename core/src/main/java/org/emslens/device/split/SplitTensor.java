package org.emslens.device.split;

import org.emslens.device.Device;
import org.emslens.device.Tensor;

/** A tensor that is on one side of a split device at a time, and moves where it is needed. */
final class SplitTensor implements Tensor {
  private final Device[] sides;
  private final Tensor[] there;
  private final int rows;
  private final int columns;
  private int now;

  /**
   * @param side where it is first
   */
  SplitTensor(Device[] sides, int rows, int columns, int side) {
    this.sides = sides;
    this.rows = rows;
    this.columns = columns;
    there = new Tensor[sides.length];
    now = side;
    there[now] = sides[now].tensor(rows, columns);
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  /** Which side it is on. */
  int side() {
    return now;
  }

  /** The same numbers on a side, which is where it is from now on. */
  Tensor on(int side) {
    if (side != now) {
      if (there[side] == null) {
        there[side] = sides[side].tensor(rows, columns);
      }
      float[] numbers = new float[Math.multiplyExact(rows, columns)];
      sides[now].download(there[now], 0, rows, numbers, 0);
      sides[side].upload(numbers, 0, there[side], 0, rows);
      now = side;
    }
    return there[side];
  }

  @Override
  public void close() {
    for (Tensor t : there) {
      if (t != null) {
        t.close();
      }
    }
  }
}
