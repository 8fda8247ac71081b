package io.clinicsync.sandbox.simplepractice;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** When clinicians work and what is still free of it. The caller holds the account's lock. */
final class Hours {

  private static final Duration GRID = Duration.ofMinutes(30);
  private static final List<LocalTime> STARTS = List.of(LocalTime.of(9, 0), LocalTime.of(13, 0));
  private static final List<LocalTime> ENDS = List.of(LocalTime.of(12, 0), LocalTime.of(17, 0));

  private final SimplePracticeAccount account;

  Hours(SimplePracticeAccount account) {
    this.account = account;
  }

  /** One resource per clinician and half of the day, with a start for each day it is offered. */
  Answer availabilities(Parameters asked) {
    Parameters.Span span = asked.timeRange();
    JsonApi answer = new JsonApi();
    for (ObjectNode member : account.table(SimplePracticeAccount.TEAM).all()) {
      String id = member.path("id").asText();
      if (asked.asks("clinicianId", id) && member.path("isActive").asText().equals("true")) {
        for (int half = 0; half < STARTS.size(); half++) {
          answer.add(availability(id, half, span));
        }
      }
    }
    return answer.list();
  }

  private ObjectNode availability(String clinician, int half, Parameters.Span span) {
    ObjectNode row = SimplePracticeAccount.JSON.createObjectNode().put("id", clinician + half);
    ArrayNode occurrences = row.putArray("occurrences");
    LocalDate last = span.to().atZone(account.zone()).toLocalDate();
    for (LocalDate day = span.from().atZone(account.zone()).toLocalDate();
        !day.isAfter(last);
        day = day.plusDays(1)) {
      Instant start = at(day, STARTS.get(half));
      if (day.getDayOfWeek() != DayOfWeek.SUNDAY && span.holds(start)) {
        occurrences.add(account.time(start));
      }
    }
    LocalDate first = span.from().atZone(account.zone()).toLocalDate();
    row.put("startTime", account.time(at(first, STARTS.get(half))));
    row.put("endTime", account.time(at(first, ENDS.get(half))));
    ObjectNode resource = JsonApi.resource("availabilities", row, null);
    JsonApi.link(resource, "clinician", "clinicians", clinician);
    return resource;
  }

  private Instant at(LocalDate day, LocalTime time) {
    return day.atTime(time).atZone(account.zone()).toInstant();
  }

  /** Free times of one day, as the portal shows them. */
  List<Instant> free(String clinician, Duration length, LocalDate day) {
    List<Instant> free = new ArrayList<>();
    if (day.getDayOfWeek() == DayOfWeek.SUNDAY) {
      return free;
    }
    for (int half = 0; half < STARTS.size(); half++) {
      Instant end = at(day, ENDS.get(half));
      for (Instant start = at(day, STARTS.get(half));
          !start.plus(length).isAfter(end);
          start = start.plus(GRID)) {
        if (start.isAfter(account.moment()) && !isBusy(clinician, start, start.plus(length), "")) {
          free.add(start);
        }
      }
    }
    return free;
  }

  /**
   * Whether something that blocks the time lies there.
   *
   * @param except an appointment that does not count
   */
  boolean isBusy(String clinician, Instant from, Instant to, String except) {
    return account.table(SimplePracticeAccount.APPOINTMENTS).all().stream()
        .filter(row -> row.path("clinicianId").asText().equals(clinician))
        .filter(row -> !row.path("id").asText().equals(except))
        .filter(
            row ->
                !row.path("attendanceStatus").asText().toLowerCase(Locale.ROOT).contains("cancel"))
        .anyMatch(
            row ->
                SimplePracticeAccount.instant(row.path("startTime")).isBefore(to)
                    && SimplePracticeAccount.instant(row.path("endTime")).isAfter(from));
  }
}
