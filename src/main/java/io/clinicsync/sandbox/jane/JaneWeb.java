package io.clinicsync.sandbox.jane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.Request;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The JSON addresses Jane's own pages call, for a clinic whose staff are signed in. Reads. */
final class JaneWeb {

  private final JaneAccount account;
  private final Map<String, List<String>> query;

  JaneWeb(JaneAccount account, Request request) {
    this.account = account;
    this.query = request.query();
  }

  static Answer error(int status, String message) {
    return Answer.json(status, JsonOut.of(Map.of("message", message)));
  }

  Answer read(String path) {
    if (path.startsWith("/admin/api/v3/appointments/")) {
      return single("appointments", path.substring(path.lastIndexOf('/') + 1), "appointment");
    }
    String[] parts = path.replaceFirst("^(/admin)?/api/v2/", "").split("/");
    boolean admin = path.startsWith("/admin");
    return switch (parts[0]) {
      case "locations", "disciplines", "staff_members" ->
          parts.length == 1 ? Answer.json(200, all(parts[0], admin).toString()) : lost();
      case "treatments" -> {
        ObjectNode body = JaneAccount.JSON.createObjectNode();
        body.set("treatments", all("treatments", admin));
        yield Answer.json(200, body.toString());
      }
      case "openings" -> parts.length == 1 ? new JaneOpenings(account).answer(query) : lost();
      case "calendar" -> admin ? calendar() : lost();
      case "patients" -> admin ? patients(parts) : lost();
      case "resource_pools" -> Answer.json(200, "[]");
      default -> lost();
    };
  }

  private static Answer lost() {
    return error(404, "Not found");
  }

  private String one(String name, String otherwise) {
    return query.getOrDefault(name, List.of(otherwise)).getFirst();
  }

  /** Staff e-mails are for staff only. */
  private ArrayNode all(String table, boolean admin) {
    ArrayNode all = JaneAccount.JSON.createArrayNode();
    for (ObjectNode row : account.table(table).all()) {
      ObjectNode shown = JaneAccount.shown(row);
      if (!admin && table.equals("staff_members")) {
        shown.remove("email");
      }
      all.add(shown);
    }
    return all;
  }

  private Answer single(String table, String id, String member) {
    return account
        .table(table)
        .find(id)
        .map(
            row ->
                JaneAccount.JSON.createObjectNode().<ObjectNode>set(member, JaneAccount.shown(row)))
        .map(body -> Answer.json(200, body.toString()))
        .orElseGet(JaneWeb::lost);
  }

  private Answer patients(String[] parts) {
    if (parts.length == 1) {
      return patientList();
    }
    if (account.table("patients").find(parts[1]).isEmpty()) {
      return lost();
    }
    JaneRecords records = new JaneRecords(account);
    if (parts.length == 2) {
      return Answer.json(200, patient(account.table("patients").require(parts[1])).toString());
    }
    return switch (parts[2]) {
      case "appointments" ->
          page("appointments", records.appointmentsOf(parts[1]), JaneAccount::shown);
      case "purchases" -> page("purchases", records.purchasesOf(parts[1]), JaneAccount::shown);
      default -> lost();
    };
  }

  private static ObjectNode patient(ObjectNode row) {
    ObjectNode shown = JaneAccount.shown(row);
    shown.set("archived_at", row.get("_archived_at"));
    return shown;
  }

  /** By change time, then id; archived patients are not in the list. */
  private Answer patientList() {
    Instant since = Instant.MIN;
    if (query.containsKey("updated_since")) {
      try {
        since = OffsetDateTime.parse(one("updated_since", "")).toInstant();
      } catch (DateTimeException unreadable) {
        return error(422, "updated_since is invalid");
      }
    }
    Instant from = since;
    List<ObjectNode> rows =
        account.table("patients").all().stream()
            .filter(row -> !row.hasNonNull("_archived_at"))
            .filter(row -> !JaneAccount.instant(row.get("updated_at")).isBefore(from))
            .sorted(
                Comparator.comparing((ObjectNode row) -> JaneAccount.instant(row.get("updated_at")))
                    .thenComparing(row -> row.get("id").asLong()))
            .toList();
    return page("patients", rows, JanePatientShown.INSTANCE);
  }

  /** The patient as lists and single reads show it. */
  private enum JanePatientShown implements UnaryOperator<ObjectNode> {
    INSTANCE;

    @Override
    public ObjectNode apply(ObjectNode row) {
      return patient(row);
    }
  }

  private Answer page(String member, List<ObjectNode> rows, UnaryOperator<ObjectNode> shown) {
    String perPage = one("per_page", "25");
    String page = one("page", "1");
    if (!perPage.matches("[1-9]\\d?|100") || !page.matches("[1-9]\\d{0,5}")) {
      return error(422, "per_page must be 1 to 100");
    }
    int size = Integer.parseInt(perPage);
    ObjectNode body = JaneAccount.JSON.createObjectNode();
    ArrayNode list = body.putArray(member);
    rows.stream()
        .skip((Integer.parseInt(page) - 1L) * size)
        .limit(size)
        .forEach(row -> list.add(shown.apply(row)));
    body.put("per_page", size).put("total_entries", rows.size());
    return Answer.json(200, body.toString());
  }

  /** Whole days of the clinic, both included, at one location; archived rows are not shown. */
  private Answer calendar() {
    LocalDate first;
    LocalDate last;
    try {
      first = LocalDate.parse(one("start_date", ""));
      last = LocalDate.parse(one("end_date", ""));
    } catch (DateTimeException unreadable) {
      return error(422, "start_date and end_date are required");
    }
    String location = one("location_id", "");
    if (account.table("locations").find(location).isEmpty()) {
      return error(404, "Location not found");
    }
    if (last.isBefore(first) || last.isAfter(first.plusDays(6))) {
      return error(422, "Choose up to seven days");
    }
    Instant from = first.atStartOfDay(account.zone()).toInstant();
    Instant to = last.plusDays(1).atStartOfDay(account.zone()).toInstant();
    List<String> staff = query.getOrDefault("staff_member_ids[]", List.of());
    ObjectNode body = JaneAccount.JSON.createObjectNode();
    ArrayNode appointments = body.putArray("appointments");
    for (ObjectNode row : account.table("appointments").all()) {
      Instant start = JaneAccount.instant(row.get("start_at"));
      if (!start.isBefore(from)
          && start.isBefore(to)
          && !row.hasNonNull("archived_at")
          && row.path("location_id").asText().equals(location)
          && (staff.isEmpty() || staff.contains(row.path("staff_member_id").asText()))) {
        appointments.add(JaneAccount.shown(row));
      }
    }
    ArrayNode shifts = body.putArray("shifts");
    for (JsonNode shift : new JaneOpenings(account).shifts(location, first, last)) {
      shifts.add(shift);
    }
    return Answer.json(200, body.toString());
  }
}
