package io.clinicsync.compat.web;

import io.clinicsync.booking.BookingAnswer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call that is refused, with what its caller is told.
 *
 * <p>The message is shown to callers: it names fields, never values.
 */
final class RouteRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final List<String> fields;
  private final String nextStep;
  private final transient @Nullable BookingAnswer answer;

  RouteRefused(
      int status,
      String code,
      List<String> fields,
      String says,
      String nextStep,
      @Nullable BookingAnswer answer) {
    super(says, null, false, false);
    this.status = status;
    this.code = code;
    this.fields = List.copyOf(fields);
    this.nextStep = nextStep;
    this.answer = answer;
  }

  /** Without a live key. */
  static RouteRefused unauthorised() {
    return new RouteRefused(
        401,
        "unauthorised",
        List.of(),
        "The x-api-key header is missing, or the key is unknown, expired or revoked.",
        "Send a live key of this connection in the x-api-key header.",
        null);
  }

  static RouteRefused forbidden(String says, String nextStep) {
    return new RouteRefused(403, "forbidden", List.of(), says, nextStep, null);
  }

  /** Fields that are missing or wrong. */
  static RouteRefused fields(int status, List<String> fields, String says) {
    return new RouteRefused(
        status,
        "invalid_request",
        fields,
        says,
        "Correct the named fields and send the request again.",
        null);
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  List<String> fields() {
    return fields;
  }

  String nextStep() {
    return nextStep;
  }

  @Nullable BookingAnswer answer() {
    return answer;
  }
}
