package io.clinicsync.sandbox.server;

import java.time.Clock;

/** One vendor behind a path prefix. */
public interface Simulator {

  /**
   * Whose data the request is about, by its credentials; {@code "unknown"} when they say nothing.
   */
  String accountOf(Request request);

  /** Answers a request whose path has lost the prefix. */
  Answer answer(Request request);

  /** The vendor's own clock, which may be off. */
  Clock clock();
}
