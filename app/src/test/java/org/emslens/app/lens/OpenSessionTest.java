package org.emslens.app.lens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.Policies;
import org.emslens.device.Device;
import org.emslens.device.DeviceException;
import org.emslens.device.Devices;
import org.emslens.engine.ForwardPass;
import org.emslens.engine.LoadedModel;
import org.emslens.engine.Progress;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.emslens.session.Budget;
import org.emslens.session.CacheChoice;
import org.emslens.session.Run;
import org.emslens.session.Sampling;
import org.emslens.session.Session;
import org.junit.jupiter.api.Test;

/** What stays of a session when what computes it fails, and when its settings change. */
class OpenSessionTest {
  private static final Path MODEL =
      Path.of("..", "core", "src", "test", "resources", "org", "emslens", "tiny", "plain");
  private static final String PROMPT =
      "The keeper lit the lamp and counted the boats. Two boats came home before the storm.";
  private static final Session.Detail DETAIL = Session.Detail.STEPS;

  private static final Job.Turn TURN =
      new Job.Turn() {
        @Override
        public void at(double share) {}

        @Override
        public void giveWay() {}

        @Override
        public void say(String what) {}
      };

  /** Half a token is no token: the steps before it stay, and the next one is as if nothing was. */
  @Test
  void aDeviceThatFailsWithinATokenTakesNothingOfTheSession() throws IOException {
    FailingDevice failing = new FailingDevice(Devices.open("cpu"));
    OpenSession open = opened(failing.device());
    CacheChoice choice = new CacheChoice(Policies.EMS, CacheOptions.EMS, Budget.slots(20));
    open.read(plain(PROMPT), choice, Sampling.GREEDY, DETAIL, Progress.NONE);
    open.more(8, TURN);
    String whole = open.session().run().generated(8);

    open.read(plain(PROMPT), choice, Sampling.GREEDY, DETAIL, Progress.NONE);
    open.more(3, TURN);
    failing.fail("attend", 1, false);
    assertThrows(DeviceException.class, () -> open.more(2, TURN));
    assertEquals(3, open.session().run().steps().size() - 1);
    assertFalse(open.session().canDecode());
    open.wake(DETAIL, TURN);
    open.more(5, TURN);
    assertEquals(whole, open.session().run().generated(8));
    open.close();
  }

  /** What was recorded is there without the device, and goes on with another. */
  @Test
  void aDeviceThatIsGoneForGoodIsReplaced() throws IOException {
    FailingDevice failing = new FailingDevice(Devices.open("cpu"));
    OpenSession open = opened(failing.device());
    CacheChoice choice = new CacheChoice(Policies.EMS, CacheOptions.EMS, Budget.slots(20));
    open.read(plain(PROMPT), choice, Sampling.GREEDY, DETAIL, Progress.NONE);
    open.more(8, TURN);
    String whole = open.session().run().generated(8);
    open.read(plain(PROMPT), choice, Sampling.GREEDY, DETAIL, Progress.NONE);
    open.more(3, TURN);
    failing.fail("attend", 1, true);
    assertThrows(DeviceException.class, () -> open.more(2, TURN));
    assertFalse(open.session().canDecode());
    assertEquals(3, open.session().run().steps().size() - 1);
    Device other = Devices.open("cpu");
    Model model = ModelLoader.open(MODEL);
    open.install(new LoadedModel(model, other, new ForwardPass(model, other, Progress.NONE), 0));
    open.wake(DETAIL, TURN);
    open.more(5, TURN);
    assertEquals(whole, open.session().run().generated(8));
    open.close();
  }

  /** Another policy that the device has no room for leaves the run as it was. */
  @Test
  void aCompressionThatFailsLeavesWhatWasThere() throws IOException {
    FailingDevice failing = new FailingDevice(Devices.open("cpu"));
    OpenSession open = opened(failing.device());
    CacheChoice full = new CacheChoice(Policies.FULL, CacheOptions.EMS, Budget.slots(20));
    CacheChoice less = new CacheChoice(Policies.EMS, CacheOptions.EMS, Budget.slots(20));
    Session.Detail compared = Session.Detail.COMPARED;
    open.read(plain(PROMPT), full, Sampling.GREEDY, compared, Progress.NONE);
    open.more(4, TURN);
    Run before = open.session().run();
    // Its own cache is there, and that of the full run beside is not.
    failing.fail("cache", 1, false);
    assertThrows(DeviceException.class, () -> choose(open, less, Sampling.GREEDY, compared, TURN));
    assertEquals(ids(before, 4), ids(open.session().run(), 4));
    open.wake(compared, TURN);
    open.more(1, TURN);
    assertEquals(5, open.session().run().steps().size() - 1);
    open.close();
  }

  /** A turn of which the device has read a part has not been said. */
  @Test
  void aTurnThatTheDeviceCutsShortIsNone() throws IOException {
    FailingDevice failing = new FailingDevice(Devices.open("cpu"));
    OpenSession open = opened(failing.device());
    CacheChoice choice = new CacheChoice(Policies.EMS, CacheOptions.EMS, Budget.slots(20));
    open.read(new Asked(PROMPT, "", true, ""), choice, Sampling.GREEDY, DETAIL, Progress.NONE);
    open.more(3, TURN);
    Run before = open.session().run();
    failing.fail("attend", 3 * before.config().layers(), false);
    assertThrows(DeviceException.class, () -> open.say("Who came home first?", TURN));
    assertEquals(List.of(), open.session().run().turns());
    assertEquals(ids(before, 3), ids(open.session().run(), 3));
    assertEquals(3, open.session().run().steps().size() - 1);
    open.wake(DETAIL, TURN);
    open.say("Who came home first?", TURN);
    assertEquals(1, open.session().run().turns().size());
    assertEquals(open.session().run().said(), open.session().run().steps().size() - 1);
    open.close();
  }

  /** Another plan that comes in while a branch is generated again may have come further. */
  @Test
  void aPlanThatIsLetInTakesTheTokensInTheirOrder() throws IOException {
    CacheChoice choice = new CacheChoice(Policies.EMS, CacheOptions.EMS, Budget.slots(20));
    CacheChoice less = new CacheChoice(Policies.H2O, CacheOptions.EMS, Budget.slots(18));
    OpenSession open = opened();
    open.read(plain(PROMPT), choice, Sampling.GREEDY, DETAIL, Progress.NONE);
    open.more(9, TURN);
    open.branch(8, open.session().run().steps().get(8).next().top().get(2).id());
    List<Integer> line = ids(open.session().run(), 9);
    assertThrows(
        CancellationException.class,
        () -> choose(open, less, Sampling.GREEDY, DETAIL, new CuttingAt(3)));
    open.interrupt();
    assertEquals(2, open.session().run().steps().size() - 1);
    Job.Turn letsIn =
        new CuttingAt(1) {
          private boolean done;

          @Override
          public void giveWay() {
            if (!done) {
              done = true;
              choose(open, choice, Sampling.GREEDY, DETAIL, TURN);
            }
          }
        };
    open.more(14, letsIn);
    Run now = open.session().run();
    assertEquals(line, ids(now, 9));
    List<Integer> after = ids(now, now.steps().size() - 1);
    choose(open, choice, Sampling.GREEDY, DETAIL, TURN);
    assertEquals(after, ids(open.session().run(), after.size()));
    open.close();
  }

  /**
   * Tokens up to the last chosen one come again under any settings, and all of them under the same.
   */
  @Test
  void whatWasChosenByHandStaysWhenSettingsChange() throws IOException {
    Model model = ModelLoader.open(MODEL);
    Device device = Devices.open("cpu");
    OpenSession open = new OpenSession((run, look) -> {});
    open.install(new LoadedModel(model, device, new ForwardPass(model, device, Progress.NONE), 0));
    CacheChoice choice = new CacheChoice(Policies.EMS, CacheOptions.EMS, Budget.slots(20));
    open.read(plain(PROMPT), choice, Sampling.GREEDY, DETAIL, Progress.NONE);
    open.more(6, TURN);
    Run first = open.session().run();
    int other = first.steps().get(3).next().top().get(2).id();
    open.branch(3, other);
    open.more(4, TURN);
    Run chosen = open.session().run();
    CacheChoice less = new CacheChoice(Policies.H2O, CacheOptions.EMS, Budget.slots(18));
    choose(open, less, new Sampling(1.3, 1, 0, 5), DETAIL, TURN);
    Run now = open.session().run();
    assertEquals(ids(chosen, 4), ids(now, 4));
    assertEquals(8, now.steps().size() - 1);
    choose(open, choice, Sampling.GREEDY, DETAIL, TURN);
    assertEquals(ids(chosen, 8), ids(open.session().run(), 8));
    open.goBack(first, 4, Progress.NONE);
    choose(open, less, Sampling.GREEDY, DETAIL, TURN);
    assertEquals(ids(first, 4), ids(open.session().run(), 4));
    assertEquals(4, open.chosen());
    open.read(plain("Four boats went out."), choice, Sampling.GREEDY, DETAIL, Progress.NONE);
    open.goBack(chosen, 4, Progress.NONE);
    assertFalse(open.session().canDecode());
    choose(open, less, new Sampling(1.3, 1, 0, 5), DETAIL, TURN);
    open.wake(DETAIL, TURN);
    choose(open, choice, Sampling.GREEDY, DETAIL, TURN);
    assertEquals(ids(chosen, 8), ids(open.session().run(), 8));
    open.close();
  }

  /** What is cut off while its question is read takes nothing of what was open. */
  @Test
  void whatIsCutOffLeavesWhatWasOpen() throws IOException {
    OpenSession open = opened();
    CacheChoice choice = new CacheChoice(Policies.EMS, CacheOptions.EMS, Budget.slots(20));
    open.read(plain(PROMPT), choice, Sampling.GREEDY, DETAIL, Progress.NONE);
    open.more(6, TURN);
    Run before = open.session().run();
    Asked asked = new Asked("Four boats went out.", "Which one came back?", false, "");
    Progress stop =
        share -> {
          if (share == 1) {
            throw new CancellationException();
          }
        };
    assertThrows(
        CancellationException.class, () -> open.read(asked, choice, Sampling.GREEDY, DETAIL, stop));
    assertEquals(before.promptText(), open.session().run().promptText());
    assertEquals(ids(before, 6), ids(open.session().run(), 6));
    open.more(1, TURN);
    assertEquals(7, open.session().run().steps().size() - 1);
    open.close();
  }

  /** What another run takes the place of, while other settings generate it again. */
  @Test
  void whatIsHalfGeneratedAgainIsLeftAsItWas() throws IOException {
    OpenSession open = opened();
    CacheChoice choice = new CacheChoice(Policies.EMS, CacheOptions.EMS, Budget.slots(20));
    open.read(plain(PROMPT), choice, Sampling.GREEDY, DETAIL, Progress.NONE);
    open.more(6, TURN);
    Run before = open.session().run();
    CacheChoice less = new CacheChoice(Policies.H2O, CacheOptions.EMS, Budget.slots(18));
    Sampling warm = new Sampling(1.3, 1, 0, 5);
    assertThrows(
        CancellationException.class, () -> choose(open, less, warm, DETAIL, new CuttingAt(3)));
    assertThrows(
        CancellationException.class, () -> choose(open, choice, warm, DETAIL, new CuttingAt(2)));
    assertEquals(1, open.session().run().steps().size() - 1);
    open.interrupt();
    assertEquals(ids(before, 6), ids(open.left(), 6));
    open.more(1, TURN);
    assertEquals(2, open.left().steps().size() - 1, "who goes on from there means it");
    choose(open, less, warm, DETAIL, TURN);
    assertEquals(less, open.left().choice());
    open.close();
  }

  /** A turn that comes while other settings generate again waits for what was said before it. */
  @Test
  void turnsKeepTheirOrder() throws IOException {
    OpenSession open = opened();
    CacheChoice choice = new CacheChoice(Policies.EMS, CacheOptions.EMS, Budget.slots(20));
    open.read(new Asked(PROMPT, "", true, ""), choice, Sampling.GREEDY, DETAIL, Progress.NONE);
    open.more(3, TURN);
    open.say("Who came home first?", TURN);
    open.more(4, TURN);
    Run before = open.session().run();
    CacheChoice less = new CacheChoice(Policies.H2O, CacheOptions.EMS, Budget.slots(18));
    Job.Turn stop = new CuttingAt(5);
    assertThrows(
        CancellationException.class, () -> choose(open, less, Sampling.GREEDY, DETAIL, stop));
    assertEquals(0, open.session().run().said(), "not yet");
    open.say("And then?", TURN);
    Run now = open.session().run();
    assertEquals(2, now.turns().size());
    assertEquals(before.turns().getFirst(), now.turns().getFirst());
    assertEquals(ids(before, before.said()), ids(now, before.said()));
    assertEquals("And then?", now.turns().getLast().words());
    assertEquals(now.said(), now.steps().size() - 1);
    assertEquals(2, now.generated(now.said()).split("› ").length - 1);

    Job.Turn cut = new Cutting();
    assertThrows(CancellationException.class, () -> open.say("Nobody hears this.", cut));
    assertEquals(now.turns(), open.session().run().turns());
    assertEquals(now.steps().size(), open.session().run().steps().size());
    open.close();
  }

  /** Cancels a turn at its second token. */
  private static final class Cutting implements Job.Turn {
    private int told;

    @Override
    public void at(double share) {
      if (++told == 2) {
        throw new CancellationException();
      }
    }

    @Override
    public void giveWay() {}

    @Override
    public void say(String what) {}
  }

  /** Cancels where something else could come in for the nth time. */
  private static class CuttingAt implements Job.Turn {
    private int left;

    CuttingAt(int n) {
      left = n;
    }

    @Override
    public void at(double share) {}

    @Override
    public void giveWay() {
      if (--left == 0) {
        throw new CancellationException();
      }
    }

    @Override
    public void say(String what) {}
  }

  private static OpenSession opened() throws IOException {
    return opened(Devices.open("cpu"));
  }

  private static OpenSession opened(Device device) throws IOException {
    Model model = ModelLoader.open(MODEL);
    OpenSession open = new OpenSession((run, look) -> {});
    open.install(new LoadedModel(model, device, new ForwardPass(model, device, Progress.NONE), 0));
    return open;
  }

  private static List<Integer> ids(Run run, int n) {
    return run.steps().subList(1, n + 1).stream().map(s -> s.token().id()).toList();
  }

  private static void choose(
      OpenSession open, CacheChoice choice, Sampling how, Session.Detail detail, Job.Turn turn) {
    open.choose(new Choosing(new Choosing.Wanted(choice, how, detail), 64), turn);
  }

  /** A budget that is moved while the model repeats the prompt waits for that. */
  @Test
  void whatIsBeingAskedIsNotAskedAgain() throws IOException {
    CacheChoice first = new CacheChoice(Policies.EMS, CacheOptions.EMS, Budget.slots(20));
    CacheChoice zip = new CacheChoice(Policies.KVZIP, Policies.KVZIP.preset(), Budget.slots(10));
    CacheChoice less = zip.withBudget(Budget.slots(8));
    OpenSession open = opened();
    open.read(plain(PROMPT), first, Sampling.GREEDY, DETAIL, Progress.NONE);
    Choosing choosing = new Choosing(new Choosing.Wanted(zip, Sampling.GREEDY, DETAIL), 20);
    assertFalse(choosing.replace(new Choosing.Wanted(first, Sampling.GREEDY, DETAIL)));
    CacheChoice merging =
        new CacheChoice(Policies.EXPECTED_ATTENTION, CacheOptions.EMS, Budget.slots(10));
    assertFalse(choosing.replace(new Choosing.Wanted(merging, Sampling.GREEDY, DETAIL)));
    int[] told = {0};
    open.choose(
        choosing,
        new Job.Turn() {
          @Override
          public void at(double share) {
            if (told[0]++ == 1) {
              assertTrue(choosing.replace(new Choosing.Wanted(less, Sampling.GREEDY, DETAIL)));
            }
          }

          @Override
          public void giveWay() {}

          @Override
          public void say(String what) {}
        });
    assertTrue(told[0] > 1);
    assertEquals(less, open.session().run().choice());
    assertFalse(choosing.replace(new Choosing.Wanted(zip, Sampling.GREEDY, DETAIL)));
    open.close();
  }

  /**
   * What cannot go on is read again where the model has to be asked, though nothing is generated.
   */
  @Test
  void aRecordingIsReadAgainToBeAsked() throws IOException {
    CacheChoice first = new CacheChoice(Policies.EMS, CacheOptions.EMS, Budget.slots(20));
    CacheChoice zip = new CacheChoice(Policies.KVZIP, Policies.KVZIP.preset(), Budget.slots(10));
    OpenSession open = opened();
    open.read(plain(PROMPT), first, Sampling.GREEDY, DETAIL, Progress.NONE);
    open.show(Session.of(open.session().run()), 0, OpenSession.Look.STAY);
    assertFalse(open.session().canDecode());
    choose(open, zip, Sampling.GREEDY, DETAIL, TURN);
    assertEquals(zip, open.session().run().choice());
    open.close();
  }

  private static Asked plain(String text) {
    return new Asked(text, "", false, "");
  }
}
