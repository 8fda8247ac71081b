package io.clinicsync.emr.simplepractice;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.Harvest;
import io.clinicsync.emr.wire.UnreadableEntry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Appointments, by the calendar: at most ninety days at a time. Nothing tells what changed, and
 * what was deleted is simply gone.
 */
final class Calendar implements AppointmentSource {

  /** Not a page of the vendor's but what ninety days of a large practice hold. */
  private static final int PAGE = 5_000;

  private static final SourceFacts FACTS =
      new SourceFacts(
          false,
          true,
          SourceFacts.Deletions.SWEEP,
          Duration.ZERO,
          PAGE,
          new SourceFacts.Near(Duration.ofDays(7), Duration.ofDays(90), Duration.ofHours(24)));
  private static final String FIELDS =
      "startTime,endTime,duration,attendanceStatus,thisType,clinicianId,officeId,officeName,"
          + "cptCodes,clientConfirmationStatus,fullDay,isRecurring,client,clinician,office";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);

  private final Frontend frontend;
  private final Clock clock;

  Calendar(Frontend frontend, Clock clock) {
    this.frontend = frontend;
    this.clock = clock;
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  /** Without the clinician being named, the link to them is left out. */
  static Query asked() {
    return new Query().with("fields[appointments]", FIELDS).with("include", "clinician,office");
  }

  /** Half-open, in the practice's offset; the vendor takes whole seconds. */
  static String range(TimeRange range, ZoneId zone) {
    return time(range.from(), zone) + "," + time(range.to(), zone);
  }

  /** A moment as the vendor writes it: the practice's offset, whole seconds. */
  static String time(Instant moment, ZoneId zone) {
    return TIME.format(moment.atZone(zone));
  }

  /** Whether an id can be the vendor's at all; no other ever becomes part of an address. */
  static boolean isId(String id) {
    return id.matches("\\d{1,18}");
  }

  /** An entry that {@link Mapper#isAppointment is an appointment}, as it stands now. */
  Appointment read(Entry entry) {
    return Mapper.appointment(entry, clock.instant());
  }

  @Override
  public Page<Appointment> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    TimeRange wanted =
        switch (window) {
          case ReadWindow.StartingIn(TimeRange range) -> range;
          case ReadWindow.Everything() -> null;
          case ReadWindow.ChangedSince other -> throw SimplePracticeConnector.unread(other);
          case ReadWindow.OfPatients other -> throw SimplePracticeConnector.unread(other);
          case ReadWindow.NotByPatient other -> throw SimplePracticeConnector.unread(other);
        };
    Instant now = clock.instant();
    Windows windows =
        cursor == null
            ? Windows.from(wanted == null ? now : wanted.from())
            : Windows.of(cursor.value());
    Instant end = wanted == null ? null : wholeSecond(wanted.to());
    TimeRange range = windows.range(end);
    Loaded read =
        frontend.list(
            account,
            "simplepractice.appointments.list",
            "appointments",
            asked().with("filter[timeRange]", range(range, account.zone())));
    Harvest<Appointment> harvest =
        new Harvest<>(RecordKind.APPOINTMENT, "simplepractice.appointments.list");
    List<Entry> places = read.data().stream().filter(Mapper::isAppointment).toList();
    for (Entry entry : places) {
      if (startsIn(range, wanted, entry)) {
        harvest.take(entry, Loaded.id(entry), () -> Mapper.appointment(entry, now));
      }
    }
    Windows next = windows.next(!read.data().isEmpty(), end);
    return harvest.page(next == null ? null : new Cursor(next.text()), null, read.vendorNow());
  }

  private static Instant wholeSecond(Instant end) {
    return end.getNano() == 0 ? end : end.plusSeconds(1).minusNanos(end.getNano());
  }

  /** Whether the vendor goes by the start is assumed; what has no readable start is kept. */
  private static boolean startsIn(TimeRange range, @Nullable TimeRange wanted, Entry entry) {
    try {
      Instant start = entry.in("attributes").instant("startTime");
      return start == null || (range.contains(start) && (wanted == null || wanted.contains(start)));
    } catch (UnreadableEntry unreadable) {
      return true;
    }
  }

  @Override
  public Optional<Appointment> get(EmrAccount account, EmrRef ref) {
    String id = ref.id().value();
    if (!isId(id)) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    return frontend
        .find(account, "simplepractice.appointments.get", "appointments/" + id, asked())
        .map(Loaded::first)
        .filter(Mapper::isAppointment)
        .map(
            entry ->
                SimplePracticeConnector.readable(entry, each -> Mapper.appointment(each, now)));
  }
}
