package io.clinicsync.sandbox.ghl;

import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.JsonOut;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The vendor refuses; carries its answer. */
final class GhlError extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient Answer answer;

  private GhlError(Answer answer) {
    super("status " + answer.status(), null, false, false);
    this.answer = answer;
  }

  Answer answer() {
    return answer;
  }

  private static GhlError of(
      int status, Object message, @Nullable String error, @Nullable Map<String, ?> meta) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("statusCode", status);
    body.put("message", message);
    if (error != null) {
      body.put("error", error);
    }
    if (meta != null) {
      body.put("meta", meta);
    }
    body.put("traceId", GhlIds.trace());
    return new GhlError(Answer.json(status, JsonOut.of(body)));
  }

  static GhlError bad(String message) {
    return of(400, message, null, null);
  }

  static GhlError notFound(String message) {
    return of(404, message, "Not Found", null);
  }

  static GhlError unauthorized(String message) {
    return of(401, message, "Unauthorized", null);
  }

  static GhlError forbidden() {
    return of(403, "The token does not have access to this location.", "Forbidden", null);
  }

  static GhlError unprocessable(List<String> messages) {
    return of(422, messages, "Unprocessable Entity", null);
  }

  /** The vendor's 422 comes with a plain string from some handlers. */
  static GhlError unprocessable(String message) {
    return of(422, message, "Unprocessable Entity", null);
  }

  static GhlError duplicate(Contact existing, String field) {
    return of(
        400,
        "This location does not allow duplicated contacts.",
        null,
        Map.of(
            "contactId",
            existing.id(),
            "contactName",
            existing.fullName(),
            "matchingField",
            field));
  }

  static GhlError tooMany() {
    return of(429, "Too Many Requests", "Too Many Requests", null);
  }
}
