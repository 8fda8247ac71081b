package io.clinicsync.compat.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.clinicsync.booking.BookingAnswer;
import io.clinicsync.bridge.HookBody;
import io.clinicsync.tenancy.DatabaseAway;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * How these routes say no: the documented status, one sentence under the names callers look for,
 * and beside it the stable code, field and alternatives of the rest of the API.
 */
@RestControllerAdvice(basePackageClasses = RouteRefusals.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class RouteRefusals {

  private static final Logger log = LoggerFactory.getLogger(RouteRefusals.class);

  /** What a refused call gets. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  record Body(
      boolean success,
      String error,
      String message,
      String code,
      @Nullable String field,
      List<String> fields,
      @JsonProperty("next_step") String nextStep,
      @Nullable String booking,
      List<Other> alternatives,
      List<String> choices,
      @Nullable @JsonProperty("book_at") URI bookAt,
      @Nullable @JsonProperty("request_id") String requestId) {}

  /** An open time, by the EMR's ids. */
  record Other(
      @JsonProperty("starts_at") Instant startsAt,
      @JsonProperty("ends_at") Instant endsAt,
      String practitioner,
      String treatment,
      String site) {}

  @ExceptionHandler(RouteRefused.class)
  ResponseEntity<Body> refused(RouteRefused refused, HttpServletResponse response) {
    return answer(refused, response);
  }

  @ExceptionHandler(HookBody.Unreadable.class)
  ResponseEntity<Body> unreadable(HookBody.Unreadable body, HttpServletResponse response) {
    return answer(
        new RouteRefused(
            400,
            body.tooLarge() ? "body_too_large" : "unreadable_body",
            List.of(),
            String.valueOf(body.getMessage()),
            "Send one JSON object as the documentation of this route shows it.",
            null),
        response);
  }

  @ExceptionHandler(Exception.class)
  ResponseEntity<Body> unexpected(
      Exception unexpected, HttpServletRequest request, HttpServletResponse response) {
    if (DatabaseAway.isReasonOf(unexpected)) {
      return answer(
          new RouteRefused(
              500,
              "database_unavailable",
              List.of(),
              "Our database is out of reach at the moment; nothing was done.",
              "Send the same request again in a moment.",
              null),
          response);
    }
    log.error(
        "{} {} failed: {}",
        request.getMethod(),
        request.getServletPath(),
        unexpected.getClass().getName());
    return answer(
        new RouteRefused(
            500,
            "internal_error",
            List.of(),
            "Something failed on our side.",
            "Send the same request again in a minute; a repeated call never books twice.",
            null),
        response);
  }

  private static ResponseEntity<Body> answer(RouteRefused refused, HttpServletResponse response) {
    BookingAnswer answer = refused.answer();
    List<Other> others =
        answer == null
            ? List.of()
            : answer.alternatives().stream()
                .map(
                    each ->
                        new Other(
                            each.startsAt(),
                            each.endsAt(),
                            each.practitioner(),
                            each.treatment(),
                            each.site()))
                .toList();
    String says = String.valueOf(refused.getMessage());
    ResponseEntity.BodyBuilder builder =
        ResponseEntity.status(refused.status()).contentType(MediaType.APPLICATION_JSON);
    if (refused.status() == 500) {
      builder.header("Retry-After", "30");
    }
    return builder.body(
        new Body(
            false,
            says,
            says,
            refused.code(),
            refused.fields().isEmpty() ? null : refused.fields().getFirst(),
            refused.fields(),
            refused.nextStep(),
            // What is unknown and what is somebody else's read the same.
            answer == null || answer.attempt() == null || refused.status() == 404
                ? null
                : answer.attempt().toString(),
            others,
            answer == null ? List.of() : answer.choices(),
            answer == null ? null : answer.bookAt(),
            response.getHeader("X-Request-Id")));
  }
}
