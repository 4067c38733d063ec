package org.emslens.experiment;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.Policies;
import org.emslens.cache.Switch;
import org.emslens.session.Budget;
import org.emslens.session.CacheChoice;

/**
 * A policy with switches, as one line of a chart.
 *
 * @param switches that differ from the policy's preset
 */
public record Contender(Policies policy, Map<Switch, String> switches) {

  public Contender {
    switches = new TreeMap<>(switches);
  }

  /**
   * @param switches each written `NAME=X`
   * @throws IllegalArgumentException naming the switch, what was found and what was expected; or
   *     that it cannot change anything
   */
  public static Contender of(Policies policy, List<String> switches) {
    List<Map<Switch, String>> variants = Grid.variants(switches);
    if (variants.size() > 1) {
      throw new IllegalArgumentException(
          "switches are '" + String.join(" ", switches) + "'; expected one value for each.");
    }
    Contender c = new Contender(policy, variants.getFirst());
    c.choice(Budget.share(1)).read(c.switches().keySet());
    return c;
  }

  /**
   * @throws IllegalArgumentException naming the switch, what was found and what was expected
   */
  public CacheOptions options() {
    CacheOptions options = policy.preset();
    for (Map.Entry<Switch, String> e : switches.entrySet()) {
      options = e.getKey().set(options, e.getValue());
    }
    return options;
  }

  /**
   * @throws IllegalArgumentException as `options` does
   */
  public CacheChoice choice(Budget budget) {
    return new CacheChoice(policy, options(), budget);
  }

  /** `alpha=0.25 merge=none`, or nothing. */
  public String switchText() {
    return switches.entrySet().stream()
        .map(e -> e.getKey().id() + "=" + e.getValue())
        .collect(Collectors.joining(" "));
  }

  /** How charts and tables name it. */
  public String label() {
    return switches.isEmpty() ? policy.title() : policy.title() + ", " + switchText();
  }
}
