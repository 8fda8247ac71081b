package io.clinicsync.bridge;

import io.clinicsync.tenancy.ClinicId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a signed app webhook of GoHighLevel told. Holds ids only.
 *
 * @param id GoHighLevel's of the webhook; a repeated delivery has the same
 * @param subject the appointment's or contact's id; null for the app itself
 * @param calendar the appointment's; null when it was not said
 * @param toldAt when GoHighLevel says it told; null when it was not said
 * @param attempts how often somebody took it; also whose it is
 */
record AppEvent(
    ClinicId clinic,
    String id,
    Kind kind,
    String location,
    @Nullable String subject,
    @Nullable String calendar,
    @Nullable Instant toldAt,
    int attempts) {

  /** What we act on. */
  enum Kind {
    APPOINTMENT,
    CONTACT_GONE,
    INSTALLED,
    UNINSTALLED
  }
}
