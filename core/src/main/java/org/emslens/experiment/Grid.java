package org.emslens.experiment;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.emslens.cache.Policies;
import org.emslens.cache.Switch;
import org.emslens.session.Budget;
import org.emslens.session.CacheChoice;

/**
 * Everything an experiment crosses with everything.
 *
 * @param variants switches that each policy is tried with; one empty map for its preset alone
 * @param once whether caches are compressed after the prompt only
 */
public record Grid(
    List<String> models,
    List<Task> tasks,
    List<Contender> contenders,
    List<Map<Switch, String>> variants,
    List<Budget> budgets,
    List<Long> seeds,
    boolean once) {

  public Grid {
    models = List.copyOf(models);
    tasks = List.copyOf(tasks);
    contenders = List.copyOf(contenders);
    variants = List.copyOf(variants);
    budgets = List.copyOf(budgets);
    seeds = List.copyOf(seeds);
  }

  /**
   * All trials, each once; those of one prompt follow one another.
   *
   * @throws IllegalArgumentException in one sentence, where a budget is too small for a policy or a
   *     switch has no such value
   */
  public List<Trial> trials() {
    Map<String, Trial> trials = new LinkedHashMap<>();
    List<Contender> all = crossed();
    for (String model : models) {
      for (Task task : tasks) {
        for (long seed : task.seeded() ? seeds : List.of(0L)) {
          for (Contender c : all) {
            for (Budget b : c.policy() == Policies.FULL ? List.of(Budget.share(1)) : budgets) {
              Trial t = new Trial(model, task, seed, c, b, once);
              if (!b.share()) {
                t.choice().slotsFor(0);
              }
              trials.putIfAbsent(t.key(), t);
            }
          }
        }
      }
    }
    return List.copyOf(trials.values());
  }

  private List<Contender> crossed() {
    List<Contender> all = new ArrayList<>();
    for (Contender c : contenders) {
      for (Map<Switch, String> v : variants) {
        new Contender(c.policy(), v).options();
        // What a policy does not have would only run the same again under another name.
        Map<Switch, String> both = new TreeMap<>(v);
        c.switches().forEach(both::putIfAbsent);
        CacheChoice choice = new Contender(c.policy(), both).choice(Budget.share(1));
        choice.read(c.switches().keySet());
        both.keySet().removeIf(s -> v.containsKey(s) && !choice.reads(s));
        Contender crossed = new Contender(c.policy(), both);
        crossed.options();
        all.add(crossed);
      }
    }
    Set<Switch> crossed = EnumSet.noneOf(Switch.class);
    variants.forEach(v -> crossed.addAll(v.keySet()));
    all.forEach(c -> crossed.removeAll(c.switches().keySet()));
    if (!crossed.isEmpty()) {
      throw new IllegalArgumentException(
          "switch "
              + crossed.iterator().next().id()
              + " changes nothing of any of these policies.");
    }
    return all.stream().distinct().toList();
  }

  /**
   * All combinations of switches, each written `NAME=X,Y`.
   *
   * @throws IllegalArgumentException in one sentence
   */
  public static List<Map<Switch, String>> variants(List<String> written) {
    Map<Switch, List<String>> values = new TreeMap<>();
    for (String s : written) {
      String[] parts = s.split("=", 2);
      List<String> given = parts.length < 2 ? List.of() : List.of(parts[1].split(",", -1));
      if (given.isEmpty() || given.stream().anyMatch(String::isBlank)) {
        throw new IllegalArgumentException(
            "switch is '" + s + "'; expected NAME=X,Y, such as alpha=0.2,0.4.");
      }
      if (values.put(Switch.byId(parts[0]), given) != null) {
        throw new IllegalArgumentException(
            "switch " + parts[0] + " is given twice; expected one list, such as alpha=0.2,0.4.");
      }
    }
    return combinations(values);
  }

  /** All combinations of one value per switch. */
  static List<Map<Switch, String>> combinations(Map<Switch, List<String>> values) {
    List<Map<Switch, String>> all = List.of(Map.of());
    for (Map.Entry<Switch, List<String>> e : values.entrySet()) {
      List<Map<Switch, String>> more = new ArrayList<>();
      for (Map<Switch, String> m : all) {
        for (String value : e.getValue()) {
          Map<Switch, String> next = new TreeMap<>(m);
          next.put(e.getKey(), value);
          more.add(next);
        }
      }
      all = more;
    }
    return all;
  }
}
