package io.clinicsync.api.web;

import java.util.List;

/**
 * Why a request is refused: status, stable code, and what to do about it unless the endpoint knows
 * better.
 */
enum Refusal {
  INVALID_REQUEST(
      400,
      "invalid_request",
      "Correct the named fields and send the request again; /v3/api-docs describes each."),
  UNREADABLE_BODY(
      400,
      "unreadable_body",
      "Send one JSON object in UTF-8 as the endpoint's documentation shows it."),
  CLINIC_REQUIRED(
      400,
      "clinic_required",
      "Name the clinic in the path: /api/v1/clinics/{clinicId}/…; GET /api/v1/clinics lists them."),
  FORBIDDEN(
      403,
      "forbidden",
      "Use a key with the scope and reach this call needs; its documentation names them."),
  NOT_FOUND(404, "not_found", "Check the id and the path; lists show what this key can reach."),
  METHOD_NOT_ALLOWED(405, "method_not_allowed", "Use one of the methods in the Allow header."),
  NOT_ACCEPTABLE(406, "not_acceptable", "Accept application/json."),
  CONFLICT(409, "conflict", "Read the current state, then decide."),
  TOO_LARGE(413, "body_too_large", "Send at most 64 kB."),
  WRONG_CONTENT_TYPE(415, "wrong_content_type", "Send the body as Content-Type: application/json."),
  NOT_POSSIBLE(422, "not_possible", "Correct what the detail names."),
  OTHER_ACCOUNT(
      422,
      "other_account",
      "Use a key of the account this connection reads, or connect the other account as a connection"
          + " of its own."),
  INTERNAL(
      500, "internal_error", "Try again in a minute; if it stays, ask us and name the request_id.");

  private final int status;
  private final String code;
  private final String nextStep;

  Refusal(int status, String code, String nextStep) {
    this.status = status;
    this.code = code;
    this.nextStep = nextStep;
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  /** Every code the API itself gives, beside those of the vendors. */
  static List<String> codes() {
    return java.util.Arrays.stream(values()).map(Refusal::code).toList();
  }

  /** The refusal with its usual next step. */
  RequestRefused because(String detail) {
    return new RequestRefused(status, code, detail, nextStep, List.of());
  }

  /** The refusal because of one field that is well formed. */
  RequestRefused of(String field, String detail) {
    return new RequestRefused(
        status,
        code,
        "The field " + field + " " + detail + ".",
        nextStep,
        List.of(new Problem.WrongField(field, detail)));
  }

  /** The refusal of one field. */
  static RequestRefused field(String field, String detail) {
    return fields(List.of(new Problem.WrongField(field, detail)));
  }

  /** The refusal of several fields. */
  static RequestRefused fields(List<Problem.WrongField> wrong) {
    return new RequestRefused(
        INVALID_REQUEST.status,
        INVALID_REQUEST.code,
        wrong.size() == 1
            ? "The field " + wrong.getFirst().field() + " " + wrong.getFirst().detail() + "."
            : wrong.size() + " fields are not as they must be.",
        INVALID_REQUEST.nextStep,
        wrong);
  }

  /** The one answer for what is unknown and for what is somebody else's. */
  static RequestRefused notFound() {
    return NOT_FOUND.because("There is nothing of that name within the reach of this key.");
  }
}
