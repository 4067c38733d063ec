package org.emslens.app.lens;

/**
 * What a job does, which says where it runs, what goes first, and what a new one of its kind does
 * to an older one.
 */
public enum JobKind {
  /** Compressing the prompt anew; only the newest counts. */
  PLAN(Lane.ENGINE, 0, true),
  /** What a finished load puts in place. */
  INSTALL(Lane.ENGINE, 0, false),
  /** Running a prompt, or a recording's again. */
  READ(Lane.ENGINE, 1, true),
  /** Tokens after the last one. */
  GENERATE(Lane.ENGINE, 1, true),
  /** Reading the open prompt once more, to look at that. */
  REPEAT(Lane.ENGINE, 2, true),
  /** Many runs; lets the others in between two of them. */
  CAMPAIGN(Lane.ENGINE, 2, true),
  /** Worth doing while nothing else is to be done; never shown, ended by anything else. */
  REHEARSAL(Lane.ENGINE, 3, true),
  /** Fetching or loading a model. */
  LOAD(Lane.LOADER, 0, true),
  /** Fetching a model into the library; those that are asked for meanwhile come after it. */
  FETCH(Lane.FETCHER, 0, false),
  /** Reading a recording's file. */
  OPEN(Lane.OPENER, 0, true),
  /** A file that the user asked for: never dropped, awaited at closing. */
  WRITE(Lane.WRITER, 0, false);

  /** Threads that jobs run on, one job at a time. */
  enum Lane {
    /** Where model, engine and session live. */
    ENGINE,
    LOADER,
    FETCHER,
    OPENER,
    WRITER
  }

  private final Lane lane;
  private final int rank;
  private final boolean single;

  JobKind(Lane lane, int rank, boolean single) {
    this.lane = lane;
    this.rank = rank;
    this.single = single;
  }

  Lane lane() {
    return lane;
  }

  /** Lower goes first on the same lane. */
  int rank() {
    return rank;
  }

  /** Whether a new job of this kind ends an older one. */
  boolean single() {
    return single;
  }

  /** Whether the user is told of it. */
  boolean shown() {
    return this != REHEARSAL && this != INSTALL;
  }
}
