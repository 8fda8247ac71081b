package io.clinicsync.booking;

import io.clinicsync.emr.spi.EmrException;
import java.util.function.Supplier;

/** What a failing EMR means for who waits for an answer [VO-14]. */
final class EmrFailures {

  private EmrFailures() {}

  static BookingAnswer answer(EmrException failed) {
    return switch (failed.kind()) {
      case CREDENTIALS_REJECTED, PERMISSION_MISSING, PERSON_NEEDED ->
          BookingAnswer.refused(
              Code.EMR_UNAVAILABLE,
              null,
              "The clinic must look after its connection to the EMR before anything can be booked.");
      case RATE_LIMITED, UNAVAILABLE ->
          BookingAnswer.refused(
              Code.EMR_UNAVAILABLE,
              null,
              "The EMR cannot be reached at the moment; nothing was done.");
      case CONTRACT_BROKEN ->
          BookingAnswer.refused(
              Code.EMR_UNAVAILABLE, null, "The EMR gave an answer we do not understand.");
      case NOT_FOUND ->
          BookingAnswer.refused(Code.NOT_FOUND, null, "The EMR has no such record any more.");
      case SLOT_TAKEN -> Overlaps.TAKEN;
      case REQUEST_REJECTED ->
          BookingAnswer.refused(Code.FAILED, null, "The EMR did not accept this.");
      case OUTCOME_UNKNOWN ->
          BookingAnswer.refused(Code.UNKNOWN, null, "The EMR has not answered.");
    };
  }

  /**
   * A write: definitive refusals pass, everything after which it may have happened is looked into.
   */
  static <T> T write(Attempt attempt, Supplier<T> call) {
    try {
      return call.get();
    } catch (EmrException failed) {
      throw switch (failed.kind()) {
        // An answer nobody understands may follow a write that was done.
        case OUTCOME_UNKNOWN, CONTRACT_BROKEN -> new Unanswered(attempt);
        case CREDENTIALS_REJECTED,
            PERMISSION_MISSING,
            PERSON_NEEDED,
            RATE_LIMITED,
            UNAVAILABLE,
            NOT_FOUND,
            SLOT_TAKEN,
            REQUEST_REJECTED ->
            failed;
      };
    }
  }
}
