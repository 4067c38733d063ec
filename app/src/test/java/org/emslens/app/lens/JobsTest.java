package org.emslens.app.lens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.emslens.device.DeviceException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What jobs of each kind do to one another. */
class JobsTest {
  private final ExecutorService screen = Executors.newSingleThreadExecutor();
  private final Jobs jobs = new Jobs(screen);
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  @AfterEach
  void close() throws Exception {
    screen.submit(() -> jobs.close(turn -> {})).get();
    screen.shutdown();
  }

  private Job start(JobKind kind, String name, Job.Work work) throws Exception {
    return screen
        .submit(
            () ->
                jobs.start(
                    kind, name, work, end -> told.add(name + " " + end.getClass().getSimpleName())))
        .get();
  }

  private String next() throws InterruptedException {
    String s = told.poll(5, TimeUnit.SECONDS);
    return s == null ? "nothing" : s;
  }

  /** Runs until it is told to stop, giving way all the time. */
  private static Job.Work endless(CountDownLatch begun) {
    return turn -> {
      begun.countDown();
      while (true) {
        turn.at(0.5);
        turn.giveWay();
        Thread.sleep(1);
      }
    };
  }

  @Test
  void nothingElseEndsALoadOrAWrite() throws Exception {
    CountDownLatch begun = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    start(
        JobKind.LOAD,
        "load",
        t -> {
          begun.countDown();
          go.await();
          t.at(1);
        });
    start(
        JobKind.WRITE,
        "write",
        t -> {
          begun.countDown();
          go.await();
          t.at(1);
        });
    begun.await();
    for (JobKind k :
        List.of(JobKind.PLAN, JobKind.GENERATE, JobKind.READ, JobKind.CAMPAIGN, JobKind.OPEN)) {
      start(k, k.name(), t -> t.at(1));
      assertEquals(k.name() + " Done", next());
    }
    start(JobKind.WRITE, "second", t -> t.at(1));
    go.countDown();
    List<String> ends = new ArrayList<>(List.of(next(), next(), next()));
    ends.sort(null);
    assertEquals(List.of("load Done", "second Done", "write Done"), ends);
  }

  @Test
  void theNewestPlanWinsAndAnOlderOneIsNoLongerTheNewest() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Job first = start(JobKind.PLAN, "first", endless(begun));
    begun.await();
    start(JobKind.PLAN, "second", t -> t.at(1));
    assertEquals("first Cancelled", next());
    assertEquals("second Done", next());
    assertTrue(first.isCancelled());
  }

  @Test
  void aJobThatEndsAfterANewerOneOfItsKindCameReportsNothing() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    start(
        JobKind.LOAD,
        "first",
        t -> {
          begun.countDown();
          go.await();
        });
    begun.await();
    start(JobKind.LOAD, "second", t -> t.at(1));
    go.countDown();
    assertEquals("first Cancelled", next());
    assertEquals("second Done", next());
  }

  @Test
  void plansAndStepsAreLetInWhileACampaignRuns() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Job campaign = start(JobKind.CAMPAIGN, "campaign", endless(begun));
    begun.await();
    start(JobKind.GENERATE, "step", t -> t.at(1));
    assertEquals("step Done", next());
    start(JobKind.PLAN, "plan", t -> t.at(1));
    assertEquals("plan Done", next());
    assertFalse(campaign.isCancelled());
    campaign.cancel();
    assertEquals("campaign Cancelled", next());
  }

  /** What closes the engine must not run inside a job that goes on with it afterwards. */
  @Test
  void whatPutsAModelInPlaceWaitsForTheCampaignThatItEnds() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Job campaign = start(JobKind.CAMPAIGN, "campaign", endless(begun));
    begun.await();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    start(
        JobKind.GENERATE,
        "generate",
        t -> {
          inside.countDown();
          go.await();
        });
    inside.await();
    campaign.cancel();
    start(JobKind.INSTALL, "install", t -> t.at(1));
    go.countDown();
    assertEquals("generate Done", next());
    assertEquals("campaign Cancelled", next());
    assertEquals("install Done", next());
  }

  @Test
  void aJobThatWaitsCanBeCancelledAndNeverRuns() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Job running = start(JobKind.READ, "running", endless(begun));
    begun.await();
    CountDownLatch ran = new CountDownLatch(1);
    Job waiting = start(JobKind.CAMPAIGN, "waiting", t -> ran.countDown());
    waiting.cancel();
    running.cancel();
    assertEquals("running Cancelled", next());
    assertEquals("waiting Cancelled", next());
    assertEquals(1, ran.getCount());
  }

  @Test
  void rehearsalsGoWhenAnythingElseComes() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    start(JobKind.REHEARSAL, "rehearsal", endless(begun));
    begun.await();
    assertTrue(screen.submit(jobs::isIdle).get());
    assertEquals(0, screen.submit(() -> jobs.running().size()).get());
    start(JobKind.GENERATE, "step", t -> t.at(1));
    assertEquals("rehearsal Cancelled", next());
    assertEquals("step Done", next());
  }

  @Test
  void failuresAreSentencesAndTheNextJobRuns() throws Exception {
    screen
        .submit(
            () ->
                jobs.start(
                    JobKind.READ,
                    "bad",
                    t -> {
                      throw new IllegalArgumentException("The prompt is empty.");
                    },
                    end -> {
                      assertInstanceOf(Job.End.Failed.class, end);
                      told.add(((Job.End.Failed) end).why());
                    }))
        .get();
    assertEquals("The prompt is empty.", next());
    start(JobKind.READ, "good", t -> t.at(1));
    assertEquals("good Done", next());
  }

  /** Where what computes has failed, another is offered; other failures have no such way out. */
  @Test
  void anotherDeviceIsOfferedWhereOneHasFailed() throws Exception {
    Said said = new Said();
    said.onDeviceFailure(() -> List.of(new Notice.Answer("use-processor", "Go on", () -> {})));
    List<String> seen = new ArrayList<>();
    for (RuntimeException failure :
        List.of(new DeviceException("The card has gone."), new IllegalArgumentException("No."))) {
      screen
          .submit(
              () ->
                  jobs.start(
                      JobKind.GENERATE,
                      "failing",
                      turn -> {
                        throw failure;
                      },
                      end -> {
                        said.ended(Said.Subject.RUN, end, () -> {});
                        Notice n = said.noticeProperty().get();
                        seen.add(n == null ? "none" : n.text() + n.answers().getFirst().id());
                        said.dismiss();
                        told.add("ended");
                      }))
          .get();
      assertEquals("ended", next());
    }
    assertEquals(List.of("The card has gone.use-processor", "none"), seen);
  }
}
