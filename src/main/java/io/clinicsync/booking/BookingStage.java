package io.clinicsync.booking;

import io.clinicsync.booking.BookingRequests.Who;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.clinics.Connection;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.PatientDirectory;
import io.clinicsync.emr.spi.Urgency;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What everything after the resolving needs.
 *
 * @param rules of the clinic for this treatment
 * @param read what we knew ourselves before the EMR was asked
 * @param hold of the caller, which is to be booked; null for others
 */
record BookingStage(
    Connection connection,
    EmrAccount account,
    BookingGateway gateway,
    @Nullable PatientDirectory directory,
    References.Found wished,
    @Nullable EmrRef room,
    Instant startsAt,
    Instant endsAt,
    BookingPolicy rules,
    OnHand.Read read,
    @Nullable UUID hold,
    Attempt attempt,
    Trace trace) {

  TimeRange span() {
    return new TimeRange(startsAt, endsAt);
  }

  PolicyCheck.Wish wish() {
    return new PolicyCheck.Wish(connection, wished.treatment(), rules, startsAt);
  }

  Registrar.Wanted wanted(Who who) {
    return new Registrar.Wanted(connection, account, directory, who, rules, attempt, trace);
  }

  /**
   * The same from where the time is ours: the calls that follow are the diary, the write and the
   * diary again. Before, most callers of a time that many want are refused after one call or none,
   * and permits taken ahead would be wasted on them.
   */
  BookingStage changing() {
    return new BookingStage(
        connection,
        account.with(Urgency.CHANGE),
        gateway,
        directory,
        wished,
        room,
        startsAt,
        endsAt,
        rules,
        read,
        hold,
        attempt,
        trace);
  }

  boolean exclusive() {
    return wished.treatment().seats() <= 1;
  }
}
