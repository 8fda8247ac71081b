package io.clinicsync.sandbox.pteverywhere;

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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Bookable windows of a therapist: nine to five but Sundays, less what is booked. */
final class PtEverywhereBlocks {

  private static final long MOST_DAYS = 31;

  private final PtEverywhereAccount account;

  PtEverywhereBlocks(PtEverywhereAccount account) {
    this.account = account;
  }

  Answer answer(Map<String, List<String>> query) {
    String therapist = first(query, "therapist");
    if (therapist.isEmpty()) {
      return PtEverywhereSimulator.message(400, "therapist is required");
    }
    Optional<ObjectNode> row = account.table("therapists").find(therapist);
    if (row.isEmpty()) {
      return PtEverywhereSimulator.message(404, "Therapist not found");
    }
    ArrayNode blocks = PtEverywhereAccount.JSON.createArrayNode();
    try {
      LocalDate last = LocalDate.parse(first(query, "endDate"));
      LocalDate day = LocalDate.parse(first(query, "startDate"));
      LocalDate edge = day.plusDays(MOST_DAYS);
      for (; !day.isAfter(last) && day.isBefore(edge); day = day.plusDays(1)) {
        if (row.get().path("isActive").asBoolean() && day.getDayOfWeek() != DayOfWeek.SUNDAY) {
          open(blocks, row.get(), day);
        }
      }
    } catch (DateTimeException unreadable) {
      return PtEverywhereSimulator.message(400, "Invalid dates");
    }
    return Answer.json(200, blocks.toString());
  }

  private static String first(Map<String, List<String>> query, String name) {
    return query.getOrDefault(name, List.of("")).getFirst();
  }

  private void open(ArrayNode blocks, ObjectNode therapist, LocalDate day) {
    JsonNode sites = therapist.path("_sites");
    String site = sites.get((int) Math.floorMod(day.toEpochDay(), (long) sites.size())).asText();
    Instant from = day.atTime(9, 0).atZone(account.zone()).toInstant();
    Instant end = day.atTime(17, 0).atZone(account.zone()).toInstant();
    List<Instant[]> free = new ArrayList<>();
    for (Instant[] busy : busy(therapist.get("_id").asText(), "")) {
      if (busy[1].isAfter(from) && busy[0].isBefore(end)) {
        if (busy[0].isAfter(from)) {
          free.add(new Instant[] {from, busy[0]});
        }
        from = busy[1];
      }
    }
    if (from.isBefore(end)) {
      free.add(new Instant[] {from, end});
    }
    for (Instant[] span : free) {
      Duration length = Duration.between(span[0], span[1]);
      for (JsonNode offered : therapist.path("_services")) {
        ObjectNode service = account.table("services").require(offered.asText());
        if (service.path("_online").asBoolean()
            && service.path("isActive").asBoolean()
            && length.toMinutes() >= service.path("duration").asLong()) {
          ObjectNode block = blocks.addObject();
          block.put("startDateTime", PtEverywhereReads.stamp(span[0]));
          block.put("endDateTime", PtEverywhereReads.stamp(span[1]));
          named(block.putObject("location"), account.table("locations").require(site));
          named(block.putObject("service"), service);
        }
      }
    }
  }

  private static void named(ObjectNode to, ObjectNode row) {
    to.set("_id", row.get("_id"));
    to.set("name", row.get("name"));
  }

  /** What a therapist has booked, without one appointment, by time. */
  List<Instant[]> busy(String therapist, String without) {
    return account.table("appointments").all().stream()
        .filter(row -> row.path("_provider").asText().equals(therapist))
        .filter(row -> !row.path("appointmentStatus").asText().equals("Cancelled"))
        .filter(row -> !row.path("_id").asText().equals(without))
        .map(
            row ->
                new Instant[] {
                  Moments.instant(row.path("startDateTime").asText()),
                  Moments.instant(row.path("endDateTime").asText())
                })
        .sorted(Comparator.comparing((Instant[] span) -> span[0]))
        .toList();
  }
}
