package io.clinicsync.booking;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** An attempt ends here with an answer: nothing stands in the EMR that was not there before. */
final class Stopped extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private final transient BookingAnswer answer;
  private final transient @Nullable Attempt attempt;

  Stopped(BookingAnswer answer) {
    this(answer, null);
  }

  /**
   * Where a step was written down already.
   *
   * @param attempt as it stands then; null where nothing was sent yet
   */
  Stopped(BookingAnswer answer, @Nullable Attempt attempt) {
    super(answer.code().word(), null, false, false);
    this.answer = answer;
    this.attempt = attempt;
  }

  @Nullable Attempt attempt() {
    return attempt;
  }

  static Stopped because(Code code, String says) {
    return new Stopped(BookingAnswer.refused(code, null, says));
  }

  static Stopped field(Code code, String field, String says) {
    return new Stopped(BookingAnswer.refused(code, field, says));
  }

  BookingAnswer answer() {
    return answer;
  }
}
