/* A driver for OpenCL that has memory, computes nothing, and fails where it is told to. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef int32_t code;
typedef void *handle;

/* Events are waited for, and let go, by a thread of their own. */
static _Atomic int calls, live;
static int fail_at;
static code fail_with;

/* From now on, the n-th call fails with this code; 0 for none. */
void fake_fail(int n, code with) { calls = 0; fail_at = n; fail_with = with; }
int fake_calls(void) { return calls; }
/* Objects that were made and not released. */
int fake_live(void) { return live; }

static int fails(void) { return ++calls == fail_at; }

static handle make(code *out, size_t bytes) {
  if (fails()) {
    if (out) *out = fail_with;
    return 0;
  }
  if (out) *out = 0;
  live++;
  return calloc(1, bytes ? bytes : 1);
}

static code release(handle h) {
  free(h);
  live--;
  return fails() ? fail_with : 0;
}

static code tell(const void *from, size_t bytes, size_t room, void *into, size_t *needed) {
  if (fails()) return fail_with;
  if (needed) *needed = bytes;
  if (into) memcpy(into, from, bytes < room ? bytes : room);
  return 0;
}

static int one;

code clGetPlatformIDs(uint32_t room, handle *list, uint32_t *count) {
  if (fails()) return fail_with;
  if (count) *count = 1;
  if (list && room) list[0] = &one;
  return 0;
}
code clGetDeviceIDs(handle p, uint64_t type, uint32_t room, handle *list, uint32_t *count) {
  return clGetPlatformIDs(room, list, count);
}
code clGetPlatformInfo(handle p, uint32_t what, size_t room, void *into, size_t *needed) {
  return tell("Fake", 5, room, into, needed);
}
code clGetDeviceInfo(handle d, uint32_t what, size_t room, void *into, size_t *needed) {
  uint64_t n = 0;
  switch (what) {
    case 0x102B: case 0x102D: case 0x102F: return tell("Fake card", 10, room, into, needed);
    case 0x1000: n = 4; break;                  /* a graphics card */
    case 0x1004: n = 256; break;                /* work-items of a group */
    case 0x1010: case 0x101F: n = 1 << 28; break; /* memory */
    case 0x1023: n = 1 << 15; break;            /* local memory */
    default: n = 1;
  }
  return tell(&n, sizeof n, room, into, needed);
}
handle clCreateContext(handle p, uint32_t n, handle *d, handle f, handle x, code *c) { return make(c, 1); }
code clReleaseContext(handle h) { return release(h); }
handle clCreateCommandQueue(handle x, handle d, uint64_t p, code *c) { return make(c, 1); }
code clReleaseCommandQueue(handle h) { return release(h); }
handle clCreateBuffer(handle x, uint64_t f, size_t bytes, handle h, code *c) { return make(c, bytes); }
code clReleaseMemObject(handle h) { return release(h); }
/* An event, where one is asked for. */
static code event(handle *v) {
  if (v) {
    *v = calloc(1, 1);
    live++;
  }
  return 0;
}

code clEnqueueReadBuffer(handle q, char *b, uint32_t w, size_t at, size_t n, void *to, uint32_t e, handle l, handle *v) {
  if (fails()) return fail_with;
  memcpy(to, b + at, n);
  return event(v);
}
handle clEnqueueMapBuffer(handle q, handle b, uint32_t w, uint64_t f, size_t at, size_t n, uint32_t e, handle l, handle v, code *c) {
  int failed = fails();
  *c = failed ? fail_with : 0;
  return failed ? 0 : b;
}
code clEnqueueUnmapMemObject(handle q, handle b, handle m, uint32_t e, handle l, handle v) { return fails() ? fail_with : 0; }
code clEnqueueMarkerWithWaitList(handle q, uint32_t e, handle l, handle *v) { return fails() ? fail_with : event(v); }
code clWaitForEvents(uint32_t n, handle l) { return fails() ? fail_with : 0; }
code clFlush(handle q) { return fails() ? fail_with : 0; }
code clEnqueueWriteBuffer(handle q, char *b, uint32_t w, size_t at, size_t n, const void *from, uint32_t e, handle l, handle v) {
  if (fails()) return fail_with;
  memcpy(b + at, from, n);
  return 0;
}
code clEnqueueCopyBuffer(handle q, char *a, char *b, size_t i, size_t j, size_t n, uint32_t e, handle l, handle v) {
  if (fails()) return fail_with;
  memcpy(b + j, a + i, n);
  return 0;
}
code clEnqueueFillBuffer(handle q, char *b, const void *x, size_t s, size_t at, size_t n, uint32_t e, handle l, handle v) {
  if (fails()) return fail_with;
  memset(b + at, 0, n);
  return 0;
}
handle clCreateProgramWithSource(handle x, uint32_t n, handle t, handle l, code *c) { return make(c, 1); }
handle clCreateProgramWithBinary(handle x, uint32_t n, handle d, handle l, handle b, handle s, code *c) { return make(c, 1); }
code clBuildProgram(handle p, uint32_t n, handle d, const char *o, handle f, handle x) { return fails() ? fail_with : 0; }
code clGetProgramBuildInfo(handle p, handle d, uint32_t what, size_t room, void *into, size_t *needed) {
  return tell("fake.cl: no\nmore", 17, room, into, needed);
}
code clGetProgramInfo(handle p, uint32_t what, size_t room, void *into, size_t *needed) {
  size_t n = 4;
  if (fails()) return fail_with;
  if (what == 0x1165 && into) memcpy(into, &n, sizeof n);
  if (what == 0x1166 && into) memcpy(*(char **)into, "fake", 4);
  return 0;
}
code clReleaseProgram(handle h) { return release(h); }
handle clCreateKernel(handle p, const char *name, code *c) { return make(c, 1); }
code clReleaseKernel(handle h) { return release(h); }
code clSetKernelArg(handle k, uint32_t i, size_t n, const void *v) { return fails() ? fail_with : 0; }
code clEnqueueNDRangeKernel(handle q, handle k, uint32_t d, handle o, handle g, handle l, uint32_t e, handle w, handle v) {
  return fails() ? fail_with : 0;
}
code clFinish(handle q) { return fails() ? fail_with : 0; }
code clGetEventProfilingInfo(handle e, uint32_t what, size_t room, void *into, size_t *needed) { return 0; }
code clReleaseEvent(handle h) { return release(h); }
