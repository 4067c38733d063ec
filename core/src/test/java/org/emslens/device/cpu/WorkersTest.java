package org.emslens.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.emslens.TestFiles;
import org.emslens.device.Device;
import org.emslens.device.Devices;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.LoadedModel;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.junit.jupiter.api.Test;

class WorkersTest {

  @Test
  void eachTaskRunsOnce() {
    try (Workers workers = new Workers(3)) {
      AtomicInteger[] ran = new AtomicInteger[1000];
      for (int i = 0; i < ran.length; i++) {
        ran[i] = new AtomicInteger();
      }
      workers.run(ran.length, i -> ran[i].incrementAndGet());
      workers.share(2, ran.length, (thread, i) -> ran[i].incrementAndGet());
      for (AtomicInteger r : ran) {
        assertEquals(2, r.get());
      }
    }
  }

  @Test
  void workForAClosedDeviceIsRefusedAtOnce() {
    Workers workers = new Workers(2);
    workers.close();
    assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> assertThrows(IllegalStateException.class, () -> workers.run(4, i -> {})));
  }

  @Test
  void whatFailsInAThreadFailsAsItself() {
    try (Workers workers = new Workers(2)) {
      OutOfMemoryError full = new OutOfMemoryError("Java heap space");
      IllegalArgumentException wrong = new IllegalArgumentException("no");
      assertSame(full, assertThrows(OutOfMemoryError.class, () -> workers.run(4, fail(full))));
      assertSame(
          wrong, assertThrows(IllegalArgumentException.class, () -> workers.run(4, fail(wrong))));
      AtomicInteger after = new AtomicInteger();
      workers.run(5, i -> after.incrementAndGet());
      assertEquals(5, after.get());
    }
  }

  private static IntConsumer fail(Throwable with) {
    return i -> {
      if (with instanceof Error e) {
        throw e;
      }
      throw (RuntimeException) with;
    };
  }

  @Test
  void aCancelledLoadLeavesNoThreads() throws Exception {
    long before = workers();
    for (int i = 0; i < 3; i++) {
      Model model = ModelLoader.open(TestFiles.path("tiny/plain"));
      assertThrows(
          CancellationException.class,
          () ->
              LoadedModel.load(
                  model,
                  "cpu",
                  share -> {
                    throw new CancellationException();
                  }));
    }
    for (int i = 0; i < 100 && workers() > before; i++) {
      Thread.sleep(50);
    }
    assertFalse(workers() > before, "threads of a device whose loading was cancelled");
  }

  private static long workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().startsWith("emslens-worker"))
        .count();
  }

  @Test
  void aClosedDeviceSaysSo() throws Exception {
    try (Model model = ModelLoader.open(TestFiles.path("tiny/plain"))) {
      Device device = Devices.open("cpu");
      ForwardPass pass = new ForwardPass(model, device, p -> {});
      device.close();
      assertThrows(IllegalStateException.class, () -> pass.prompt(new int[] {5, 6}, null, p -> {}));
      pass.close();
    }
  }
}
