package io.clinicsync.sandbox.practicebetter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.Moments;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Open times: nine to five on weekdays and Saturdays, less what is booked. */
final class PracticeBetterSlots {

  private static final Duration STEP = Duration.ofMinutes(30);

  private final PracticeBetterAccount account;

  PracticeBetterSlots(PracticeBetterAccount account) {
    this.account = account;
  }

  Answer answer(Map<String, List<String>> query) {
    Optional<ObjectNode> member = account.table("members").find(first(query, "as_consultant"));
    Optional<ObjectNode> service = account.table("services").find(first(query, "serviceId"));
    if (member.isEmpty() || service.isEmpty()) {
      return PracticeBetterSimulator.notFound();
    }
    LocalDate day;
    try {
      day = LocalDate.parse(first(query, "day").substring(0, 10));
    } catch (DateTimeException | IndexOutOfBoundsException unreadable) {
      throw new PracticeBetterReads.Wrong("day_invalid");
    }
    ArrayNode slots = PracticeBetterAccount.JSON.createArrayNode();
    if (offers(member.get(), service.get(), first(query, "type"))) {
      List<Instant[]> busy = busy(member.get().get("id").asText(), "");
      for (int i = 0; i < account.switches().horizon; i++) {
        if (worksAt(member.get(), first(query, "location"), day.plusDays(i))) {
          open(slots, busy, service.get().get("_minutes").asLong(), day.plusDays(i));
        }
      }
    }
    return slots.isEmpty() ? Answer.empty(204) : Answer.json(200, slots.toString());
  }

  private static String first(Map<String, List<String>> query, String name) {
    return query.getOrDefault(name, List.of("")).getFirst();
  }

  private static boolean offers(ObjectNode member, ObjectNode service, String type) {
    return member.path("activationStatus").asText().equals("activated")
        && service.path("_online").asBoolean()
        && (type.isEmpty() || has(service.path("serviceTypes"), type))
        && has(member.path("_services"), service.get("id").asText());
  }

  private static boolean has(JsonNode list, String wanted) {
    for (JsonNode each : list) {
      if (each.asText().equals(wanted)) {
        return true;
      }
    }
    return false;
  }

  private static boolean worksAt(ObjectNode member, String location, LocalDate day) {
    JsonNode at = member.path("_sites");
    String there = at.get((int) Math.floorMod(day.toEpochDay(), (long) at.size())).asText();
    return day.getDayOfWeek() != DayOfWeek.SUNDAY && (location.isEmpty() || there.equals(location));
  }

  private void open(ArrayNode slots, List<Instant[]> busy, long minutes, LocalDate day) {
    Instant end = day.atTime(17, 0).atZone(account.zone()).toInstant();
    Duration length = Duration.ofMinutes(minutes);
    for (Instant start = day.atTime(9, 0).atZone(account.zone()).toInstant();
        !start.plus(length).isAfter(end);
        start = start.plus(STEP)) {
      Instant from = start;
      Instant until = start.plus(length);
      boolean free = busy.stream().noneMatch(s -> s[0].isBefore(until) && s[1].isAfter(from));
      if (free && start.isAfter(account.moment())) {
        slots
            .addObject()
            .put("startDate", start.toString())
            .put("endDate", until.toString())
            .put("duration", length.toString());
      }
    }
  }

  /** What a consultant has booked, without one session. */
  List<Instant[]> busy(String member, String without) {
    List<Instant[]> busy = new ArrayList<>();
    for (ObjectNode row : account.table("sessions").all()) {
      if (row.path("_member").asText().equals(member)
          && !row.path("cancelled").asBoolean()
          && !row.get("id").asText().equals(without)) {
        busy.add(
            new Instant[] {
              Moments.instant(row.get("sessionDate").asText()),
              Moments.instant(row.get("endDate").asText())
            });
      }
    }
    return busy;
  }
}
