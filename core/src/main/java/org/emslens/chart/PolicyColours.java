package org.emslens.chart;

import java.util.Collections;
import java.util.List;
import org.emslens.cache.Policies;

/**
 * A policy has one colour in all charts, on the screen and in files, whichever others stand beside
 * it. Okabe and Ito's palette, without black and yellow, and some more.
 */
public final class PolicyColours {

  /** Ways to draw a line; further lines of one policy are told apart by them. */
  public static final int DASHES = 4;

  private PolicyColours() {}

  /** Which way each of these policies' lines is drawn, below DASHES: 0 for a policy's first. */
  public static int[] dashes(List<Policies> policies) {
    int[] dashes = new int[policies.size()];
    for (int i = 0; i < dashes.length; i++) {
      dashes[i] = Collections.frequency(policies.subList(0, i), policies.get(i)) % DASHES;
    }
    return dashes;
  }

  /**
   * @return 0xRRGGBB, to be seen on light and dark ground
   */
  public static int of(Policies policy) {
    return switch (policy) {
      case FULL -> 0x888888;
      case STREAMING_LLM -> 0x0072b2;
      case H2O -> 0xe69f00;
      case TOVA -> 0x56b4e9;
      case SNAPKV -> 0x009e73;
      case PYRAMIDKV -> 0x8c6d31;
      case ADA_SNAPKV -> 0x66a61e;
      case MERGE_ON_EVICT -> 0xd55e00;
      case R_KV -> 0x8f6fb0;
      case CRITICAL_ADA -> 0x2e8b8b;
      case KEYDIFF -> 0xb5a300;
      case EXPECTED_ATTENTION -> 0x4f7cac;
      case KVZIP -> 0xa0522d;
      case KVZIP_PLUS -> 0xe2725b;
      case EMS -> 0xcc79a7;
      case EMS_SHARED -> 0x7570b3;
      case EMS_REPORTED -> 0xb03060;
      case EMS_REPEAT -> 0x8a2be2;
    };
  }
}
