package io.clinicsync.http;

import org.jspecify.annotations.Nullable;

/**
 * How one attempt ended.
 *
 * @param answer null exactly when there is a failure
 * @param repeat whether to try once more; the retry budget has paid for it already
 */
record Outcome(@Nullable HttpAnswer answer, @Nullable HttpFailure failure, boolean repeat) {

  static Outcome of(HttpAnswer answer) {
    return new Outcome(answer, null, false);
  }

  static Outcome of(HttpFailure failure) {
    return new Outcome(null, failure, false);
  }

  /** Failures on the vendor's side that may have passed a moment later. */
  boolean mayPass() {
    if (answer != null) {
      return answer.status() >= 500;
    }
    return failure != null && failure.kind() == HttpFailure.Kind.NO_ANSWER;
  }

  boolean neverLeft() {
    return failure != null && failure.kind() == HttpFailure.Kind.NOT_SENT;
  }

  Outcome repeated() {
    return new Outcome(answer, failure, true);
  }

  HttpAnswer orThrow() {
    if (answer == null) {
      throw failure == null
          ? new IllegalStateException("An outcome is an answer or a failure")
          : failure;
    }
    return answer;
  }
}
