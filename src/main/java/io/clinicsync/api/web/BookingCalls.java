package io.clinicsync.api.web;

import io.clinicsync.booking.BookingRequests;
import io.clinicsync.booking.WallTimes;
import io.clinicsync.clinics.Connection;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** What calls about bookings have in common: the header of a repeated call, and moments. */
final class BookingCalls {

  /** The header under which a call is known again. */
  static final String KEY = "Idempotency-Key";

  private static final Instant EARLIEST = Instant.parse("1900-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

  private BookingCalls() {}

  /** Who asks, and under which key. */
  static BookingRequests.Asked asked(Reach reach, @Nullable String key) {
    if (key != null && !key.matches("[\\x21-\\x7e]{1,200}")) {
      throw Refusal.field(KEY, "must be 1 to 200 visible ASCII characters");
    }
    return new BookingRequests.Asked(reach.caller().keyId(), key, reach.isAgent());
  }

  /** The zone that was named, else the connection's. */
  static ZoneId zone(Connection connection, @Nullable String named) {
    return named == null ? connection.zone() : ZoneId.of(named);
  }

  /** The same where it may be left out. */
  static @Nullable Instant optionalTime(String field, @Nullable String text, ZoneId zone) {
    return text == null || text.isBlank() ? null : time(field, text, zone);
  }

  /** A moment that was written; wall time of the zone where it has no offset. */
  static Instant time(String field, String text, ZoneId zone) {
    try {
      Instant moment = WallTimes.read(text, zone);
      if (!isSensible(moment)) {
        throw Refusal.field(field, "must lie between the years 1900 and 2200");
      }
      return moment;
    } catch (WallTimes.NotAMoment notOne) {
      throw Refusal.field(field, String.valueOf(notOne.getMessage()));
    }
  }

  /** Whether a moment lies where appointments may. */
  static boolean isSensible(Instant moment) {
    return !moment.isBefore(EARLIEST) && !moment.isAfter(LATEST);
  }
}
