package org.emslens.app.compare;

import org.emslens.cache.Policies;
import org.emslens.experiment.Contender;
import org.emslens.session.Budget;
import org.emslens.session.CacheChoice;

/**
 * One side of a comparison.
 *
 * @param budget slots per KV head
 */
record Lane(Contender contender, int budget) {

  CacheChoice choice() {
    return contender.choice(Budget.slots(budget));
  }

  /** Policy, switches and budget. */
  String label() {
    return contender.policy() == Policies.FULL
        ? contender.label()
        : contender.label() + ", " + budget;
  }
}
