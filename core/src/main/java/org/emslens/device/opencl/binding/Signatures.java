package org.emslens.device.opencl.binding;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.reflect.Method;
import java.util.Arrays;

/**
 * The kinds of functions that OpenCL has, as Java sees them: int is cl_int and cl_uint, long is
 * size_t and the 64-bit types, a segment is any pointer or handle.
 */
final class Signatures {
  private Signatures() {}

  /** One handle in, a code out: releasing, flushing, finishing. */
  @FunctionalInterface
  public interface OfHandle {
    int call(MemorySegment handle);
  }

  /** Lists handles. */
  @FunctionalInterface
  public interface OfPlatforms {
    int call(int room, MemorySegment list, MemorySegment count);
  }

  @FunctionalInterface
  public interface OfDevices {
    int call(MemorySegment platform, long type, int room, MemorySegment list, MemorySegment count);
  }

  /** Tells something about an object. */
  @FunctionalInterface
  public interface OfInfo {
    int call(MemorySegment of, int what, long size, MemorySegment value, MemorySegment needed);
  }

  /** Tells something about a program or a kernel on a device. */
  @FunctionalInterface
  public interface OfDeviceInfo {
    int call(
        MemorySegment of,
        MemorySegment device,
        int what,
        long size,
        MemorySegment value,
        MemorySegment needed);
  }

  @FunctionalInterface
  public interface OfContext {
    MemorySegment call(
        MemorySegment properties,
        int devices,
        MemorySegment list,
        MemorySegment notify,
        MemorySegment data,
        MemorySegment code);
  }

  @FunctionalInterface
  public interface OfQueue {
    MemorySegment call(
        MemorySegment context, MemorySegment device, long properties, MemorySegment code);
  }

  @FunctionalInterface
  public interface OfBuffer {
    MemorySegment call(
        MemorySegment context, long flags, long size, MemorySegment host, MemorySegment code);
  }

  /** Reads from, or writes to, a buffer. */
  @FunctionalInterface
  public interface OfTransfer {
    int call(
        MemorySegment queue,
        MemorySegment buffer,
        int blocking,
        long offset,
        long size,
        MemorySegment host,
        int waits,
        MemorySegment waitList,
        MemorySegment event);
  }

  /** Lets the computer see a buffer's memory. */
  @FunctionalInterface
  public interface OfMap {
    MemorySegment call(
        MemorySegment queue,
        MemorySegment buffer,
        int blocking,
        long flags,
        long offset,
        long size,
        int waits,
        MemorySegment waitList,
        MemorySegment event,
        MemorySegment code);
  }

  @FunctionalInterface
  public interface OfUnmap {
    int call(
        MemorySegment queue,
        MemorySegment buffer,
        MemorySegment mapped,
        int waits,
        MemorySegment waitList,
        MemorySegment event);
  }

  /** A command that is done once those before it are. */
  @FunctionalInterface
  public interface OfMarker {
    int call(MemorySegment queue, int waits, MemorySegment waitList, MemorySegment event);
  }

  @FunctionalInterface
  public interface OfWait {
    int call(int waits, MemorySegment waitList);
  }

  /** Copies from one buffer to another, or fills one with a pattern. */
  @FunctionalInterface
  public interface OfCopy {
    int call(
        MemorySegment queue,
        MemorySegment from,
        MemorySegment to,
        long first,
        long second,
        long size,
        int waits,
        MemorySegment waitList,
        MemorySegment event);
  }

  @FunctionalInterface
  public interface OfSource {
    MemorySegment call(
        MemorySegment context,
        int parts,
        MemorySegment texts,
        MemorySegment lengths,
        MemorySegment code);
  }

  @FunctionalInterface
  public interface OfBinary {
    MemorySegment call(
        MemorySegment context,
        int devices,
        MemorySegment list,
        MemorySegment lengths,
        MemorySegment binaries,
        MemorySegment states,
        MemorySegment code);
  }

  @FunctionalInterface
  public interface OfBuild {
    int call(
        MemorySegment program,
        int devices,
        MemorySegment list,
        MemorySegment options,
        MemorySegment notify,
        MemorySegment data);
  }

  @FunctionalInterface
  public interface OfKernel {
    MemorySegment call(MemorySegment program, MemorySegment name, MemorySegment code);
  }

  @FunctionalInterface
  public interface OfArgument {
    int call(MemorySegment kernel, int index, long size, MemorySegment value);
  }

  @FunctionalInterface
  public interface OfLaunch {
    int call(
        MemorySegment queue,
        MemorySegment kernel,
        int dimensions,
        MemorySegment offset,
        MemorySegment global,
        MemorySegment local,
        int waits,
        MemorySegment waitList,
        MemorySegment event);
  }

  /**
   * A function of a library.
   *
   * @throws IllegalArgumentException where the library has none of this name
   */
  @SuppressWarnings("restricted") // Calling what is not Java is what this package is for.
  static <T> T bind(SymbolLookup library, String name, Class<T> signature) {
    MemorySegment address =
        library
            .find(name)
            .orElseThrow(() -> new IllegalArgumentException("The library has no " + name + "."));
    Method method = signature.getMethods()[0];
    MemoryLayout[] arguments =
        Arrays.stream(method.getParameterTypes())
            .map(Signatures::layout)
            .toArray(MemoryLayout[]::new);
    FunctionDescriptor descriptor =
        FunctionDescriptor.of(layout(method.getReturnType()), arguments);
    MethodHandle handle = Linker.nativeLinker().downcallHandle(address, descriptor);
    return MethodHandleProxies.asInterfaceInstance(signature, handle);
  }

  private static MemoryLayout layout(Class<?> type) {
    return type == int.class ? JAVA_INT : type == long.class ? JAVA_LONG : ADDRESS;
  }
}
