package org.emslens.session;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.CompressionPlan;
import org.emslens.cache.HeadPlan;

/** A compression plan as bytes. */
final class PlanFile {
  private PlanFile() {}

  static void write(DataOutput out, CompressionPlan plan) throws IOException {
    out.writeUTF(plan.policy());
    out.writeInt(plan.budget());
    out.writeByte(plan.mergeKeys().ordinal());
    out.writeInt(plan.heads().size());
    for (HeadPlan h : plan.heads()) {
      out.writeInt(h.kept().length);
      out.writeInt(h.window());
      out.writeInt(h.slots());
      out.writeInt(h.scores().score().length);
      Numbers.write(out, h.kept());
      Numbers.write(out, h.target());
      Numbers.write(out, h.weight());
      Numbers.write(out, h.bias());
      Numbers.write(out, h.scores().global());
      Numbers.write(out, h.scores().local());
      Numbers.write(out, h.scores().score());
      HeadPlan.Readout r = h.readout();
      out.writeInt(r.needed());
      out.writeFloat(r.sparsity());
      out.writeFloat(r.redundancy());
      out.writeFloat(r.keptMass());
      out.writeFloat(r.mergedMass());
    }
  }

  /**
   * @param slots slots that each head holds before the plan; every length is checked against it
   *     before anything is allocated
   * @throws IllegalArgumentException saying what does not fit
   */
  static CompressionPlan read(DataInput in, int[] slots) throws IOException {
    String policy = in.readUTF();
    int budget = in.readInt();
    CacheOptions.MergeKeys[] keys = CacheOptions.MergeKeys.values();
    CacheOptions.MergeKeys mergeKeys = keys[in.readByte() & 1];
    expect("number of heads", in.readInt(), slots.length, slots.length);
    List<HeadPlan> heads = new ArrayList<>();
    for (int n : slots) {
      heads.add(head(in, n));
    }
    return new CompressionPlan(policy, budget, mergeKeys, heads);
  }

  private static HeadPlan head(DataInput in, int n) throws IOException {
    int kept = expect("number of kept slots", in.readInt(), 0, n);
    int window = expect("window", in.readInt(), 0, kept);
    expect("number of slots", in.readInt(), n, n);
    int scores = expect("number of scores", in.readInt(), 0, n);
    HeadPlan plan =
        new HeadPlan(
            Numbers.readInts(in, kept),
            window,
            Numbers.readInts(in, n),
            Numbers.readFloats(in, n),
            Numbers.readFloats(in, kept),
            new HeadPlan.Scores(
                Numbers.readFloats(in, scores),
                Numbers.readFloats(in, scores),
                Numbers.readFloats(in, scores)),
            new HeadPlan.Readout(
                in.readInt(), in.readFloat(), in.readFloat(), in.readFloat(), in.readFloat()));
    for (int j = 0; j < n; j++) {
      expect("class of slot " + j, plan.target()[j], -1, kept - 1);
    }
    for (int i = 0; i < kept; i++) {
      int least = i == 0 ? 0 : plan.kept()[i - 1] + 1;
      int j = expect("kept slot " + i, plan.kept()[i], least, n - 1);
      expect("class of kept slot " + i, plan.target()[j], i, i);
    }
    return plan;
  }

  private static int expect(String what, int found, int low, int high) {
    if (found < low || found > high) {
      throw new IllegalArgumentException(
          "the "
              + what
              + " is "
              + found
              + "; expected "
              + (low == high ? low : low + " to " + high));
    }
    return found;
  }
}
