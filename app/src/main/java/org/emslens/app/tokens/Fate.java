package org.emslens.app.tokens;

import java.util.Arrays;
import java.util.Locale;
import org.emslens.app.controls.Format;
import org.emslens.app.lens.View;
import org.emslens.cache.HeadPlan;
import org.emslens.cache.HeadSlots;
import org.emslens.cache.TokenState;
import org.emslens.session.Step;

/**
 * What became of every source token in the shown head, at the shown step.
 *
 * @param hosts position of the slot that stands for each token, or -1
 * @param windowFrom first position that the latest compression's window kept word for word
 * @param windowTo the position after its last; the same where there was no window
 */
record Fate(View view, HeadSlots slots, int[] hosts, int windowFrom, int windowTo) {
  /** Letters that tokens are cut to, the more the less room there is. */
  private static final int[] NAMES = {18, 11, 7};

  static Fate of(View view) {
    HeadSlots slots = view.slots();
    int[] hosts = slots.hosts(view.step().seen());
    Step compression = view.lastCompression();
    HeadPlan plan = view.lastPlan();
    if (plan == null || plan.window() == 0) {
      return new Fate(view, slots, hosts, 0, 0);
    }
    int[] kept = plan.kept();
    int[] position = compression.before().head(view.kvHead()).position();
    int from = position[kept[kept.length - plan.window()]];
    return new Fate(view, slots, hosts, from, compression.before().seen());
  }

  TokenState state(int token) {
    return TokenState.of(token, hosts[token], view.reached());
  }

  boolean inWindow(int token) {
    return token >= windowFrom && token < windowTo;
  }

  /** How many source tokens are in a state. */
  int count(TokenState state) {
    int n = 0;
    for (int i = 0; i < hosts.length; i++) {
      n += state(i) == state ? 1 : 0;
    }
    return n;
  }

  /** Whether two tokens are in the same slot. */
  boolean together(int a, int b) {
    return a >= 0 && b >= 0 && hosts[a] >= 0 && hosts[a] == hosts[b];
  }

  /**
   * One sentence on a token, in as many letters at most.
   *
   * @param thought whether the model was thinking aloud
   */
  String tell(int token, boolean thought, int letters) {
    String said = thought ? ", while thinking" : "";
    for (int named : NAMES) {
      String told = tell(token, named, true) + said;
      if (told.length() <= letters) {
        return told;
      }
    }
    String told = tell(token, NAMES[NAMES.length - 1], false);
    return told.length() <= letters ? told : told.substring(0, Math.max(0, letters - 1)) + "…";
  }

  private String tell(int token, int named, boolean withBias) {
    String name = Format.count(token) + " " + Format.token(view.run().token(token), named);
    switch (state(token)) {
      case EVICTED -> {
        return name + "   evicted";
      }
      case OUT_OF_REACH -> {
        return name + "   out of reach of the layer's window of " + Format.count(view.window());
      }
      default -> {}
    }
    int slot = Arrays.binarySearch(slots.position(), hosts[token]);
    int members = slots.membersOf(slot).length;
    String bias =
        slots.bias()[slot] == 0 || !withBias
            ? ""
            : String.format(Locale.ROOT, ", bias %+.2f", slots.bias()[slot]);
    if (state(token) == TokenState.MERGED) {
      return name
          + "   merged into "
          + Format.count(hosts[token])
          + " "
          + Format.token(view.run().token(hosts[token]), named)
          + " ("
          + members
          + " tokens"
          + bias
          + ")";
    }
    return name
        + "   kept"
        + (members > 1 ? ", answers for " + members + " tokens" + bias : "")
        + (inWindow(token) ? ", in the window" : "");
  }
}
