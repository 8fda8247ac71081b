package io.clinicsync.bridge;

import io.clinicsync.booking.BookingAnswer.Offer;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An appointment of GoHighLevel and how far we are with the state of it we saw last.
 *
 * @param ghlState whether it is live, and when
 * @param change rises with each new state
 * @param code what acting on it came to; null before
 * @param noted whether the contact got its note about a refusal
 * @param turn whose it is: every change is refused once somebody else took it over
 * @param createdAt when it was first told of; anew after it was forgotten
 */
record Bridged(
    ClinicId clinic,
    ConnectionId connection,
    String ghlAppointment,
    String ghlState,
    int change,
    Stage stage,
    Choice choice,
    @Nullable String code,
    @Nullable String says,
    List<Offer> alternatives,
    @Nullable String appointment,
    boolean noted,
    int tries,
    int turn,
    Instant createdAt) {

  Bridged {
    alternatives = List.copyOf(alternatives);
  }

  /** How far it got. */
  enum Stage {
    /** To be brought into the EMR. */
    OPEN,
    /** Refused by the EMR; GoHighLevel is yet to be told. */
    REPORTING,
    DONE
  }

  /**
   * One key for all tries of one change. What was forgotten and told of better has another one: the
   * answer to what was missing does not stand in its way.
   */
  String key() {
    return "ghl:" + ghlAppointment + ":" + createdAt.toEpochMilli() + ":" + change;
  }
}
