package io.clinicsync.emr.practicebetter;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.emr.wire.BookingMark;
import io.clinicsync.emr.wire.Entry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Looks for what we booked among a client's sessions, the newest hundred: what is looked for was
 * made moments ago.
 *
 * @see <a href="https://api-docs.practicebetter.io">GET /consultant/sessions</a>
 */
final class PracticeBetterOwn {

  /** A session that was changed this long after it was made was changed by somebody. */
  private static final Duration UNTOUCHED = Duration.ofSeconds(30);

  private final PracticeBetterApi api;
  private final Clock clock;

  PracticeBetterOwn(PracticeBetterApi api, Clock clock) {
    this.api = api;
    this.clock = clock;
  }

  /** The session that bears our sign, where an answer had no content; empty while none shows. */
  Optional<EmrRef> made(EmrAccount account, EmrRef client, BookingMark mark) {
    try {
      return signed(account, client, mark).map(Appointment::ref);
    } catch (EmrException unseen) {
      return Optional.empty();
    }
  }

  /** The live session that bears our sign. */
  Optional<Appointment> signed(EmrAccount account, EmrRef client, BookingMark mark) {
    return live(account, client).stream()
        .filter(row -> mark.isIn(notes(row)))
        .findFirst()
        .map(row -> read(account, row));
  }

  /** Live sessions without a sign that are no older than an attempt. */
  List<Appointment> unsigned(EmrAccount account, EmrRef client, WriteAttempt attempt) {
    Instant sent = BookingMark.sentAt(attempt).orElse(null);
    if (sent == null) {
      return List.of();
    }
    return live(account, client).stream()
        .filter(row -> !BookingMark.isAnyIn(notes(row)))
        .map(row -> read(account, row))
        .filter(
            each ->
                each.bookedAt() != null && !each.bookedAt().isBefore(sent.minus(BookingMark.SKEW)))
        .toList();
  }

  private List<Entry> live(EmrAccount account, EmrRef client) {
    String id = PracticeBetterDiary.required(client);
    return api
        .list(
            account,
            PracticeBetterSessions.LIST,
            PracticeBetterSessions.PATH,
            new PracticeBetterQuery().with("records", id),
            PracticeBetterApi.PER_PAGE,
            null)
        .entries()
        .stream()
        .filter(row -> id.equals(row.json().path("clientRecord").path("id").asText("")))
        .filter(row -> !Boolean.TRUE.equals(row.flag("cancelled")))
        .toList();
  }

  private static String notes(Entry row) {
    return row.json().path("notes").asText("");
  }

  private Appointment read(EmrAccount account, Entry row) {
    return PracticeBetterConnector.readable(
        row, each -> PracticeBetterMapper.appointment(each, account.currency(), clock.instant()));
  }

  static boolean isTouched(Appointment found) {
    return found.bookedAt() == null
        || found.changedAt() == null
        || found.changedAt().isAfter(found.bookedAt().plus(UNTOUCHED));
  }
}
