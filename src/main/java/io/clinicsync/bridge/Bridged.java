package io.clinicsync.bridge;

import io.clinicsync.booking.BookingAnswer.Offer;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.ghl.GhlAccount;
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
 * @param tries of this state, whatever they failed at
 * @param emrTries those at which the EMR did not answer
 * @param turn whose it is: every change is refused once somebody else took it over
 * @param location the sub-account that showed it; null where that was not kept yet
 * @param untold whether GoHighLevel does not take that it is told of a refusal
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
    int emrTries,
    int turn,
    @Nullable String location,
    boolean untold,
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
   * Whether this sub-account is known to have shown it. Only there does it mean anything that it is
   * not found: another one never had it.
   */
  boolean isOf(GhlAccount account) {
    return account.locationId().equals(location);
  }

  /** Whether another sub-account showed it than this one. */
  boolean isOfAnother(GhlAccount account) {
    return location != null && !isOf(account);
  }

  /**
   * One key for all tries of one change. What was forgotten and told of better has another one: the
   * answer to what was missing does not stand in its way.
   */
  String key() {
    return "ghl:" + ghlAppointment + ":" + createdAt.toEpochMilli() + ":" + change;
  }
}
