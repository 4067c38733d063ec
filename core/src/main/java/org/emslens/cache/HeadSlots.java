package org.emslens.cache;

import java.util.Arrays;

/**
 * Provenance of one KV head's slots: which source tokens each stands for. Derived from plans, never
 * guessed.
 *
 * @param position source token under whose name each slot is kept, ascending [slots]
 * @param memberStart where each slot's members begin in `members` [slots + 1]
 * @param members source tokens of each slot, its own included, ascending within a slot
 * @param bias logit bias of each slot [slots]
 */
public record HeadSlots(int[] position, int[] memberStart, int[] members, float[] bias) {

  /** A head that holds tokens 0..n-1, each in its own slot. */
  public static HeadSlots whole(int n) {
    int[] position = new int[n];
    int[] start = new int[n + 1];
    for (int i = 0; i < n; i++) {
      position[i] = i;
      start[i + 1] = i + 1;
    }
    return new HeadSlots(position, start, position, new float[n]);
  }

  public int slots() {
    return position.length;
  }

  /** Source tokens of slot i. */
  public int[] membersOf(int i) {
    return Arrays.copyOfRange(members, memberStart[i], memberStart[i + 1]);
  }

  /** These with the tokens from..to-1 appended, each in its own slot. */
  public HeadSlots append(int from, int to) {
    int more = to - from;
    int n = slots();
    int[] position = Arrays.copyOf(this.position, n + more);
    int[] start = Arrays.copyOf(memberStart, n + more + 1);
    int[] members = Arrays.copyOf(this.members, this.members.length + more);
    for (int i = 0; i < more; i++) {
      position[n + i] = from + i;
      members[this.members.length + i] = from + i;
      start[n + i + 1] = this.members.length + i + 1;
    }
    return new HeadSlots(position, start, members, Arrays.copyOf(bias, n + more));
  }

  /** What these become by a plan. */
  public HeadSlots apply(HeadPlan plan) {
    int n = plan.kept().length;
    int[] counts = new int[n + 1];
    for (int j = 0; j < plan.slots(); j++) {
      if (plan.target()[j] >= 0) {
        counts[plan.target()[j] + 1] += memberStart[j + 1] - memberStart[j];
      }
    }
    int[] start = new int[n + 1];
    for (int i = 0; i < n; i++) {
      start[i + 1] = start[i] + counts[i + 1];
    }
    int[] members = new int[start[n]];
    int[] fill = start.clone();
    for (int j = 0; j < plan.slots(); j++) {
      int k = plan.target()[j];
      if (k >= 0) {
        for (int m = memberStart[j]; m < memberStart[j + 1]; m++) {
          members[fill[k]++] = this.members[m];
        }
      }
    }
    int[] position = new int[n];
    float[] bias = new float[n];
    for (int i = 0; i < n; i++) {
      Arrays.sort(members, start[i], start[i + 1]);
      position[i] = this.position[plan.kept()[i]];
      bias[i] = this.bias[plan.kept()[i]] + plan.bias()[i];
    }
    return new HeadSlots(position, start, members, bias);
  }

  /**
   * How many source tokens are in each state, by its number [states].
   *
   * @param seen tokens seen
   * @param reached first position that the next query reaches
   */
  public int[] count(int seen, int reached) {
    int[] counts = new int[TokenState.values().length];
    int[] hosts = hosts(seen);
    for (int t = 0; t < seen; t++) {
      counts[TokenState.of(t, hosts[t], reached).ordinal()]++;
    }
    return counts;
  }

  /**
   * Where every source token is.
   *
   * @param seen tokens seen
   * @return per token the position of the slot that stands for it (its own: kept; another's:
   *     merged), or -1: evicted
   */
  public int[] hosts(int seen) {
    int[] hosts = new int[seen];
    Arrays.fill(hosts, -1);
    for (int i = 0; i < slots(); i++) {
      for (int m = memberStart[i]; m < memberStart[i + 1]; m++) {
        hosts[members[m]] = position[i];
      }
    }
    return hosts;
  }
}
