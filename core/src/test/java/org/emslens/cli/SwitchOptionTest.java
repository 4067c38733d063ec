package org.emslens.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Set;
import org.emslens.cache.CacheOptions;
import org.emslens.cache.Switch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Every switch has an option of its name, which sets it and nothing else. */
class SwitchOptionTest {

  @Command
  private static final class Line {
    @Mixin private SwitchOption switches;
  }

  /** Another value than EMS has. */
  private static String value(Switch s) {
    return switch (s) {
      case WINDOW, SLACK, KERNEL -> "9";
      case ALPHA, MASS, TAU, FLOOR, POOL_LIMIT -> "0.7";
      case ALIGN -> "mean";
      case COUNT_CORRECTION, ADAPTIVE -> "false";
      case POOL -> "avg";
      case MERGE -> "blend";
      case MERGE_KEYS -> "direction";
      case BIAS -> "count";
      case HOSTS -> "all";
      case SIMILARITY -> "keys";
      case SHARE -> "layer";
      case SCORE -> "keydiff";
      case PRECISION -> "int4";
    };
  }

  @ParameterizedTest
  @EnumSource
  void setsItsSwitch(Switch s) {
    String value = value(s);
    String[] words =
        value.equals("false")
            ? new String[] {"--no-" + s.id()}
            : new String[] {"--" + s.id(), value};
    Line line = new Line();
    new CommandLine(line).parseArgs(words);
    assertEquals(Set.of(s), line.switches.given());
    CacheOptions options = line.switches.options(CacheOptions.EMS);
    assertEquals(s.set(CacheOptions.EMS, value), options);
    assertNotEquals(CacheOptions.EMS, options);
  }
}
