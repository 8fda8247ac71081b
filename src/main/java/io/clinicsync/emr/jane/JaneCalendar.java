package io.clinicsync.emr.jane;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.BookingGateway.Busy;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.VendorWire;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** One practitioner's diary, read from the calendar: one location and seven days at a time. */
final class JaneCalendar {

  private static final int MOST_DAYS = 7;

  /** New locations are rare, and each look at the list takes a second of the clinic's budget. */
  private static final Duration KEPT = Duration.ofMinutes(10);

  private final JaneWeb web;
  private final InstantSource clock;
  private final Map<ConnectionId, Locations> locations = new ConcurrentHashMap<>();

  JaneCalendar(JaneWeb web, InstantSource clock) {
    this.web = web;
    this.clock = clock;
  }

  private record Locations(List<String> ids, Instant readAt) {}

  /** What takes time within a span at any location: appointments, holds, classes and blocks. */
  List<Busy> busy(EmrAccount account, EmrRef practitioner, TimeRange span) {
    String staff = JaneBookings.required(practitioner);
    List<Busy> busy = new ArrayList<>();
    for (String location : locations(account)) {
      for (Entry row : web.visit(account, visit -> rows(account, visit, staff, location, span))) {
        JaneConnector.readable(row, JaneCalendar::busy)
            .filter(each -> overlaps(each.span(), span))
            .ifPresent(busy::add);
      }
    }
    return busy;
  }

  private static boolean overlaps(TimeRange one, TimeRange other) {
    return one.from().isBefore(other.to()) && other.from().isBefore(one.to());
  }

  private List<String> locations(EmrAccount account) {
    Locations kept = locations.get(account.id());
    if (kept == null || kept.readAt().plus(KEPT).isBefore(clock.instant())) {
      List<String> ids =
          web.all(account, "jane.web.locations", JaneWebCatalogue.LOCATIONS, "locations").stream()
              .filter(each -> !each.has("archived_at"))
              .map(each -> JaneConnector.readable(each, entry -> entry.requireText("id")))
              .toList();
      if (ids.isEmpty()) {
        throw VendorWire.broken("jane.web.locations");
      }
      kept = new Locations(ids, clock.instant());
      locations.put(account.id(), kept);
    }
    return kept.ids();
  }

  /**
   * The calendar's rows of one person at one location whose day may touch a span; none where the
   * location is gone.
   */
  static List<Entry> rows(
      EmrAccount account, JaneVisit visit, String staff, String location, TimeRange span) {
    // What began the day before may still be going on.
    LocalDate first = span.from().atZone(account.zone()).toLocalDate().minusDays(1);
    LocalDate last = span.to().atZone(account.zone()).toLocalDate();
    List<Entry> rows = new ArrayList<>();
    for (LocalDate day = first; !day.isAfter(last); day = day.plusDays(MOST_DAYS)) {
      LocalDate end = day.plusDays(MOST_DAYS - 1L);
      JaneQuery query =
          new JaneQuery()
              .with("start_date", day)
              .with("end_date", end.isAfter(last) ? last : end)
              .with("location_id", location)
              .with("staff_member_ids[]", staff)
              .with("include_unscheduled", false);
      Optional<JaneWeb.Got> got =
          JaneWeb.find(visit, "jane.web.calendar", "/admin/api/v2/calendar", query);
      if (got.isPresent()) {
        JsonNode list = got.get().json().path("appointments");
        if (!list.isArray()) {
          throw VendorWire.broken("jane.web.calendar");
        }
        rows.addAll(got.get().document().entries(list));
      }
    }
    return rows.stream().filter(row -> isOf(row, staff)).toList();
  }

  /** Whether Jane narrows by person is seen in one client only. */
  private static boolean isOf(Entry row, String staff) {
    return row.json().path("staff_member_id").asText("").equals(staff);
  }

  /** Empty for what takes no time any more. */
  private static Optional<Busy> busy(Entry row) {
    boolean gone =
        switch (JaneState.of(row)) {
          case CANCELLED, NO_SHOW, NEVER_BOOKED -> true;
          default -> row.has("archived_at");
        };
    Instant from = row.requireInstant("start_at");
    Instant to = row.requireInstant("end_at");
    if (gone || !from.isBefore(to)) {
      return Optional.empty();
    }
    boolean shared = Boolean.TRUE.equals(row.flag("class_booking"));
    EmrRef treatment =
        shared ? JaneApiMapper.pointed(row, "treatment_id", RecordKind.TREATMENT) : null;
    return Optional.of(
        new Busy(row.requireText("id"), kind(row, shared), new TimeRange(from, to), treatment));
  }

  private static Busy.Kind kind(Entry row, boolean shared) {
    boolean block =
        Boolean.TRUE.equals(row.flag("break")) || Boolean.TRUE.equals(row.flag("wait_list_block"));
    if (block) {
      return Busy.Kind.BLOCK;
    }
    return shared ? Busy.Kind.CLASS : Busy.Kind.APPOINTMENT;
  }
}
