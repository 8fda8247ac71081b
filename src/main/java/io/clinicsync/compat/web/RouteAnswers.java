package io.clinicsync.compat.web;

import io.clinicsync.booking.BookingAnswer;
import io.clinicsync.booking.Code;
import java.util.List;

/**
 * What an answer that confirms nothing means on these routes: their documents know 400, 401, 404,
 * 422 and 500 only, and success only for what the EMR confirmed.
 */
final class RouteAnswers {

  private RouteAnswers() {}

  static RouteRefused refusal(BookingAnswer answer) {
    List<String> fields = answer.field() == null ? List.of() : List.of(answer.field());
    return new RouteRefused(
        status(answer), word(answer.code()), fields, says(answer), nextStep(answer.code()), answer);
  }

  private static int status(BookingAnswer answer) {
    return switch (answer.code()) {
      case NOT_ENABLED -> 403;
      // A patient or a treatment that is not there is a wrong field; the route found its way.
      case NOT_FOUND -> "appointment".equals(answer.field()) ? 404 : 422;
      case UNKNOWN, EMR_UNAVAILABLE, RATE_LIMITED, IN_PROGRESS -> 500;
      default -> 422;
    };
  }

  private static String word(Code code) {
    return code.word();
  }

  private static String says(BookingAnswer answer) {
    if (answer.code() == Code.NOT_ENABLED) {
      return "This connection is not enabled for booking.";
    }
    return answer.code() == Code.CANCELLED && answer.unchanged()
        ? "The appointment was cancelled already."
        : answer.says();
  }

  private static String nextStep(Code code) {
    return switch (code) {
      case NOT_ENABLED ->
          "Enable AI booking for this connection in its settings, or ask whoever runs it to.";
      case UNKNOWN, IN_PROGRESS ->
          "Send the same request again in a minute: it joins this attempt and never books twice.";
      case EMR_UNAVAILABLE, RATE_LIMITED ->
          "Nothing was done; send the same request again in a minute.";
      case SLOT_TAKEN, CLASS_FULL -> "Offer one of the alternatives.";
      case NEEDS_CHOICE -> "Send the request again with one of the choices, or with an id.";
      case NEEDS_INFO -> "Ask for what the named field needs and send the request again.";
      case LINK_TO_BOOK -> "Send the person to the clinic's own booking page.";
      default -> "Correct what the message names, or hand over to the clinic.";
    };
  }
}
