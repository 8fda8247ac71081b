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
  SLOT_TAKEN(409, "slot_taken", "Take one of the alternatives, or ask for availability again."),
  NO_AVAILABILITY(
      422,
      "no_availability",
      "Choose another practitioner, treatment or site; GET …/catalogue lists them."),
  NEEDS_CHOICE(
      422, "needs_choice", "Send the request again with one of the choices, or with an id."),
  NEEDS_INFO(422, "needs_info", "Ask for what the named field needs and send the request again."),
  POLICY_BLOCKED(
      422, "policy_blocked", "Offer another time, or hand over to the clinic; its rules decide."),
  LATE_CANCEL(422, "late_cancel", "Hand over to the clinic."),
  CLASS_FULL(409, "class_full", "Take one of the alternatives, or ask for availability again."),
  HOLD_EXPIRED(409, "hold_expired", "Hold the time again, or ask for availability again."),
  TOO_MANY_HOLDS(
      409,
      "too_many_holds",
      "Let go of a hold with DELETE …/holds/{holdId}, or wait for one to end."),
  NOT_ENABLED(
      403,
      "not_enabled",
      "Enable booking for this connection with PUT …/connections/{connectionId}/entitlements/booking."),
  LINK_TO_BOOK(422, "link_to_book", "Send the person to the clinic's own booking page."),
  EMR_UNAVAILABLE(
      503,
      "emr_unavailable",
      "Nothing was done; send the same request with the same key again in a minute."),
  BOOKING_FAILED(422, "failed", "Hand over to the clinic, naming the booking's id."),
  RATE_LIMITED(
      429, "rate_limited", "Send the same request with the same key again in some seconds."),
  IN_PROGRESS(409, "in_progress", "Send the same request with the same key again in a moment."),
  IDEMPOTENCY_MISMATCH(
      422, "idempotency_mismatch", "Use a new Idempotency-Key for another request."),
  DATABASE_UNAVAILABLE(
      503,
      "database_unavailable",
      "Nothing was done; send the same request with the same key again in a moment."),
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

  String nextStep() {
    return nextStep;
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
