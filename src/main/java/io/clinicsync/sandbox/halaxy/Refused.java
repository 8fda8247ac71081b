package io.clinicsync.sandbox.halaxy;

import io.clinicsync.sandbox.server.Answer;
import java.io.Serial;

/** A request Halaxy does not accept. */
final class Refused extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  Refused(int status, String code, String diagnostics) {
    super(diagnostics, null, false, false);
    this.status = status;
    this.code = code;
  }

  Answer answer() {
    return Fhir.outcome(status, code, String.valueOf(getMessage()));
  }
}
