package org.emslens.device.opencl;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.emslens.device.opencl.binding.Cl;

/** A function of a program, run by many work-items at once. */
final class Kernel implements AutoCloseable {
  private final Card card;
  private final String name;
  private final MemorySegment handle;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment value = arena.allocate(JAVA_LONG);
  private final MemorySegment sizes = arena.allocate(JAVA_LONG, 6);

  /** An argument that is so much memory of each work-group's own. */
  record Local(long bytes) {

    static Local floats(long n) {
      return new Local(n * Float.BYTES);
    }
  }

  /**
   * How many work-groups of what size run, in each dimension.
   *
   * @param groups likewise
   */
  record Grid(long[] groups, long[] size) {

    /** Groups of one size. */
    static Grid groups(long groups, long size) {
      return new Grid(new long[] {groups}, new long[] {size});
    }

    /** The same, along two dimensions; groups have one row. */
    static Grid groups(long groups, long rows, long size) {
      return new Grid(new long[] {groups, rows}, new long[] {size, 1});
    }

    static Grid groups(long groups, long rows, long layers, long size) {
      return new Grid(new long[] {groups, rows, layers}, new long[] {size, 1, 1});
    }

    /** So many work-items at least, in groups of one size. */
    static Grid items(long items, long size) {
      return groups((items + size - 1) / size, size);
    }

    static Grid items(long items, long rows, long size) {
      return groups((items + size - 1) / size, rows, size);
    }

    static Grid items(long items, long rows, long layers, long size) {
      return groups((items + size - 1) / size, rows, layers, size);
    }

    private boolean isEmpty() {
      for (long g : groups) {
        if (g == 0) {
          return true;
        }
      }
      return false;
    }
  }

  Kernel(Card card, String name, MemorySegment handle) {
    this.card = card;
    this.name = name;
    this.handle = handle;
  }

  /**
   * Puts it into the card's queue.
   *
   * @param arguments Buffer, Integer, Float, Long or Local, in the kernel's order
   */
  void run(Grid grid, Object... arguments) {
    if (grid.isEmpty()) {
      return;
    }
    synchronized (card) {
      card.tried(
          () -> {
            for (int i = 0; i < arguments.length; i++) {
              set(i, arguments[i]);
            }
            int dimensions = grid.groups.length;
            for (int i = 0; i < dimensions; i++) {
              sizes.setAtIndex(JAVA_LONG, i, grid.groups[i] * grid.size[i]);
              sizes.setAtIndex(JAVA_LONG, dimensions + i, grid.size[i]);
            }
            card.launch(name, handle, dimensions, sizes);
          });
    }
  }

  private void set(int i, Object argument) {
    Cl cl = card.cl();
    switch (argument) {
      case Buffer b -> {
        value.set(ADDRESS, 0, b.handle());
        cl.argument(handle, i, ADDRESS.byteSize(), value);
      }
      case Integer n -> {
        value.set(JAVA_INT, 0, n);
        cl.argument(handle, i, Integer.BYTES, value);
      }
      case Float x -> {
        value.set(JAVA_FLOAT, 0, x);
        cl.argument(handle, i, Float.BYTES, value);
      }
      case Long n -> {
        value.set(JAVA_LONG, 0, n);
        cl.argument(handle, i, Long.BYTES, value);
      }
      case Local l -> cl.argument(handle, i, l.bytes, MemorySegment.NULL);
      default ->
          throw new IllegalArgumentException("Argument " + i + " of " + name + ": " + argument);
    }
  }

  @Override
  public void close() {
    card.givenBack(() -> card.cl().releaseKernel(handle));
    arena.close();
  }
}
