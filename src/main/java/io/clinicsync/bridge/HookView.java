package io.clinicsync.bridge;

import io.clinicsync.booking.BookingAnswer.Offer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;

/** How an answer reads for a workflow: flat, so that later steps can use each member. */
public final class HookView {

  private HookView() {}

  /**
   * The answer over HTTP.
   *
   * @param requestId to be named when asking for help
   */
  public static ResponseEntity<Map<String, Object>> of(
      HookAnswer answer, @Nullable String requestId) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("success", answer.status() < 300);
    body.put("status", answer.code());
    body.put("code", answer.code());
    body.put("message", answer.message());
    if (answer.appointmentId() != null) {
      body.put("appointment_id", answer.appointmentId());
    }
    List<Offer> others = answer.alternatives();
    for (int number = 0; number < others.size(); number++) {
      body.put("alternative_" + (number + 1), others.get(number).startsAt().toString());
    }
    if (requestId != null) {
      body.put("request_id", requestId);
    }
    ResponseEntity.BodyBuilder builder = ResponseEntity.status(answer.status());
    if (answer.status() == 429 || answer.status() == 500) {
      builder.header("Retry-After", "60");
    }
    return builder.body(body);
  }
}
