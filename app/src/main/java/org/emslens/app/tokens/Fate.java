package org.emslens.app.tokens;

import java.util.Arrays;
import java.util.Locale;
import org.emslens.app.controls.Format;
import org.emslens.app.main.View;
import org.emslens.cache.HeadSlots;
import org.emslens.cache.TokenState;

/**
 * What became of every source token in the shown head, at the shown step.
 *
 * @param hosts position of the slot that stands for each token, or -1
 * @param window first position that the window kept verbatim
 */
record Fate(View view, HeadSlots slots, int[] hosts, int window) {

  static Fate of(View view) {
    HeadSlots slots = view.slots();
    int w = view.run().choice().options().window();
    return new Fate(view, slots, slots.hosts(view.step().seen()), view.step().seen() - w);
  }

  TokenState state(int token) {
    return TokenState.of(token, hosts[token]);
  }

  /** Whether two tokens are in the same slot. */
  boolean together(int a, int b) {
    return a >= 0 && b >= 0 && hosts[a] >= 0 && hosts[a] == hosts[b];
  }

  /** One sentence on a token. */
  String tell(int token) {
    String name = Format.count(token) + " " + Format.token(view.run().token(token), 18);
    if (hosts[token] < 0) {
      return name + "   evicted";
    }
    int slot = Arrays.binarySearch(slots.position(), hosts[token]);
    int members = slots.membersOf(slot).length;
    String bias =
        slots.bias()[slot] == 0
            ? ""
            : String.format(Locale.ROOT, ", bias %+.2f", slots.bias()[slot]);
    if (state(token) == TokenState.MERGED) {
      return name
          + "   merged into "
          + Format.count(hosts[token])
          + " "
          + Format.token(view.run().token(hosts[token]), 18)
          + " ("
          + members
          + " tokens"
          + bias
          + ")";
    }
    return name
        + "   kept"
        + (members > 1 ? ", answers for " + members + " tokens" + bias : "")
        + (token >= window ? ", in the window" : "");
  }
}
