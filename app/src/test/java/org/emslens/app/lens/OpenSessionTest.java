package org.emslens.app.lens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
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

  /** Attention calls until the device fails; below 0 it does not. */
  private final AtomicInteger left = new AtomicInteger(-1);

  private Device failing(Device device) {
    return (Device)
        Proxy.newProxyInstance(
            Device.class.getClassLoader(),
            new Class<?>[] {Device.class},
            (proxy, method, args) -> {
              if (method.getName().equals("attend") && left.getAndDecrement() == 0) {
                throw new DeviceException("The card has gone.");
              }
              try {
                return method.invoke(device, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

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
    Model model = ModelLoader.open(MODEL);
    Device device = failing(Devices.open("cpu"));
    ForwardPass pass = new ForwardPass(model, device, Progress.NONE);
    OpenSession open = new OpenSession((run, look) -> {});
    open.install(new LoadedModel(model, device, pass, 0));
    CacheChoice choice = new CacheChoice(Policies.EMS, CacheOptions.EMS, Budget.slots(20));
    open.read(plain(PROMPT), choice, Sampling.GREEDY, DETAIL, Progress.NONE);
    open.more(8, TURN);
    String whole = open.session().run().generated(8);

    open.read(plain(PROMPT), choice, Sampling.GREEDY, DETAIL, Progress.NONE);
    open.more(3, TURN);
    left.set(1);
    assertThrows(DeviceException.class, () -> open.more(2, TURN));
    assertEquals(3, open.session().run().steps().size() - 1);
    assertFalse(open.session().canDecode());
    open.wake(DETAIL, TURN);
    open.more(5, TURN);
    assertEquals(whole, open.session().run().generated(8));
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
    open.choose(less, new Sampling(1.3, 1, 0, 5), DETAIL, TURN);
    Run now = open.session().run();
    assertEquals(ids(chosen, 4), ids(now, 4));
    assertEquals(8, now.steps().size() - 1);
    open.choose(choice, Sampling.GREEDY, DETAIL, TURN);
    assertEquals(ids(chosen, 8), ids(open.session().run(), 8));
    open.goBack(first, 4, Progress.NONE);
    open.choose(less, Sampling.GREEDY, DETAIL, TURN);
    assertEquals(ids(first, 4), ids(open.session().run(), 4));
    assertEquals(4, open.chosen());
    open.read(plain("Four boats went out."), choice, Sampling.GREEDY, DETAIL, Progress.NONE);
    open.goBack(chosen, 4, Progress.NONE);
    assertFalse(open.session().canDecode());
    open.choose(less, new Sampling(1.3, 1, 0, 5), DETAIL, TURN);
    open.wake(DETAIL, TURN);
    open.choose(choice, Sampling.GREEDY, DETAIL, TURN);
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
        CancellationException.class, () -> open.choose(less, warm, DETAIL, new CuttingAt(3)));
    assertThrows(
        CancellationException.class, () -> open.choose(choice, warm, DETAIL, new CuttingAt(2)));
    assertEquals(1, open.session().run().steps().size() - 1);
    open.interrupt();
    assertEquals(ids(before, 6), ids(open.left(), 6));
    open.more(1, TURN);
    assertEquals(2, open.left().steps().size() - 1, "who goes on from there means it");
    open.choose(less, warm, DETAIL, TURN);
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
        CancellationException.class, () -> open.choose(less, Sampling.GREEDY, DETAIL, stop));
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
  private static final class CuttingAt implements Job.Turn {
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
    Model model = ModelLoader.open(MODEL);
    Device device = Devices.open("cpu");
    OpenSession open = new OpenSession((run, look) -> {});
    open.install(new LoadedModel(model, device, new ForwardPass(model, device, Progress.NONE), 0));
    return open;
  }

  private static List<Integer> ids(Run run, int n) {
    return run.steps().subList(1, n + 1).stream().map(s -> s.token().id()).toList();
  }

  private static Asked plain(String text) {
    return new Asked(text, "", false, "");
  }
}
