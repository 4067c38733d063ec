package org.emslens.experiment;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.emslens.experiment.Task.NeedleTask;

/**
 * What came out of one trial: a line of a result file.
 *
 * @param length of a needle's or RULER's text in tokens, else null
 * @param depth of a needle, else null
 * @param ruler which of RULER's tasks it is, else null
 * @param question `inside` the compressed prompt or `after` it, where one is asked
 * @param asks whether `verbatim` says that an answer was right
 * @param seconds that compressing and measuring took, a trial's share of those that ran together
 * @param error why there are no measures, else null
 * @param sha256 of the model, where that is known
 * @param drift the measures; null after an error
 */
public record Outcome(
    String key,
    String model,
    String task,
    long seed,
    Integer length,
    Double depth,
    String ruler,
    String question,
    boolean asks,
    String policy,
    String switches,
    String label,
    String budget,
    Double seconds,
    String error,
    String sha256,
    @JsonUnwrapped Drift drift) {

  static Outcome of(Trial t, Drift drift, double seconds, String error) {
    NeedleTask needle = t.task() instanceof NeedleTask n ? n : null;
    return new Outcome(
        t.key(),
        t.model(),
        t.task().name(),
        t.seed(),
        length(t.task()),
        needle == null || needle.depth() < 0 ? null : needle.depth(),
        t.task() instanceof RulerTask r ? r.kind().id() : null,
        question(t.task()),
        t.task().asks(),
        t.contender().policy().id(),
        t.contender().switchText(),
        t.contender().label(),
        t.budget().toString(),
        drift == null ? null : seconds,
        error,
        null,
        drift);
  }

  /** {@link Task#identity} of its prompt, which the key says. */
  String identity() {
    int from = model.length() + 1;
    int to = key.indexOf("|" + seed + "|" + policy + "|", from - 1);
    return to < from ? task : key.substring(from, to);
  }

  private static Integer length(Task task) {
    return switch (task) {
      case NeedleTask n -> n.tokens();
      case RulerTask r -> r.tokens();
      default -> null;
    };
  }

  private static String question(Task task) {
    return switch (task) {
      case NeedleTask n -> n.inside() ? "inside" : "after";
      case Task.AskedTask a -> a.inside() ? "inside" : "after";
      case RulerTask r -> r.inside() ? "inside" : "after";
      default -> null;
    };
  }

  /** The same, by a model of this digest. */
  Outcome by(String digest) {
    return new Outcome(
        key, model, task, seed, length, depth, ruler, question, asks, policy, switches, label,
        budget, seconds, error, digest, drift);
  }
}
