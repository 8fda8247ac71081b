package io.clinicsync.api.web;

import io.clinicsync.booking.BookingAnswer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Gives what a booking came to its status: success only for what the EMR confirmed. */
@Component
class BookingAnswers {

  ResponseEntity<BookingView> of(BookingAnswer answer, int confirmed) {
    return switch (answer.code()) {
      case BOOKED, RESCHEDULED, CANCELLED -> shown(answer, confirmed);
      case ALREADY_BOOKED -> shown(answer, 200);
      case UNKNOWN -> shown(answer, 202);
      default -> throw refusal(answer);
    };
  }

  /** The refusal that says what an answer that confirms nothing says. */
  RequestRefused refusal(BookingAnswer answer) {
    return switch (answer.code()) {
      case SLOT_TAKEN -> refused(Refusal.SLOT_TAKEN, answer, null);
      case NO_AVAILABILITY -> refused(Refusal.NO_AVAILABILITY, answer, null);
      case NEEDS_CHOICE -> refused(Refusal.NEEDS_CHOICE, answer, null);
      case NEEDS_INFO -> refused(Refusal.NEEDS_INFO, answer, null);
      case POLICY_BLOCKED -> refused(Refusal.POLICY_BLOCKED, answer, null);
      case LATE_CANCEL -> refused(Refusal.LATE_CANCEL, answer, null);
      case CLASS_FULL -> refused(Refusal.CLASS_FULL, answer, null);
      case NOT_FOUND -> refused(Refusal.NOT_FOUND, answer, null);
      case HOLD_EXPIRED -> refused(Refusal.HOLD_EXPIRED, answer, null);
      case TOO_MANY_HOLDS -> refused(Refusal.TOO_MANY_HOLDS, answer, null);
      case LINK_TO_BOOK -> refused(Refusal.LINK_TO_BOOK, answer, null);
      case NOT_ENABLED -> refused(Refusal.NOT_ENABLED, answer, null);
      case RATE_LIMITED -> refused(Refusal.RATE_LIMITED, answer, Duration.ofSeconds(5));
      case EMR_UNAVAILABLE -> refused(Refusal.EMR_UNAVAILABLE, answer, Duration.ofSeconds(60));
      case UNKNOWN, IN_PROGRESS -> refused(Refusal.IN_PROGRESS, answer, Duration.ofSeconds(2));
      case IDEMPOTENCY_MISMATCH -> refused(Refusal.IDEMPOTENCY_MISMATCH, answer, null);
      case FAILED, BOOKED, RESCHEDULED, CANCELLED, REGISTERED, ALREADY_BOOKED, ALREADY_THERE ->
          refused(Refusal.BOOKING_FAILED, answer, null);
    };
  }

  /** What a registration came to. */
  ResponseEntity<BookingView> ofPatient(BookingAnswer answer) {
    return switch (answer.code()) {
      case REGISTERED -> shown(answer, 201);
      case ALREADY_THERE -> shown(answer, 200);
      case UNKNOWN -> shown(answer, 202);
      default -> throw refusalOfPatient(answer);
    };
  }

  /**
   * The same for a call whose body is the patient: its fields have no {@code patient} before them.
   */
  RequestRefused refusalOfPatient(BookingAnswer answer) {
    String field = answer.field();
    return refusal(
        field != null && field.startsWith("patient.")
            ? answer.about(field.substring("patient.".length()))
            : answer);
  }

  private static ResponseEntity<BookingView> shown(BookingAnswer answer, int status) {
    ResponseEntity.BodyBuilder builder = ResponseEntity.status(status);
    if (answer.replayed()) {
      builder.header("Idempotent-Replayed", "true");
    }
    return builder.body(BookingView.of(answer));
  }

  static RequestRefused refused(
      Refusal refusal, BookingAnswer answer, @Nullable Duration retryAfter) {
    String field = answer.field();
    return new RequestRefused(
            refusal.status(),
            refusal.code(),
            answer.says(),
            refusal.nextStep(),
            field == null ? List.of() : List.of(new Problem.WrongField(field, answer.says())))
        .instead(
            new Problem.Instead(
                // What is unknown and what is somebody else's read the same.
                refusal == Refusal.NOT_FOUND ? null : answer.attempt(),
                answer.alternatives().stream().map(OfferView::of).toList(),
                answer.choices(),
                answer.bookAt()),
            retryAfter);
  }
}
