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

  /** What a call was, for the operation log: a refusal, a read, or a write. */
  default LogEntry.Kind kindOf(Request request, Answer answer) {
    if (answer.status() >= 400) {
      return LogEntry.Kind.REFUSED;
    }
    boolean read = request.method().equals("GET") || request.path().endsWith("/search");
    return read ? LogEntry.Kind.READ : LogEntry.Kind.WRITE;
  }

  /** The vendor's own clock, which may be off. */
  Clock clock();
}
