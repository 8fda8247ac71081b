package io.clinicsync.emr.pteverywhere;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Appointments, from the report of visits. It is asked by days, whose zone is not known: a day more
 * on both sides holds every zone, and what begins outside the span is left for the span it is in. A
 * deleted appointment vanishes without a sign.
 */
final class PtEverywhereAppointments implements AppointmentSource {

  private static final String REPORT = "general-visit";
  private static final SourceFacts FACTS =
      new SourceFacts(
          false,
          true,
          SourceFacts.Deletions.SWEEP,
          Duration.ofMinutes(10),
          PtEverywhereApi.PER_PAGE,
          new SourceFacts.Near(Duration.ofDays(3), Duration.ofDays(14), Duration.ofHours(24)));

  private final PtEverywhereApi api;
  private final InstantSource clock;

  PtEverywhereAppointments(PtEverywhereApi api, InstantSource clock) {
    this.api = api;
    this.clock = clock;
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://openapi.pteverywhere.com/api/v2/swagger.html">POST
   *     /report/general-visit</a>
   */
  @Override
  public Page<Appointment> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    return switch (window) {
      case ReadWindow.Everything() -> everything(account, cursor);
      case ReadWindow.StartingIn(TimeRange range) -> within(account, range, cursor);
      case ReadWindow.ChangedSince other -> throw PtEverywhereConnector.unread(other);
      case ReadWindow.OfPatients other -> throw PtEverywhereConnector.unread(other);
      case ReadWindow.NotByPatient other -> throw PtEverywhereConnector.unread(other);
    };
  }

  private Page<Appointment> everything(EmrAccount account, @Nullable Cursor cursor) {
    PtEverywherePlace place =
        cursor == null
            ? PtEverywherePlace.back(day(account, clock.instant()))
            : PtEverywherePlace.of(cursor);
    TimeRange range = place.range(account.zone());
    PtEverywhereApi.Listed listed = visits(account, place.firstDay(), place.lastDay(), place);
    Harvest<Appointment> harvest = harvest(listed, place, range);
    return harvest.page(next(listed, place), null, listed.vendorNow());
  }

  private static @Nullable Cursor next(PtEverywhereApi.Listed listed, PtEverywherePlace place) {
    if (goesOn(listed, place)) {
      return place.further(listed.print()).cursor();
    }
    PtEverywherePlace next = place.back(!listed.entries().isEmpty());
    return next == null ? null : next.cursor();
  }

  private Page<Appointment> within(EmrAccount account, TimeRange range, @Nullable Cursor cursor) {
    LocalDate last = day(account, range.to().minusMillis(1));
    PtEverywherePlace place =
        cursor == null
            ? PtEverywherePlace.forward(day(account, range.from()))
            : PtEverywherePlace.of(cursor);
    TimeRange span = place.range(account.zone());
    TimeRange wanted =
        new TimeRange(
            span.from().isAfter(range.from()) ? span.from() : range.from(),
            span.to().isBefore(range.to()) ? span.to() : range.to());
    LocalDate end = place.lastDay().isBefore(last) ? place.lastDay() : last;
    PtEverywhereApi.Listed listed = visits(account, place.firstDay(), end, place);
    Harvest<Appointment> harvest = harvest(listed, place, wanted);
    PtEverywherePlace next =
        goesOn(listed, place) ? place.further(listed.print()) : place.forwardTo(last);
    return harvest.page(next == null ? null : next.cursor(), null, listed.vendorNow());
  }

  private static LocalDate day(EmrAccount account, Instant moment) {
    return moment.atZone(account.zone()).toLocalDate();
  }

  private PtEverywhereApi.Listed visits(
      EmrAccount account, LocalDate from, LocalDate to, PtEverywherePlace place) {
    ObjectNode filters = PtEverywhereApi.object();
    filters
        .putObject("dateOfService")
        .put("startDate", from.minusDays(1).toString())
        .put("endDate", to.plusDays(1).toString());
    return api.report(account, REPORT, filters, place.page());
  }

  private static boolean goesOn(PtEverywhereApi.Listed listed, PtEverywherePlace place) {
    return listed.more() && !isAgain(listed, place);
  }

  private static boolean isAgain(PtEverywhereApi.Listed listed, PtEverywherePlace place) {
    return listed.print().equals(place.print());
  }

  private static Harvest<Appointment> harvest(
      PtEverywhereApi.Listed listed, PtEverywherePlace place, TimeRange range) {
    Harvest<Appointment> harvest =
        new Harvest<>(RecordKind.APPOINTMENT, "pteverywhere.report." + REPORT);
    if (isAgain(listed, place)) {
      return harvest;
    }
    for (Entry entry : listed.entries()) {
      Instant start = start(entry);
      if (start == null || range.contains(start)) {
        harvest.take(
            entry, PtEverywhereApi.idOf(entry, "_id"), () -> PtEverywhereMapper.appointment(entry));
      }
    }
    return harvest;
  }

  private static @Nullable Instant start(Entry entry) {
    try {
      return OffsetDateTime.parse(entry.json().path("startDateTime").asText("")).toInstant();
    } catch (DateTimeParseException unreadable) {
      return null;
    }
  }

  /** {@inheritDoc} Nothing gives one appointment by its id, so the calendar is walked for it. */
  @Override
  public Optional<Appointment> get(EmrAccount account, EmrRef ref) {
    String id = ref.id().value();
    if (!id.matches("[0-9a-fA-F]{24}")) {
      return Optional.empty();
    }
    PtEverywherePlace place = PtEverywherePlace.back(day(account, clock.instant()));
    while (true) {
      PtEverywhereApi.Listed listed = visits(account, place.firstDay(), place.lastDay(), place);
      for (Entry entry : listed.entries()) {
        if (PtEverywhereApi.idOf(entry, "_id").equals(id)) {
          return Optional.of(
              PtEverywhereConnector.readable(entry, PtEverywhereMapper::appointment));
        }
      }
      Cursor next = next(listed, place);
      if (next == null) {
        return Optional.empty();
      }
      place = PtEverywherePlace.of(next);
    }
  }
}
