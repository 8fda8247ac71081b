package io.clinicsync.booking;

import java.io.Serial;

/** An attempt ends here with an answer; nothing was written in the EMR. */
final class Stopped extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private final transient BookingAnswer answer;

  Stopped(BookingAnswer answer) {
    super(answer.code().word(), null, false, false);
    this.answer = answer;
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
