package org.emslens.cache;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** The switches of {@link CacheOptions} by name, as command lines and experiment files set them. */
public enum Switch {
  WINDOW((d, v) -> d.window = whole(v)),
  SLACK((d, v) -> d.slack = whole(v)),
  ALPHA((d, v) -> d.alpha = number(v)),
  ALIGN((d, v) -> d.align = choice(CacheOptions.Align.class, v)),
  COUNT_CORRECTION((d, v) -> d.countCorrection = flag(v)),
  KERNEL((d, v) -> d.kernel = whole(v)),
  POOL((d, v) -> d.pool = choice(CacheOptions.Pool.class, v)),
  MASS((d, v) -> d.mass = number(v)),
  POOL_LIMIT((d, v) -> d.poolLimit = number(v)),
  TAU((d, v) -> d.tau = number(v)),
  MERGE((d, v) -> d.merge = choice(CacheOptions.Merge.class, v)),
  MERGE_KEYS((d, v) -> d.mergeKeys = choice(CacheOptions.MergeKeys.class, v)),
  BIAS((d, v) -> d.bias = choice(CacheOptions.Bias.class, v)),
  HOSTS((d, v) -> d.hosts = choice(CacheOptions.Hosts.class, v)),
  SIMILARITY((d, v) -> d.similarity = choice(CacheOptions.Similarity.class, v)),
  ADAPTIVE((d, v) -> d.adaptive = flag(v)),
  SHARE((d, v) -> d.share = choice(CacheOptions.Share.class, v)),
  FLOOR((d, v) -> d.floor = number(v)),
  SCORE((d, v) -> d.score = choice(CacheOptions.Score.class, v)),
  PRECISION((d, v) -> d.precision = choice(Precision.class, v));

  /** What concerns EMS's merge, beyond whether it is made. */
  private static final Set<Switch> OF_MERGING =
      EnumSet.of(
          MASS, POOL_LIMIT, TAU, MERGE_KEYS, BIAS, HOSTS, SIMILARITY, ADAPTIVE, COUNT_CORRECTION);

  private final BiConsumer<CacheOptions.Draft, String> set;

  Switch(BiConsumer<CacheOptions.Draft, String> set) {
    this.set = set;
  }

  /** The value that options have, as `set` would take it. */
  public String get(CacheOptions o) {
    Object value =
        switch (this) {
          case WINDOW -> o.window();
          case SLACK -> o.slack();
          case ALPHA -> o.alpha();
          case ALIGN -> o.align();
          case COUNT_CORRECTION -> o.countCorrection();
          case KERNEL -> o.kernel();
          case POOL -> o.pool();
          case MASS -> o.mass();
          case POOL_LIMIT -> o.poolLimit();
          case TAU -> o.tau();
          case MERGE -> o.merge();
          case MERGE_KEYS -> o.mergeKeys();
          case BIAS -> o.bias();
          case HOSTS -> o.hosts();
          case SIMILARITY -> o.similarity();
          case ADAPTIVE -> o.adaptive();
          case SHARE -> o.share();
          case FLOOR -> o.floor();
          case SCORE -> o.score();
          case PRECISION -> o.precision();
        };
    return value.toString().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether it changes anything while the others are as they are. */
  public boolean matters(CacheOptions o) {
    if (OF_MERGING.contains(this)) {
      return o.merge() == CacheOptions.Merge.EMS && (this != MASS || o.adaptive());
    }
    return this != FLOOR || o.share() != CacheOptions.Share.EVEN;
  }

  /** As what other switches are, it changes nothing. */
  public String idle(CacheOptions o) {
    if (this == FLOOR) {
      return "while share is even";
    }
    return o.merge() == CacheOptions.Merge.EMS
        ? "while adaptive is false"
        : "while merge is not ems";
  }

  /** What it can be, where that is one of a few words. */
  public static List<String> words(Class<? extends Enum<?>> type) {
    return Arrays.stream(type.getEnumConstants()).map(Switch::word).toList();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** As written in files and, after two dashes, on the command line. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * @throws IllegalArgumentException naming the switches there are
   */
  public static Switch byId(String id) {
    for (Switch s : values()) {
      if (s.id().equals(id)) {
        return s;
      }
    }
    throw new IllegalArgumentException(
        "switch is '"
            + id
            + "'; expected one of "
            + Arrays.stream(values()).map(Switch::id).collect(Collectors.joining(", "))
            + ".");
  }

  /**
   * Options with this switch set.
   *
   * @throws IllegalArgumentException naming the switch, what was found and what was expected
   */
  public CacheOptions set(CacheOptions options, String value) {
    try {
      return options.with(d -> set.accept(d, value));
    } catch (Expected e) {
      throw new IllegalArgumentException(
          id() + " is '" + value + "'; expected " + e.getMessage() + ".", e);
    }
  }

  private static final class Expected extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    Expected(String what) {
      super(what);
    }
  }

  private static int whole(String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new Expected("a whole number");
    }
  }

  private static double number(String value) {
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new Expected("a number");
    }
  }

  private static boolean flag(String value) {
    if (!value.equals("true") && !value.equals("false")) {
      throw new Expected("true or false");
    }
    return value.equals("true");
  }

  private static <E extends Enum<E>> E choice(Class<E> type, String value) {
    for (E e : type.getEnumConstants()) {
      if (word(e).equalsIgnoreCase(value)) {
        return e;
      }
    }
    throw new Expected(String.join(" or ", words(type)));
  }
}
