package io.clinicsync.api.web;

import java.io.Serial;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request is refused and nothing was changed. Texts are ours and hold no value that was sent. */
final class RequestRefused extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final String nextStep;
  private final transient List<Problem.WrongField> fields;
  private final @Nullable Duration retryAfter;
  private final transient Problem.Instead instead;

  RequestRefused(
      int status, String code, String detail, String nextStep, List<Problem.WrongField> fields) {
    this(status, code, detail, nextStep, fields, null);
  }

  RequestRefused(
      int status,
      String code,
      String detail,
      String nextStep,
      List<Problem.WrongField> fields,
      @Nullable Duration retryAfter) {
    this(status, code, detail, nextStep, fields, retryAfter, Problem.Instead.NOTHING);
  }

  RequestRefused(
      int status,
      String code,
      String detail,
      String nextStep,
      List<Problem.WrongField> fields,
      @Nullable Duration retryAfter,
      Problem.Instead instead) {
    super(detail, null, false, false);
    this.status = status;
    this.code = code;
    this.nextStep = nextStep;
    this.fields = List.copyOf(fields);
    this.retryAfter = retryAfter;
    this.instead = instead;
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /** Says the next step in the endpoint's own words. */
  RequestRefused next(String step) {
    return new RequestRefused(
        status, code, String.valueOf(getMessage()), step, fields, retryAfter, instead);
  }

  /** The refusal with what can be had instead. */
  RequestRefused instead(Problem.Instead offer, @Nullable Duration wait) {
    return new RequestRefused(
        status, code, String.valueOf(getMessage()), nextStep, fields, wait, offer);
  }

  Problem problem(@Nullable String requestId) {
    return new Problem(
        "urn:clinicsync:problem:" + code,
        title(status),
        status,
        String.valueOf(getMessage()),
        code,
        fields.isEmpty() ? null : fields.getFirst().field(),
        fields.isEmpty() ? null : fields,
        nextStep,
        requestId,
        instead.booking(),
        instead.alternatives().isEmpty() ? null : instead.alternatives(),
        instead.choices().isEmpty() ? null : instead.choices(),
        instead.bookAt());
  }

  private static String title(int status) {
    org.springframework.http.HttpStatus known = org.springframework.http.HttpStatus.resolve(status);
    return known == null ? "Refused" : known.getReasonPhrase();
  }
}
