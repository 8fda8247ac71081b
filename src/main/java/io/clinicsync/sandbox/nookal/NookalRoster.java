package io.clinicsync.sandbox.nookal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * Who works where and what of it is open, in quarters of an hour; always by today's roster. The
 * caller holds the account's lock.
 */
final class NookalRoster {

  private static final int STEP = 15;
  private static final Duration NOTICE = Duration.ofHours(1);
  private static final LocalTime OPENS = LocalTime.of(9, 0);
  private static final LocalTime CLOSES = LocalTime.of(17, 0);

  private final NookalAccount account;

  NookalRoster(NookalAccount account) {
    this.account = account;
  }

  private record Span(Instant from, Instant to) {}

  /** Nine to five but on Sundays, at the person's places in turn. */
  private static boolean works(JsonNode who, String location, LocalDate day) {
    JsonNode at = who.path("locations");
    return !at.isEmpty()
        && who.path("status").asText().equals("1")
        && day.getDayOfWeek() != DayOfWeek.SUNDAY
        && at.get((int) Math.floorMod(day.toEpochDay(), (long) at.size()))
            .asText()
            .equals(location);
  }

  /** Times at which somebody is busy. */
  private List<Span> busy(String practitioner, String except) {
    List<Span> busy = new ArrayList<>();
    for (String table : List.of("appointments", "classes", "events")) {
      for (ObjectNode row : account.table(table).all()) {
        boolean off =
            row.path("cancelled").asText().equals("1") || row.path("DNA").asText().equals("1");
        if (!off
            && row.path("practitionerID").asText().equals(practitioner)
            && !row.path("ID").asText().equals(except)) {
          busy.add(
              new Span(NookalAccount.instant(row, "_start"), NookalAccount.instant(row, "_end")));
        }
      }
    }
    return busy;
  }

  boolean overlaps(String practitioner, Instant from, Instant to, String except) {
    return busy(practitioner, except).stream()
        .anyMatch(span -> span.from().isBefore(to) && span.to().isAfter(from));
  }

  /** Only slots that say {@code available} can be booked. */
  Answer availabilities(NookalForm form) {
    List<String> missing = form.missing("location_id", "practitioner_id", "date_from", "date_to");
    if (!missing.isEmpty()) {
      return NookalAnswers.missing("L025", missing);
    }
    ObjectNode results = NookalAccount.JSON.createObjectNode();
    for (String member : List.of("date_from", "date_to", "location_id", "practitioner_id")) {
      results.put(member, form.get(member));
    }
    ObjectNode days = results.putObject("availabilities");
    Instant earliest = account.moment().plus(NOTICE);
    return each(
        form,
        true,
        (day, time, start, free) -> {
          ObjectNode times = days.has(day) ? (ObjectNode) days.get(day) : days.putObject(day);
          times.put(time, free && !start.isBefore(earliest) ? "available" : "unavailable");
        },
        results,
        "getAppointmentAvailabilities");
  }

  /** Its last day is exclusive, unlike everywhere else. */
  Answer schedules(NookalForm form) {
    List<String> missing = form.missing("location_id", "practitioner_id", "date_from", "date_to");
    if (!missing.isEmpty()) {
      return NookalAnswers.missing(NookalReads.code("getSchedules"), missing);
    }
    ObjectNode results = NookalAccount.JSON.createObjectNode();
    ObjectNode days = results.putObject("schedules");
    return each(
        form,
        false,
        (day, time, start, free) -> {
          ObjectNode times = days.has(day) ? (ObjectNode) days.get(day) : days.putObject(day);
          times.put(time, free ? "0" : "1");
        },
        results,
        "getSchedules");
  }

  private interface Slot {
    void at(String day, String time, Instant start, boolean free);
  }

  private Answer each(
      NookalForm form, boolean lastIncluded, Slot slot, ObjectNode results, String function) {
    ObjectNode who = account.table("practitioners").find(form.get("practitioner_id")).orElse(null);
    String location = form.get("location_id");
    LocalDate from;
    LocalDate to;
    try {
      from = LocalDate.parse(form.get("date_from"));
      to = LocalDate.parse(form.get("date_to")).minusDays(lastIncluded ? 0 : 1);
    } catch (DateTimeException unreadable) {
      return NookalAnswers.failure("L025", "Invalid date", List.of());
    }
    if (who == null || !account.isTicked(location)) {
      return NookalAnswers.results(function, results);
    }
    if (to.isAfter(from.plusDays(62))) {
      return NookalAnswers.failure("L025", "Date range too large", List.of());
    }
    ZoneId zone = account.zoneAt(location);
    List<Span> busy = busy(form.get("practitioner_id"), "");
    for (LocalDate day = from; !day.isAfter(to); day = day.plusDays(1)) {
      if (works(who, location, day)) {
        for (LocalTime time = OPENS; time.isBefore(CLOSES); time = time.plusMinutes(STEP)) {
          Instant start = day.atTime(time).atZone(zone).toInstant();
          Instant end = start.plus(Duration.ofMinutes(STEP));
          boolean free =
              busy.stream()
                  .noneMatch(span -> span.from().isBefore(end) && span.to().isAfter(start));
          slot.at(day.toString(), time.toString(), start, free);
        }
      }
    }
    return NookalAnswers.results(function, results);
  }
}
