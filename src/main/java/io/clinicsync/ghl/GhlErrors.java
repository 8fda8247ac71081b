package io.clinicsync.ghl;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ghl.GhlException.Kind;
import io.clinicsync.http.HttpAnswer;
import io.clinicsync.http.HttpFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns the vendor's many error shapes into one exception in our words. */
final class GhlErrors {

  // Property names only: what stands in quotes or after a colon may be a patient's value.
  private static final Pattern UNKNOWN_PROPERTY =
      Pattern.compile("^property ([A-Za-z][\\w.]{0,40}) should not exist");
  private static final Pattern PROPERTY =
      Pattern.compile(
          "^((?:customFields?(?:\\.\\d+)?\\.)?[a-z][A-Za-z0-9]{1,30}) (must|should|is|has|cannot|each)\\b");

  private GhlErrors() {}

  static GhlException of(GhlEndpoint endpoint, HttpAnswer answer) {
    JsonNode body = GhlJson.readLeniently(answer);
    List<String> messages = messages(body);
    String said = String.join(" ", messages).toLowerCase(Locale.ROOT);
    int status = answer.status();
    String what = endpoint.operation() + " was answered with " + status;
    return switch (status) {
      case 401 -> new GhlException(isScope(said) ? Kind.MISSING_SCOPE : Kind.UNAUTHORISED, what);
      case 403 ->
          new GhlException(
              said.contains("location") && said.contains("access")
                  ? Kind.WRONG_LOCATION
                  : Kind.MISSING_SCOPE,
              what);
      case 404 -> new GhlException(Kind.NOT_FOUND, what);
      case 429 -> new GhlException(Kind.RATE_LIMITED, what);
      case 400, 409, 422 -> refused(endpoint, body, messages, said, what, status);
      default -> other(endpoint, status, what);
    };
  }

  static GhlException of(GhlEndpoint endpoint, HttpFailure failure) {
    String what = endpoint.operation() + " got no usable answer";
    boolean open = !endpoint.repeatable();
    Kind kind =
        switch (failure.kind()) {
          case NOT_SENT -> Kind.UNAVAILABLE;
          case NO_ANSWER -> open ? Kind.OUTCOME_UNKNOWN : Kind.UNAVAILABLE;
          case SLOW_DOWN -> Kind.RATE_LIMITED;
          case UNUSABLE -> open ? Kind.OUTCOME_UNKNOWN : Kind.CONTRACT_BROKEN;
        };
    return new GhlException(kind, what, failure.retryAfter().orElse(null), failure);
  }

  /**
   * An answer that should have been understood: for a write it is then open whether it was done.
   */
  static GhlException notAsKnown(GhlEndpoint endpoint, @Nullable Throwable cause) {
    return new GhlException(
        endpoint.repeatable() ? Kind.CONTRACT_BROKEN : Kind.OUTCOME_UNKNOWN,
        endpoint.operation() + " gave an answer of unknown form",
        null,
        cause);
  }

  /** True for a 401 that a fresh token would not cure. */
  static boolean isMissingScope(HttpAnswer answer) {
    return isScope(
        String.join(" ", messages(GhlJson.readLeniently(answer))).toLowerCase(Locale.ROOT));
  }

  private static GhlException refused(
      GhlEndpoint endpoint,
      JsonNode body,
      List<String> messages,
      String said,
      String what,
      int status) {
    JsonNode meta = body.path("meta");
    if (meta.hasNonNull("contactId") || said.contains("duplicated contact")) {
      return GhlException.duplicate(
          what + ": such a contact is already there",
          GhlJson.text(meta, "contactId"),
          Optional.ofNullable(GhlJson.text(meta, "matchingField"))
              .filter(field -> field.equals("email") || field.equals("phone"))
              .orElse(null));
    }
    if (said.contains("not found")
        || said.contains("does not exist")
        || said.contains("has been deleted")) {
      return new GhlException(Kind.NOT_FOUND, what);
    }
    boolean lookFirst = endpoint == GhlEndpoint.CONTACT_CREATE && status == 422;
    return GhlException.invalid(what, fields(messages), lookFirst);
  }

  private static GhlException other(GhlEndpoint endpoint, int status, String what) {
    if (status >= 500 || status == 408) {
      return new GhlException(
          endpoint.repeatable() ? Kind.UNAVAILABLE : Kind.OUTCOME_UNKNOWN, what);
    }
    return new GhlException(Kind.CONTRACT_BROKEN, what);
  }

  private static boolean isScope(String said) {
    return said.contains("scope") || said.contains("authclass");
  }

  /**
   * {@code message} as text or list, or the newer {@code error} object, or {@code
   * error_description}.
   */
  private static List<String> messages(JsonNode body) {
    List<String> result = new ArrayList<>();
    for (JsonNode place :
        List.of(
            body.path("message"),
            body.path("error").path("message"),
            body.path("error").path("details"),
            body.path("error_description"),
            body.path("msg"))) {
      if (place.isTextual()) {
        result.add(place.textValue());
      } else if (place.isArray()) {
        place.forEach(
            each ->
                result.add(each.isTextual() ? each.textValue() : each.path("message").asText("")));
      }
    }
    return result;
  }

  private static List<String> fields(List<String> messages) {
    List<String> result = new ArrayList<>();
    for (String message : messages) {
      Matcher unknown = UNKNOWN_PROPERTY.matcher(message);
      Matcher wrong = PROPERTY.matcher(message);
      if (unknown.find()) {
        result.add(unknown.group(1) + ": not accepted here");
      } else if (wrong.find()) {
        result.add(wrong.group(1) + ": value refused");
      }
    }
    return result;
  }
}
