package io.clinicsync.sandbox.jane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Shifts and what of them is still open. The caller holds the account's lock. */
final class JaneOpenings {

  private static final Duration STEP = Duration.ofMinutes(15);
  private static final Duration NOTICE = Duration.ofHours(1);

  private final JaneAccount account;

  JaneOpenings(JaneAccount account) {
    this.account = account;
  }

  /** Nine to five on every weekday and Saturday, at the person's locations in turn. */
  List<ObjectNode> shifts(String location, LocalDate first, LocalDate last) {
    List<ObjectNode> shifts = new ArrayList<>();
    for (ObjectNode staff : account.table("staff_members").all()) {
      shifts.addAll(shiftsOf(staff, location, first, last));
    }
    return shifts;
  }

  private List<ObjectNode> shiftsOf(
      ObjectNode staff, String location, LocalDate first, LocalDate last) {
    List<ObjectNode> shifts = new ArrayList<>();
    JsonNode at = staff.path("location_ids");
    for (LocalDate day = first; !day.isAfter(last); day = day.plusDays(1)) {
      String there = at.get((int) Math.floorMod(day.toEpochDay(), (long) at.size())).asText();
      if (!staff.hasNonNull("archived_at")
          && day.getDayOfWeek() != DayOfWeek.SUNDAY
          && there.equals(location)) {
        ObjectNode shift = JaneAccount.JSON.createObjectNode();
        shift.put("id", staff.get("id").asLong() * 100_000 + day.toEpochDay());
        shift.put("start_at", account.time(day.atTime(9, 0).atZone(account.zone()).toInstant()));
        shift.put("end_at", account.time(day.atTime(17, 0).atZone(account.zone()).toInstant()));
        shift.set("staff_member_id", staff.get("id"));
        shifts.add(shift.put("location_id", Long.parseLong(location)));
      }
    }
    return shifts;
  }

  Answer answer(Map<String, List<String>> query) {
    String location = query.getOrDefault("location_id", List.of("")).getFirst();
    String person = query.getOrDefault("staff_member_id", List.of("")).getFirst();
    String what = query.getOrDefault("treatment_id", List.of("")).getFirst();
    String days = query.getOrDefault("num_days", List.of("1")).getFirst();
    boolean known =
        account.table("locations").find(location).isPresent()
            && account.table("staff_members").find(person).isPresent()
            && account.table("treatments").find(what).isPresent();
    if (!known) {
      return JaneWeb.error(404, "Not found");
    }
    if (!days.matches("[1-7]")) {
      return JaneWeb.error(422, "num_days must be between 1 and 7");
    }
    LocalDate first;
    try {
      first = LocalDate.parse(query.getOrDefault("start_date", List.of("")).getFirst());
    } catch (DateTimeException unreadable) {
      return JaneWeb.error(422, "start_date is invalid");
    }
    ObjectNode staff = account.table("staff_members").require(person);
    ObjectNode treatment = account.table("treatments").require(what);
    LocalDate last = first.plusDays(Integer.parseInt(days) - 1L);
    ArrayNode body = JaneAccount.JSON.createArrayNode();
    ObjectNode one = body.addObject();
    one.set("id", staff.get("id"));
    one.set("full_name", staff.get("full_name"));
    ArrayNode openings = one.putArray("openings");
    ArrayNode shifts = one.putArray("shifts");
    for (ObjectNode shift : shiftsOf(staff, location, first, last)) {
      ObjectNode shown = shifts.addObject().put("call_to_book", false);
      shown.set("start_at", shift.get("start_at"));
      shown.set("end_at", shift.get("end_at"));
      if (offers(staff, treatment)) {
        open(staff, treatment, shift).forEach(openings::add);
      }
    }
    one.put("first_date", openings.isEmpty() ? null : first(openings));
    return Answer.json(200, body.toString());
  }

  private static String first(ArrayNode openings) {
    return openings.get(0).path("start_at").asText().substring(0, 10);
  }

  private static boolean offers(ObjectNode staff, ObjectNode treatment) {
    for (JsonNode id : staff.path("all_treatment_ids")) {
      if (id.equals(treatment.get("id"))) {
        return treatment.path("capacity").asInt() == 1 && !treatment.hasNonNull("archived_at");
      }
    }
    return false;
  }

  private List<ObjectNode> open(ObjectNode staff, ObjectNode treatment, ObjectNode shift) {
    List<Instant[]> busy = new JaneRecords(account).busy(staff.get("id").asText(), "", true);
    long seconds = treatment.get("scheduled_duration").asLong();
    Instant end = JaneAccount.instant(shift.get("end_at"));
    Instant earliest = account.moment().plus(NOTICE);
    boolean call =
        !staff.path("allow_online_booking").asBoolean()
            || !treatment.path("book_online").asBoolean();
    List<ObjectNode> open = new ArrayList<>();
    for (Instant start = JaneAccount.instant(shift.get("start_at"));
        !start.plusSeconds(seconds).isAfter(end);
        start = start.plus(STEP)) {
      Instant from = start;
      Instant until = start.plusSeconds(seconds);
      boolean free =
          busy.stream().noneMatch(span -> span[0].isBefore(until) && span[1].isAfter(from));
      if (free && !start.isBefore(earliest)) {
        ObjectNode slot = JaneAccount.JSON.createObjectNode();
        slot.set("staff_member_id", staff.get("id"));
        slot.set("location_id", shift.get("location_id"));
        slot.set("treatment_id", treatment.get("id"));
        slot.put("duration", seconds).putNull("room_id");
        slot.put("start_at", account.time(start)).put("end_at", account.time(until));
        slot.put("call_to_book", call).put("state", "opening").put("status", "opening");
        open.add(slot.putNull("parent_appointment_id"));
      }
    }
    return open;
  }
}
