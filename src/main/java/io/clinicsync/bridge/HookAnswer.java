package io.clinicsync.bridge;

import io.clinicsync.booking.BookingAnswer.Offer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a workflow is told: small and flat, so that later steps can use it.
 *
 * @param status HTTP status; 2xx only when what was asked for stands in the EMR
 * @param code stable word for programs
 * @param message one plain sentence
 * @param appointmentId the EMR's id; null unless it is known
 * @param alternatives at most three open times, where a time was refused
 */
public record HookAnswer(
    int status,
    String code,
    String message,
    @Nullable String appointmentId,
    List<Offer> alternatives) {

  public HookAnswer {
    alternatives = List.copyOf(alternatives);
  }

  static HookAnswer refused(int status, String code, String message) {
    return new HookAnswer(status, code, message, null, List.of());
  }

  static HookAnswer done(String code, String message, @Nullable String appointmentId) {
    return new HookAnswer(200, code, message, appointmentId, List.of());
  }
}
