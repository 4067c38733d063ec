package org.emslens.app.lens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GatheredTest {
  private static final int ALL = 10_000;

  @Test
  void allIsToldOnceInOrderAndTogether() throws Exception {
    List<Integer> told = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    CountDownLatch last = new CountDownLatch(1);
    try (ExecutorService screen = Executors.newSingleThreadExecutor()) {
      Gathered<Integer> gathered =
          new Gathered<>(
              screen,
              some -> {
                told.addAll(some);
                sizes.add(some.size());
                if (told.getLast() == ALL - 1) {
                  last.countDown();
                }
              });
      for (int i = 0; i < ALL; i++) {
        gathered.add(i);
      }
      assertTrue(last.await(20, TimeUnit.SECONDS), "nothing comes after what was told first");
    }
    assertEquals(IntStream.range(0, ALL).boxed().toList(), told);
    assertTrue(sizes.size() < ALL / 10, sizes.size() + " tellings");
  }

  @Test
  void whatWaitsIsToldWhenItEnds() {
    List<Integer> told = new ArrayList<>();
    Gathered<Integer> gathered = new Gathered<>(r -> {}, told::addAll);
    gathered.add(1);
    gathered.add(2);
    gathered.tell();
    gathered.tell();
    assertEquals(List.of(1, 2), told);
  }
}
