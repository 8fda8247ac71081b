package io.clinicsync.sandbox.jane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.Request;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What Jane's own pages change. The caller holds the account's lock. */
final class JaneWebWrites {

  private static final Pattern ONE = Pattern.compile("/admin/api/v2/appointments/(\\d+)");
  private static final Pattern BOOK = Pattern.compile("/admin/api/v3/appointments/(\\d+)/book");

  private final JaneAccount account;

  JaneWebWrites(JaneAccount account) {
    this.account = account;
  }

  Answer write(Request request) {
    JsonNode body;
    try {
      body =
          request.body().length == 0
              ? JaneAccount.JSON.createObjectNode()
              : JaneAccount.JSON.readTree(request.text());
    } catch (JsonProcessingException unreadable) {
      return JaneWeb.error(400, "unreadable body");
    }
    String path = request.path();
    Matcher one = ONE.matcher(path);
    Matcher book = BOOK.matcher(path);
    try {
      if (path.equals("/admin/api/v2/patient_lookup/lookup")) {
        return lookup(body);
      }
      if (request.method().equals("POST") && path.equals("/admin/api/v2/patients")) {
        return createPatient(body.path("patient"));
      }
      if (request.method().equals("POST") && path.equals("/admin/api/v2/appointments")) {
        return reserve(body.path("appointment"));
      }
      if (request.method().equals("PUT") && book.matches()) {
        return book(book.group(1), body.path("appointment"));
      }
      if (request.method().equals("PUT") && one.matches()) {
        return move(one.group(1), body.path("appointment"), body.path("with_notifications"));
      }
      if (request.method().equals("DELETE") && one.matches()) {
        return request.body().length == 0 ? release(one.group(1)) : cancel(one.group(1), body);
      }
      return JaneWeb.error(404, "Not found");
    } catch (DateTimeException unreadable) {
      return invalid("start_at", "is invalid");
    }
  }

  private static Answer invalid(String field, String message) {
    ObjectNode errors = JaneAccount.JSON.createObjectNode();
    errors.putObject("errors").putArray(field).add(message);
    return Answer.json(422, errors.toString());
  }

  private Answer lookup(JsonNode body) {
    String wanted = body.path("q").asText().strip().toLowerCase(Locale.ROOT);
    ArrayNode found = JaneAccount.JSON.createArrayNode();
    for (ObjectNode row : account.table("patients").all()) {
      if (found.size() >= body.path("limit").asInt(10)) {
        break;
      }
      if (!row.hasNonNull("_archived_at") && says(row, wanted)) {
        ObjectNode shown = found.addObject();
        for (String member :
            List.of(
                "id",
                "public_id",
                "name",
                "first_name",
                "last_name",
                "email",
                "dob",
                "mobile_phone",
                "home_phone",
                "updated_at")) {
          shown.set(member, row.get(member));
        }
      }
    }
    return Answer.json(200, found.toString());
  }

  private static boolean says(ObjectNode row, String wanted) {
    String digits = wanted.replaceAll("\\D", "");
    String phone = row.path("mobile_phone").asText("").replaceAll("\\D", "");
    return row.path("name").asText().toLowerCase(Locale.ROOT).contains(wanted)
        || row.path("email").asText("").toLowerCase(Locale.ROOT).contains(wanted)
        || (digits.length() > 5 && phone.contains(digits));
  }

  private Answer createPatient(JsonNode given) {
    for (String must : List.of("first_name", "last_name")) {
      if (given.path(must).asText("").isBlank()) {
        return invalid(must, "can't be blank");
      }
    }
    if (given.hasNonNull("dob") && !given.get("dob").asText().matches("\\d{4}-\\d\\d-\\d\\d")) {
      return invalid("dob", "is invalid");
    }
    Map<String, Object> members = new LinkedHashMap<>();
    given.properties().forEach(each -> members.put(each.getKey(), each.getValue()));
    ObjectNode row = JaneShapes.patient(account, account.state().newId(), account.state().second());
    members.keySet().retainAll(names(row));
    members.remove("id");
    return Answer.json(201, JaneAccount.shown(account.edits().fill(row, members)).toString());
  }

  private static List<String> names(ObjectNode row) {
    return row.properties().stream()
        .map(Map.Entry::getKey)
        .filter(name -> !name.startsWith("_"))
        .toList();
  }

  /** Takes any time, also one outside the shift or on top of another appointment. */
  private Answer reserve(JsonNode given) {
    Optional<ObjectNode> staff = row("staff_members", given.path("staff_member_id"));
    Optional<ObjectNode> location = row("locations", given.path("location_id"));
    if (staff.isEmpty() || location.isEmpty()) {
      return invalid(staff.isEmpty() ? "staff_member" : "location", "must exist");
    }
    Instant start = JaneAccount.instant(given.path("start_at"));
    Instant end = JaneAccount.instant(given.path("end_at"));
    if (!start.isBefore(end)) {
      return invalid("end_at", "must be after start");
    }
    ObjectNode row =
        JaneShapes.appointment(
            account,
            account.state().newId(),
            staff.get(),
            location.get().get("id").asLong(),
            start,
            end);
    row.put("break", given.path("break").asBoolean(false));
    account.table("appointments").put(row.get("id").asText(), row);
    if (row.path("break").asBoolean()) {
      row.put("state", "booked");
    } else {
      account.hold(row.get("id").asText());
    }
    return Answer.json(201, JaneAccount.shown(row).toString());
  }

  private Optional<ObjectNode> row(String table, JsonNode id) {
    return account.table(table).find(id.asText());
  }

  private Answer book(String id, JsonNode given) {
    ObjectNode row = account.table("appointments").find(id).orElse(null);
    if (row == null || !row.path("state").asText().equals("reserved")) {
      return JaneWeb.error(404, "Appointment not found");
    }
    Optional<ObjectNode> patient = row("patients", given.path("patient_id"));
    Optional<ObjectNode> treatment = row("treatments", given.path("treatment_id"));
    if (patient.isEmpty()) {
      return invalid("patient", "must exist");
    }
    String refusal = treatment.isEmpty() ? "must exist" : unfit(row, treatment.get());
    if (refusal != null) {
      return invalid("treatment", refusal);
    }
    Instant start = JaneAccount.instant(row.get("start_at"));
    Instant end = JaneAccount.instant(row.get("end_at"));
    if (collides(row.path("staff_member_id").asText(), start, end, id)) {
      return invalid("start_at", "conflicts with another appointment");
    }
    JaneShapes.book(account, row, patient.get(), treatment.orElseThrow());
    String note = given.path("notes_text").asText("");
    row.put("notes_text", note).put("has_notes", !note.isBlank());
    account.touch(row);
    account.settled(id);
    new JaneRecords(account).count(patient.get().get("id").asText());
    return Answer.json(200, JaneAccount.shown(row).toString());
  }

  /** Staff may put two people into one time, unless this clinic's switch says otherwise. */
  private boolean collides(String staff, Instant start, Instant end, String except) {
    return account.switches().refusesOverlaps
        && new JaneRecords(account).conflicts(staff, start, end, except);
  }

  private @Nullable String unfit(ObjectNode row, ObjectNode treatment) {
    ObjectNode staff = account.table("staff_members").require(row.path("staff_member_id").asText());
    for (JsonNode offered : staff.path("all_treatment_ids")) {
      if (offered.equals(treatment.get("id"))) {
        return treatment.hasNonNull("archived_at") ? "is archived" : null;
      }
    }
    return "is not offered by this practitioner";
  }

  /** Lets a provisional appointment go; a booked one needs a reason. */
  private Answer release(String id) {
    ObjectNode row = account.table("appointments").find(id).orElse(null);
    if (row == null || row.hasNonNull("archived_at")) {
      return JaneWeb.error(404, "Appointment not found");
    }
    if (!row.path("state").asText().equals("reserved")) {
      return invalid("cancelled_reason", "can't be blank");
    }
    account.neverBooked(row, account.state().second());
    account.settled(id);
    return Answer.empty(204);
  }

  private Answer cancel(String id, JsonNode body) {
    ObjectNode row = account.table("appointments").find(id).orElse(null);
    if (row == null || row.hasNonNull("archived_at")) {
      return JaneWeb.error(404, "Appointment not found");
    }
    if (row.hasNonNull("cancelled_at")) {
      return JaneWeb.error(422, "Appointment is already cancelled");
    }
    String reason = body.path("cancelled_reason").asText("");
    if (reason.isBlank() || row.path("state").asText().equals("reserved")) {
      return invalid("cancelled_reason", reason.isBlank() ? "can't be blank" : "is not booked");
    }
    account.edits().cancelled(row, reason);
    row.set("_told_patient", body.path("with_notifications"));
    row.set("_told_wait_list", body.path("send_wlns"));
    account.touch(row);
    String patient = row.path("patient_id").asText();
    if (account.table("patients").find(patient).isPresent()) {
      new JaneRecords(account).count(patient);
    }
    return account.switches().bareCancellations
        ? Answer.empty(204)
        : Answer.json(200, JaneAccount.shown(row).toString());
  }

  private Answer move(String id, JsonNode given, JsonNode told) {
    ObjectNode row = account.table("appointments").find(id).orElse(null);
    if (row == null || row.hasNonNull("archived_at")) {
      return JaneWeb.error(404, "Appointment not found");
    }
    if (row.hasNonNull("cancelled_at") || !row.path("state").asText().equals("booked")) {
      return JaneWeb.error(422, "Appointment cannot be moved");
    }
    Instant start = JaneAccount.instant(given.path("start_at"));
    Instant end = JaneAccount.instant(given.path("end_at"));
    String staff =
        given.hasNonNull("staff_member_id")
            ? given.get("staff_member_id").asText()
            : row.path("staff_member_id").asText();
    if (!start.isBefore(end) || account.table("staff_members").find(staff).isEmpty()) {
      return invalid(start.isBefore(end) ? "staff_member" : "end_at", "is invalid");
    }
    if (collides(staff, start, end, id)) {
      return invalid("start_at", "conflicts with another appointment");
    }
    ObjectNode who = account.table("staff_members").require(staff);
    row.set("staff_member_id", who.get("id"));
    row.set("staff_member_name", who.get("full_name"));
    row("locations", given.path("location_id"))
        .ifPresent(location -> row.set("location_id", location.get("id")));
    row.put("start_at", account.time(start)).put("end_at", account.time(end));
    row.put("rescheduled", true).set("_told_patient", told);
    account.touch(row);
    return Answer.json(200, JaneAccount.shown(row).toString());
  }
}
