package org.emslens.device.opencl.binding;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is used of OpenCL 1.2. Handles of the library are segments; whoever made one releases it.
 * Each code that is not success becomes a {@link ClException} with the function's name.
 */
public final class Cl {
  private static final long ALL_DEVICES = 0xFFFFFFFFL;
  private static final long PROFILING = 2;
  private static final int BINARY_SIZES = 0x1165;
  private static final int BINARIES = 0x1166;
  private static final int BUILD_LOG = 0x1183;
  private static final int BLOCKING = 1;
  private static final long READ_WRITE = 1;
  private static final long OF_THE_HOST = 16;
  private static final long MAP_READ_WRITE = 3;
  private static final MemorySegment NULL = MemorySegment.NULL;

  private final Signatures.OfPlatforms getPlatforms;
  private final Signatures.OfInfo getPlatformInfo;
  private final Signatures.OfDevices getDevices;
  private final Signatures.OfInfo getDeviceInfo;
  private final Signatures.OfContext createContext;
  private final Signatures.OfHandle releaseContext;
  private final Signatures.OfQueue createQueue;
  private final Signatures.OfHandle releaseQueue;
  private final Signatures.OfBuffer createBuffer;
  private final Signatures.OfHandle releaseMemory;
  private final Signatures.OfTransfer readBuffer;
  private final Signatures.OfTransfer writeBuffer;
  private final Signatures.OfMap mapBuffer;
  private final Signatures.OfUnmap unmap;
  private final Signatures.OfCopy copyBuffer;
  private final Signatures.OfCopy fillBuffer;
  private final Signatures.OfSource programWithSource;
  private final Signatures.OfBinary programWithBinary;
  private final Signatures.OfBuild buildProgram;
  private final Signatures.OfDeviceInfo getBuildInfo;
  private final Signatures.OfInfo getProgramInfo;
  private final Signatures.OfHandle releaseProgram;
  private final Signatures.OfKernel createKernel;
  private final Signatures.OfHandle releaseKernel;
  private final Signatures.OfArgument setKernelArgument;
  private final Signatures.OfLaunch launch;
  private final Signatures.OfHandle finish;
  private final Signatures.OfHandle flush;
  private final Signatures.OfMarker marker;
  private final Signatures.OfWait waitForEvents;
  private final Signatures.OfInfo getEventTimes;
  private final Signatures.OfHandle releaseEvent;

  private Cl(SymbolLookup l) {
    getPlatforms = Signatures.bind(l, "clGetPlatformIDs", Signatures.OfPlatforms.class);
    getPlatformInfo = Signatures.bind(l, "clGetPlatformInfo", Signatures.OfInfo.class);
    getDevices = Signatures.bind(l, "clGetDeviceIDs", Signatures.OfDevices.class);
    getDeviceInfo = Signatures.bind(l, "clGetDeviceInfo", Signatures.OfInfo.class);
    createContext = Signatures.bind(l, "clCreateContext", Signatures.OfContext.class);
    releaseContext = Signatures.bind(l, "clReleaseContext", Signatures.OfHandle.class);
    createQueue = Signatures.bind(l, "clCreateCommandQueue", Signatures.OfQueue.class);
    releaseQueue = Signatures.bind(l, "clReleaseCommandQueue", Signatures.OfHandle.class);
    createBuffer = Signatures.bind(l, "clCreateBuffer", Signatures.OfBuffer.class);
    releaseMemory = Signatures.bind(l, "clReleaseMemObject", Signatures.OfHandle.class);
    readBuffer = Signatures.bind(l, "clEnqueueReadBuffer", Signatures.OfTransfer.class);
    writeBuffer = Signatures.bind(l, "clEnqueueWriteBuffer", Signatures.OfTransfer.class);
    mapBuffer = Signatures.bind(l, "clEnqueueMapBuffer", Signatures.OfMap.class);
    unmap = Signatures.bind(l, "clEnqueueUnmapMemObject", Signatures.OfUnmap.class);
    copyBuffer = Signatures.bind(l, "clEnqueueCopyBuffer", Signatures.OfCopy.class);
    fillBuffer = Signatures.bind(l, "clEnqueueFillBuffer", Signatures.OfCopy.class);
    programWithSource = Signatures.bind(l, "clCreateProgramWithSource", Signatures.OfSource.class);
    programWithBinary = Signatures.bind(l, "clCreateProgramWithBinary", Signatures.OfBinary.class);
    buildProgram = Signatures.bind(l, "clBuildProgram", Signatures.OfBuild.class);
    getBuildInfo = Signatures.bind(l, "clGetProgramBuildInfo", Signatures.OfDeviceInfo.class);
    getProgramInfo = Signatures.bind(l, "clGetProgramInfo", Signatures.OfInfo.class);
    releaseProgram = Signatures.bind(l, "clReleaseProgram", Signatures.OfHandle.class);
    createKernel = Signatures.bind(l, "clCreateKernel", Signatures.OfKernel.class);
    releaseKernel = Signatures.bind(l, "clReleaseKernel", Signatures.OfHandle.class);
    setKernelArgument = Signatures.bind(l, "clSetKernelArg", Signatures.OfArgument.class);
    launch = Signatures.bind(l, "clEnqueueNDRangeKernel", Signatures.OfLaunch.class);
    finish = Signatures.bind(l, "clFinish", Signatures.OfHandle.class);
    flush = Signatures.bind(l, "clFlush", Signatures.OfHandle.class);
    marker = Signatures.bind(l, "clEnqueueMarkerWithWaitList", Signatures.OfMarker.class);
    waitForEvents = Signatures.bind(l, "clWaitForEvents", Signatures.OfWait.class);
    getEventTimes = Signatures.bind(l, "clGetEventProfilingInfo", Signatures.OfInfo.class);
    releaseEvent = Signatures.bind(l, "clReleaseEvent", Signatures.OfHandle.class);
  }

  /**
   * Loads the library under the first of these names that there is.
   *
   * @throws IllegalArgumentException in a sentence, where it is there but is no OpenCL 1.2
   */
  public static Optional<Cl> load(List<String> names) {
    return ClLibrary.find(names).map(Cl::new);
  }

  private static void check(String function, int code) {
    if (code != ClCode.SUCCESS) {
      throw new ClException(function, code);
    }
  }

  private interface Maker {
    MemorySegment make(MemorySegment code);
  }

  private static MemorySegment made(String function, Maker maker) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate(JAVA_INT);
      MemorySegment made = maker.make(code);
      check(function, code.get(JAVA_INT, 0));
      return made;
    }
  }

  /** All platforms, which is what a driver is called. */
  public List<MemorySegment> platforms() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_INT);
      check("clGetPlatformIDs", getPlatforms.call(0, NULL, count));
      MemorySegment list = arena.allocate(ADDRESS, Math.max(1, count.get(JAVA_INT, 0)));
      check("clGetPlatformIDs", getPlatforms.call(count.get(JAVA_INT, 0), list, NULL));
      return handles(list, count.get(JAVA_INT, 0));
    }
  }

  /** A platform's devices. */
  public List<MemorySegment> devices(MemorySegment platform) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_INT);
      check("clGetDeviceIDs", getDevices.call(platform, ALL_DEVICES, 0, NULL, count));
      int n = count.get(JAVA_INT, 0);
      MemorySegment list = arena.allocate(ADDRESS, Math.max(1, n));
      check("clGetDeviceIDs", getDevices.call(platform, ALL_DEVICES, n, list, NULL));
      return handles(list, n);
    }
  }

  private static List<MemorySegment> handles(MemorySegment list, int n) {
    List<MemorySegment> handles = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      handles.add(list.getAtIndex(ADDRESS, i));
    }
    return handles;
  }

  public String platformText(MemorySegment platform, int what) {
    return text("clGetPlatformInfo", getPlatformInfo, platform, what);
  }

  public String deviceText(MemorySegment device, int what) {
    return text("clGetDeviceInfo", getDeviceInfo, device, what);
  }

  /** A number of 32 or 64 bits, as the device has it. */
  public long deviceNumber(MemorySegment device, int what) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_LONG);
      check("clGetDeviceInfo", getDeviceInfo.call(device, what, Long.BYTES, value, NULL));
      return value.get(JAVA_LONG, 0);
    }
  }

  private static String text(String function, Signatures.OfInfo info, MemorySegment of, int what) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(JAVA_LONG);
      check(function, info.call(of, what, 0, NULL, size));
      MemorySegment value = arena.allocate(size.get(JAVA_LONG, 0) + 1);
      check(function, info.call(of, what, size.get(JAVA_LONG, 0), value, NULL));
      return value.getString(0, UTF_8).strip();
    }
  }

  public MemorySegment context(MemorySegment device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = arena.allocateFrom(ADDRESS, device);
      return made("clCreateContext", c -> createContext.call(NULL, 1, list, NULL, NULL, c));
    }
  }

  public void releaseContext(MemorySegment context) {
    check("clReleaseContext", releaseContext.call(context));
  }

  /** A queue whose commands run in their order. */
  public MemorySegment queue(MemorySegment context, MemorySegment device, boolean timed) {
    return made(
        "clCreateCommandQueue", c -> createQueue.call(context, device, timed ? PROFILING : 0, c));
  }

  public void releaseQueue(MemorySegment queue) {
    check("clReleaseCommandQueue", releaseQueue.call(queue));
  }

  /** Memory that kernels read and write. */
  public MemorySegment buffer(MemorySegment context, long bytes) {
    return made("clCreateBuffer", c -> createBuffer.call(context, READ_WRITE, bytes, NULL, c));
  }

  /** The computer's own memory that cards reach without a copy in between. */
  public MemorySegment pinned(MemorySegment context, long bytes) {
    return made(
        "clCreateBuffer",
        c -> createBuffer.call(context, READ_WRITE | OF_THE_HOST, bytes, NULL, c));
  }

  /** Where the computer sees a buffer; until {@link #unmap}, commands leave it alone. */
  public MemorySegment map(MemorySegment queue, MemorySegment buffer, long bytes) {
    return seen(
        made(
            "clEnqueueMapBuffer",
            c ->
                mapBuffer.call(
                    queue, buffer, BLOCKING, MAP_READ_WRITE, 0, bytes, 0, NULL, NULL, c)),
        bytes);
  }

  @SuppressWarnings("restricted") // The driver has mapped so many bytes.
  private static MemorySegment seen(MemorySegment start, long bytes) {
    return start.reinterpret(bytes);
  }

  public void unmap(MemorySegment queue, MemorySegment buffer, MemorySegment mapped) {
    check("clEnqueueUnmapMemObject", unmap.call(queue, buffer, mapped, 0, NULL, NULL));
  }

  public void releaseBuffer(MemorySegment buffer) {
    check("clReleaseMemObject", releaseMemory.call(buffer));
  }

  /** Reads once all that is before it in the queue is done; returns when it is read. */
  public void read(MemorySegment queue, MemorySegment buffer, long from, MemorySegment into) {
    check(
        "clEnqueueReadBuffer",
        readBuffer.call(queue, buffer, BLOCKING, from, into.byteSize(), into, 0, NULL, NULL));
  }

  /** Reads likewise, but returns at once; the memory is to be left alone until that is done. */
  public void readLater(MemorySegment queue, MemorySegment buffer, long from, MemorySegment into) {
    check(
        "clEnqueueReadBuffer",
        readBuffer.call(queue, buffer, 0, from, into.byteSize(), into, 0, NULL, NULL));
  }

  /**
   * Reads likewise, once an event of another queue has come.
   *
   * @return an event that comes once it is read; to be released
   */
  public MemorySegment readAfter(
      MemorySegment queue, MemorySegment event, MemorySegment buffer, MemorySegment into) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = arena.allocateFrom(ADDRESS, event);
      MemorySegment made = arena.allocate(ADDRESS);
      check(
          "clEnqueueReadBuffer",
          readBuffer.call(queue, buffer, 0, 0, into.byteSize(), into, 1, list, made));
      return made.get(ADDRESS, 0);
    }
  }

  /** Writes likewise; returns when the host's memory may be used again. */
  public void write(MemorySegment queue, MemorySegment from, MemorySegment buffer, long to) {
    check(
        "clEnqueueWriteBuffer",
        writeBuffer.call(queue, buffer, BLOCKING, to, from.byteSize(), from, 0, NULL, NULL));
  }

  public void copy(
      MemorySegment queue, MemorySegment from, long first, MemorySegment to, long at, long bytes) {
    check("clEnqueueCopyBuffer", copyBuffer.call(queue, from, to, first, at, bytes, 0, NULL, NULL));
  }

  /** Fills with zeros; whole words of 32 bits. */
  public void zero(MemorySegment queue, MemorySegment buffer, long from, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment zero = arena.allocate(JAVA_INT);
      check(
          "clEnqueueFillBuffer",
          fillBuffer.call(queue, buffer, zero, Integer.BYTES, from, bytes, 0, NULL, NULL));
    }
  }

  public MemorySegment program(MemorySegment context, String source) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(ADDRESS, arena.allocateFrom(source));
      return made(
          "clCreateProgramWithSource", c -> programWithSource.call(context, 1, text, NULL, c));
    }
  }

  /** A program that was built before, by the same driver for the same device. */
  public MemorySegment program(MemorySegment context, MemorySegment device, byte[] binary) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, binary);
      MemorySegment length = arena.allocateFrom(JAVA_LONG, (long) binary.length);
      MemorySegment list = arena.allocateFrom(ADDRESS, device);
      MemorySegment all = arena.allocateFrom(ADDRESS, bytes);
      return made(
          "clCreateProgramWithBinary",
          c -> programWithBinary.call(context, 1, list, length, all, NULL, c));
    }
  }

  public void build(MemorySegment program, MemorySegment device, String options) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = arena.allocateFrom(ADDRESS, device);
      check(
          "clBuildProgram",
          buildProgram.call(program, 1, list, arena.allocateFrom(options), NULL, NULL));
    }
  }

  /** What the compiler had to say. */
  public String buildLog(MemorySegment program, MemorySegment device) {
    return text(
        "clGetProgramBuildInfo",
        (of, what, size, value, needed) -> getBuildInfo.call(of, device, what, size, value, needed),
        program,
        BUILD_LOG);
  }

  /** What the compiler has made. */
  public byte[] binary(MemorySegment program) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(JAVA_LONG);
      check("clGetProgramInfo", getProgramInfo.call(program, BINARY_SIZES, Long.BYTES, size, NULL));
      MemorySegment bytes = arena.allocate(Math.max(1, size.get(JAVA_LONG, 0)));
      MemorySegment list = arena.allocateFrom(ADDRESS, bytes);
      check(
          "clGetProgramInfo",
          getProgramInfo.call(program, BINARIES, ADDRESS.byteSize(), list, NULL));
      return bytes.asSlice(0, size.get(JAVA_LONG, 0)).toArray(JAVA_BYTE);
    }
  }

  public void releaseProgram(MemorySegment program) {
    check("clReleaseProgram", releaseProgram.call(program));
  }

  public MemorySegment kernel(MemorySegment program, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      return made("clCreateKernel", c -> createKernel.call(program, text, c));
    }
  }

  public void releaseKernel(MemorySegment kernel) {
    check("clReleaseKernel", releaseKernel.call(kernel));
  }

  /**
   * @param value bytes of a number, or the handle of a buffer; null for local memory of this size
   */
  public void argument(MemorySegment kernel, int index, long size, MemorySegment value) {
    check("clSetKernelArg", setKernelArgument.call(kernel, index, size, value));
  }

  /**
   * Runs a kernel once all that is before it in the queue is done.
   *
   * @param sizes global sizes, then the work-group's, of each dimension [2 * dimensions]
   * @param event filled with an event to be released, or null
   */
  public void launch(
      MemorySegment queue,
      MemorySegment kernel,
      int dimensions,
      MemorySegment sizes,
      MemorySegment event) {
    MemorySegment local = sizes.asSlice(dimensions * Long.BYTES);
    check(
        "clEnqueueNDRangeKernel",
        launch.call(queue, kernel, dimensions, NULL, sizes, local, 0, NULL, event));
  }

  public void finish(MemorySegment queue) {
    check("clFinish", finish.call(queue));
  }

  /** Has a queue's commands begin. */
  public void flush(MemorySegment queue) {
    check("clFlush", flush.call(queue));
  }

  /** An event that comes once all that is in the queue is done; to be released. */
  public MemorySegment marker(MemorySegment queue) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment made = arena.allocate(ADDRESS);
      check("clEnqueueMarkerWithWaitList", marker.call(queue, 0, NULL, made));
      return made.get(ADDRESS, 0);
    }
  }

  /** Waits for an event. */
  public void await(MemorySegment event) {
    try (Arena arena = Arena.ofConfined()) {
      check("clWaitForEvents", waitForEvents.call(1, arena.allocateFrom(ADDRESS, event)));
    }
  }

  /** When something of a command happened, in nanoseconds of the device's clock. */
  public long time(MemorySegment event, int what) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_LONG);
      check("clGetEventProfilingInfo", getEventTimes.call(event, what, Long.BYTES, value, NULL));
      return value.get(JAVA_LONG, 0);
    }
  }

  public void releaseEvent(MemorySegment event) {
    check("clReleaseEvent", releaseEvent.call(event));
  }
}
