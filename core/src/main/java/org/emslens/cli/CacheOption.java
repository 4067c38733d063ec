package org.emslens.cli;

import java.util.Iterator;
import org.emslens.cache.Policies;
import org.emslens.session.Budget;
import org.emslens.session.CacheChoice;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Policy, budget and switches. */
final class CacheOption {
  /** For help texts. */
  static final class PolicyIds implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Policies.ids().iterator();
    }
  }

  @Option(
      names = "--policy",
      paramLabel = "P",
      defaultValue = "ems",
      completionCandidates = PolicyIds.class,
      description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private String policy;

  @Option(
      names = "--budget",
      paramLabel = "B",
      defaultValue = "128",
      description =
          "Slots per KV head, such as 128, or a share of the prompt, such as 5%% or 0.05 (default: ${DEFAULT-VALUE}).")
  private String budget;

  @Mixin private SwitchOption switches;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  CacheChoice choice() {
    try {
      Policies p = Policies.byId(policy);
      CacheChoice choice = new CacheChoice(p, switches.options(p.preset()), Budget.parse(budget));
      choice.read(switches.given());
      return choice;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
