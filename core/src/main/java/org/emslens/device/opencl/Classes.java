package org.emslens.device.opencl;

import java.util.List;
import org.emslens.cache.HeadPlan;

/**
 * Plans of all heads in the form that the kernel `merge` takes: all that crosses to the card.
 *
 * @param count slots that there are afterwards, over all heads
 * @param classes of each: head, place in it, where its members begin and end [count * 4]
 * @param centres of each: the slot that it was [count]
 * @param bias of each: what is added [count]
 * @param members slots, class by class
 * @param weights of each member: its weight in the mean, and what its attention counts as [.. * 2]
 */
record Classes(
    int count, int[] classes, int[] centres, float[] bias, int[] members, float[] weights) {

  /**
   * @param counts of the heads before
   */
  static Classes of(List<HeadPlan> plans, HeadCounts[] counts) {
    int count = plans.stream().mapToInt(p -> p.kept().length).sum();
    int slots = plans.stream().mapToInt(HeadPlan::slots).sum();
    Classes all =
        new Classes(
            count,
            new int[count * 4],
            new int[count],
            new float[count],
            new int[slots],
            new float[slots * 2]);
    int at = 0;
    int member = 0;
    for (int a = 0; a < plans.size(); a++) {
      member = all.put(plans.get(a), counts[a], a, at, member);
      at += plans.get(a).kept().length;
    }
    return all;
  }

  /**
   * @return where the next head's members begin
   */
  private int put(HeadPlan plan, HeadCounts counts, int head, int at, int firstMember) {
    int[] kept = plan.kept();
    int[] target = plan.target();
    int[] sizes = new int[kept.length];
    float[] sums = new float[kept.length];
    for (int j = 0; j < target.length; j++) {
      if (target[j] >= 0) {
        sizes[target[j]]++;
        sums[target[j]] += plan.weight()[j];
      }
    }
    int next = firstMember;
    int[] places = new int[kept.length];
    for (int k = 0; k < kept.length; k++) {
      places[k] = next;
      next += sizes[k];
      int[] c = {head, k, places[k], next};
      System.arraycopy(c, 0, classes, (at + k) * 4, 4);
      centres[at + k] = kept[k];
      bias[at + k] = plan.bias()[k];
    }
    for (int j = 0; j < target.length; j++) {
      int k = target[j];
      if (k >= 0) {
        int m = places[k]++;
        members[m] = j;
        weights[2 * m] = sums[k] > 0 ? plan.weight()[j] / sums[k] : 1f / sizes[k];
        weights[2 * m + 1] =
            kept[k] == j ? 1 : (float) counts.queries(kept[k]) / Math.max(1, counts.queries(j));
      }
    }
    return next;
  }
}
