package org.emslens.experiment;

import org.emslens.cache.Precision;
import org.emslens.session.Budget;
import org.emslens.session.CacheChoice;

/**
 * One run of an experiment.
 *
 * @param model as the user named it
 * @param seed of the task; 0 where it has none
 * @param once whether the cache is compressed after the prompt only
 */
public record Trial(
    String model, Task task, long seed, Contender contender, Budget budget, boolean once) {

  /** What results of before caches were rounded do not say. */
  private static final String UNROUNDED = ", precision=" + Precision.FLOAT32;

  /**
   * Tells trials apart; a finished one is not run again. Made of what a text says and of all that a
   * policy was told, so that a result is not taken for that of another text or another preset.
   */
  public String key() {
    return String.join(
        "|",
        group(),
        contender.policy().id(),
        contender.switchText(),
        contender.options().toString().replace(UNROUNDED, ""),
        budget.toString(),
        once ? "once" : "again");
  }

  /** Trials of one group share a prompt, which is run once for all of them. */
  public String group() {
    return String.join("|", model, task.identity(), Long.toString(seed));
  }

  public CacheChoice choice() {
    return contender.choice(budget);
  }
}
