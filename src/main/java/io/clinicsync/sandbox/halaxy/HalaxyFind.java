package io.clinicsync.sandbox.halaxy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code Appointment/$find}: what online booking would offer, nine to five on all days but Sunday.
 * As on the real one, what was booked in the last hour may still be offered; callers must look
 * themselves. The caller holds the account's lock.
 */
final class HalaxyFind {

  private static final Duration STEP = Duration.ofMinutes(15);
  private static final Duration BUFFER = Duration.ofMinutes(5);
  private static final Duration LEAD = Duration.ofHours(2);
  private static final Duration LAG = Duration.ofHours(1);
  private static final int MOST = 2_000;

  private final HalaxyAccount account;

  HalaxyFind(HalaxyAccount account) {
    this.account = account;
  }

  Answer answer(Map<String, List<String>> query) {
    Instant start = time(query, "start");
    Instant end = time(query, "end");
    String minutes = one(query, "duration");
    if (!minutes.matches("[1-9][0-9]{0,3}")) {
      throw new Refused(422, "required", "duration is required, in minutes");
    }
    Duration length = Duration.ofMinutes(Long.parseLong(minutes));
    boolean first = one(query, "show").equals("first-available");
    Duration buffer = one(query, "apply-buffer-time").equals("true") ? BUFFER : Duration.ZERO;
    Duration lead = one(query, "emergency").equals("true") ? Duration.ZERO : LEAD;
    Instant earliest = account.moment().plus(lead);
    Instant from = start.isBefore(earliest) ? earliest : start;
    List<ObjectNode> open = new ArrayList<>();
    for (ObjectNode role : roles(query)) {
      open.addAll(open(role, from, end, length, buffer));
    }
    List<ObjectNode> shown = open.subList(0, Math.min(open.size(), first ? 1 : MOST));
    ObjectNode bundle = Fhir.object().put("resourceType", "Bundle").put("type", "searchset");
    bundle.put("total", shown.size());
    if (!shown.isEmpty()) {
      ArrayNode entries = bundle.putArray("entry");
      shown.forEach(
          each -> {
            ObjectNode entry = entries.addObject();
            entry.set("resource", each);
            entry.putObject("search").put("mode", "match");
          });
    }
    return Fhir.answer(200, bundle);
  }

  private static String one(Map<String, List<String>> query, String name) {
    return query.getOrDefault(name, List.of("")).getFirst();
  }

  private static Instant time(Map<String, List<String>> query, String name) {
    try {
      return OffsetDateTime.parse(one(query, name)).toInstant();
    } catch (DateTimeException unreadable) {
      throw new Refused(422, "required", name + " is required, with its offset");
    }
  }

  private List<ObjectNode> roles(Map<String, List<String>> query) {
    return account.table("PractitionerRole").all().stream()
        .filter(row -> row.path("active").asBoolean() && row.has("organization"))
        .filter(row -> matches(query, "practitioner-role", row.path("id").asText()))
        .filter(row -> matches(query, "practitioner", named(row, "practitioner", "Practitioner")))
        .filter(row -> matches(query, "organization", named(row, "organization", "Organization")))
        .toList();
  }

  private static String named(ObjectNode role, String member, String type) {
    String id = Fhir.idIn(role.path(member), type);
    return id == null ? "" : id;
  }

  private static boolean matches(Map<String, List<String>> query, String name, String id) {
    String wanted = one(query, name);
    return wanted.isEmpty() || wanted.substring(wanted.lastIndexOf('/') + 1).equals(id);
  }

  private List<ObjectNode> open(
      ObjectNode role, Instant from, Instant end, Duration length, Duration buffer) {
    String id = role.path("id").asText();
    List<Instant[]> busy = busy(account, id, "", account.moment().minus(LAG));
    List<ObjectNode> open = new ArrayList<>();
    LocalDate last = end.atZone(account.zone()).toLocalDate();
    for (LocalDate day = from.atZone(account.zone()).toLocalDate();
        !day.isAfter(last);
        day = day.plusDays(1)) {
      if (day.getDayOfWeek() == DayOfWeek.SUNDAY) {
        continue;
      }
      Instant closes = day.atTime(17, 0).atZone(account.zone()).toInstant();
      Instant start = day.atTime(9, 0).atZone(account.zone()).toInstant();
      for (; !start.plus(length).isAfter(closes); start = start.plus(STEP)) {
        Instant until = start.plus(length);
        Instant opens = start.minus(buffer);
        boolean free =
            busy.stream()
                .noneMatch(span -> span[0].isBefore(until.plus(buffer)) && span[1].isAfter(opens));
        if (free && !start.isBefore(from) && start.isBefore(end)) {
          open.add(offer(start, until, id));
        }
      }
    }
    return open;
  }

  private ObjectNode offer(Instant start, Instant end, String role) {
    ObjectNode offer = Fhir.object().put("resourceType", "Appointment");
    offer.put("start", account.time(start)).put("end", account.time(end));
    offer.put("minutesDuration", Duration.between(start, end).toMinutes());
    offer
        .putArray("participant")
        .addObject()
        .set("actor", Fhir.reference("PractitionerRole", role));
    return offer;
  }

  /** Taken times of a role, as far as they were booked before a moment. */
  static List<Instant[]> busy(
      HalaxyAccount account, String role, String except, Instant bookedBefore) {
    List<Instant[]> busy = new ArrayList<>();
    for (ObjectNode row : account.table("Appointment").all()) {
      if (Fhir.actors(row, "PractitionerRole").contains(role)
          && !row.path("id").asText().equals(except)
          && !Fhir.instant(row.path("created")).isAfter(bookedBefore)
          && Fhir.takesTime(row)) {
        busy.add(new Instant[] {Fhir.instant(row.path("start")), Fhir.instant(row.path("end"))});
      }
    }
    return busy;
  }
}
