package io.clinicsync.emr.jane;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import io.clinicsync.emr.wire.Document;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.Harvest;
import io.clinicsync.emr.wire.UnreadableEntry;
import io.clinicsync.emr.wire.VendorWire;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Appointments of the web session, by the calendar: whole local days, seven at most, one location
 * at a time. A participant of a class is an appointment; the class, breaks and blocks are not.
 * Archived ones leave the calendar and stay readable alone.
 */
final class JaneWebAppointments implements AppointmentSource {

  private static final int PAGE = 500;
  private static final SourceFacts FACTS =
      new SourceFacts(
          false,
          true,
          SourceFacts.Deletions.SWEEP,
          Duration.ZERO,
          PAGE,
          new SourceFacts.Near(Duration.ofDays(14), Duration.ofDays(90), Duration.ofHours(24)));

  private final JaneWeb web;
  private final Clock clock;

  JaneWebAppointments(JaneWeb web, Clock clock) {
    this.web = web;
    this.clock = clock;
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  @Override
  public Page<Appointment> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    TimeRange range =
        switch (window) {
          case ReadWindow.StartingIn(TimeRange wanted) -> wanted;
          case ReadWindow.Everything() -> null;
          case ReadWindow.ChangedSince other -> throw JaneConnector.unread(other);
          case ReadWindow.OfPatients other -> throw JaneConnector.unread(other);
          case ReadWindow.NotByPatient other -> throw JaneConnector.unread(other);
        };
    JaneWeeks weeks = cursor == null ? first(account, range) : JaneWeeks.of(cursor.value());
    Harvest<Appointment> harvest = new Harvest<>(RecordKind.APPOINTMENT, "jane.web.calendar");
    List<Entry> places = new ArrayList<>();
    Instant vendorNow = clock.instant();
    int missing = 0;
    for (String location : weeks.locations()) {
      JaneWeb.Got got = calendar(account, weeks, location).orElse(null);
      if (got == null) {
        missing++;
        continue;
      }
      vendorNow = got.vendorNow();
      places.addAll(places(got));
    }
    if (missing == weeks.locations().size()) {
      throw new EmrException(EmrException.Kind.NOT_FOUND, "Jane knows none of its locations");
    }
    take(account, places, range, harvest);
    LocalDate end = range == null ? null : range.to().atZone(account.zone()).toLocalDate();
    JaneWeeks next = weeks.next(!places.isEmpty(), end);
    return harvest.page(
        next == null ? null : new Cursor(next.text()), JaneTimes.latest(places), vendorNow);
  }

  private JaneWeeks first(EmrAccount account, @Nullable TimeRange range) {
    List<String> locations =
        web.all(account, "jane.web.locations", JaneWebCatalogue.LOCATIONS, "locations").stream()
            .map(each -> JaneConnector.readable(each, entry -> entry.requireText("id")))
            .toList();
    if (locations.isEmpty()) {
      throw VendorWire.broken("jane.web.locations");
    }
    Instant from = range == null ? clock.instant() : range.from();
    return JaneWeeks.from(from.atZone(account.zone()).toLocalDate(), locations);
  }

  private Optional<JaneWeb.Got> calendar(EmrAccount account, JaneWeeks weeks, String location) {
    JaneQuery query =
        new JaneQuery()
            .with("start_date", weeks.firstDay())
            .with("end_date", weeks.firstDay().plusDays(6))
            .with("location_id", location)
            .with("include_unscheduled", false);
    return web.find(account, "jane.web.calendar", "/admin/api/v2/calendar", query);
  }

  private static List<Entry> places(JaneWeb.Got got) {
    JsonNode list = got.json().path("appointments");
    if (!list.isArray()) {
      throw VendorWire.broken("jane.web.calendar");
    }
    List<Entry> places = new ArrayList<>();
    for (Entry entry : got.document().entries(list)) {
      if (!entry.json().isObject() || JaneWebMapper.isPlace(entry)) {
        places.add(entry);
      }
    }
    return places;
  }

  private static void take(
      EmrAccount account,
      List<Entry> places,
      @Nullable TimeRange range,
      Harvest<Appointment> harvest) {
    JaneWebMapper mapper = new JaneWebMapper(account);
    for (Entry entry : places) {
      if (range == null || mayStartIn(range, entry)) {
        harvest.take(entry, JaneApiPatients.id(entry), () -> mapper.appointment(entry));
      }
    }
  }

  /** The calendar gives whole days; what has no readable start is kept, to be rejected. */
  private static boolean mayStartIn(TimeRange range, Entry entry) {
    try {
      Instant start = entry.instant("start_at");
      return start == null || range.contains(start);
    } catch (UnreadableEntry unreadable) {
      return true;
    }
  }

  @Override
  public Optional<Appointment> get(EmrAccount account, EmrRef ref) {
    return web.visit(account, visit -> entry(visit, ref))
        .map(entry -> JaneConnector.readable(entry, new JaneWebMapper(account)::appointment));
  }

  /** One place in the calendar, archived ones included; empty when there is none of this id. */
  static Optional<Entry> entry(JaneVisit visit, EmrRef ref) {
    JaneQuery query = new JaneQuery().with("booking_type", "one_on_one_booking");
    return JaneWebPatients.number(ref.id().value())
        .flatMap(
            id ->
                JaneWeb.find(
                    visit, "jane.web.appointments.get", "/admin/api/v3/appointments/" + id, query))
        .map(got -> bare(got.document()))
        .filter(JaneWebMapper::isPlace);
  }

  /** Seen bare and within {@code appointment}. */
  static Entry bare(Document document) {
    JsonNode inner = document.json().path("appointment");
    return document.entry(inner.isObject() ? inner : document.json());
  }
}
