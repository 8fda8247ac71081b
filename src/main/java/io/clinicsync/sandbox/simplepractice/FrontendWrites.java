package io.clinicsync.sandbox.simplepractice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.Request;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the web application changes. All shapes are assumed. The caller holds the lock. */
final class FrontendWrites {

  private static final Set<String> STATUSES =
      Set.of("Show", "No Show", "Cancelled", "Late Cancelled", "Clinician Cancelled");
  private static final String START = "/data/attributes/startTime";

  private final SimplePracticeAccount account;

  FrontendWrites(SimplePracticeAccount account) {
    this.account = account;
  }

  Answer write(Request request) {
    String[] path = request.path().substring(SimplePracticeSimulator.FRONTEND.length()).split("/");
    JsonNode data;
    try {
      data = SimplePracticeAccount.JSON.readTree(request.text()).path("data");
    } catch (JsonProcessingException unreadable) {
      return JsonApi.error(400, "Unreadable body");
    }
    try {
      return switch (request.method() + " " + path[0] + (path.length == 2 ? "/id" : "")) {
        case "POST clients" -> createClient(data);
        case "POST appointments" -> create(data);
        case "PATCH appointments/id" -> change(path[1], data);
        case "DELETE appointments/id" -> delete(path[1]);
        default -> JsonApi.error(404, "Record not found");
      };
    } catch (DateTimeException unreadable) {
      return JsonApi.invalid(START, "Start time is invalid");
    } catch (JsonApi.Refused refused) {
      return refused.answer();
    }
  }

  private static String first(JsonNode data, String relation, String attribute) {
    JsonNode list = data.path("relationships").path(relation).path("data");
    return list.path(0).path("attributes").path(attribute).asText("").strip();
  }

  private Answer createClient(JsonNode data) {
    JsonNode attributes = data.path("attributes");
    String email = first(data, "emails", "address");
    String given = attributes.path("firstName").asText("").strip();
    if (given.isEmpty()) {
      return JsonApi.invalid("/data/attributes/firstName", "First name can't be blank");
    }
    if (!email.isEmpty() && !email.matches("[^@\\s]+@[^@\\s]+\\.[^@\\s]+")) {
      return JsonApi.invalid("/data/relationships/emails", "Email is invalid");
    }
    boolean taken =
        !email.isEmpty()
            && account.table(SimplePracticeAccount.CLIENTS).all().stream()
                .anyMatch(row -> row.path("defaultEmailAddress").asText().equalsIgnoreCase(email));
    if (taken) {
      return JsonApi.invalid("/data/relationships/emails", "Email has already been taken");
    }
    String id =
        new ClientRecords(account)
            .create(
                given,
                attributes.path("lastName").asText("").strip(),
                email,
                first(data, "phones", "number"),
                attributes.path("status").asText("active"));
    JsonApi answer = new JsonApi();
    answer.add(
        JsonApi.resource(
            "clients", account.table(SimplePracticeAccount.CLIENTS).require(id), null));
    return answer.one(201);
  }

  /** A linked record that must be there. */
  private ObjectNode linked(JsonNode data, String relation, String table) {
    String id = data.path("relationships").path(relation).path("data").path("id").asText();
    return account
        .table(table)
        .find(id)
        .orElseThrow(() -> new JsonApi.Refused(422, relation + " must exist"));
  }

  /** A couple is none of the clients. */
  private ObjectNode client(JsonNode data) {
    ObjectNode client = linked(data, "client", SimplePracticeAccount.CLIENTS);
    String type = data.path("relationships").path("client").path("data").path("type").asText();
    if (!type.equals(FrontendReads.isCouple(client) ? "clientCouples" : "clients")) {
      throw new JsonApi.Refused(422, "client must exist");
    }
    return client;
  }

  private Answer create(JsonNode data) {
    JsonNode attributes = data.path("attributes");
    Instant start = SimplePracticeAccount.instant(attributes.path("startTime"));
    Instant end = SimplePracticeAccount.instant(attributes.path("endTime"));
    ObjectNode client = client(data);
    ObjectNode clinician = linked(data, "clinician", SimplePracticeAccount.TEAM);
    ObjectNode office = linked(data, "office", SimplePracticeAccount.OFFICES);
    String code = attributes.path("cptCodes").path(0).path("id").asText();
    ObjectNode service = account.table(SimplePracticeAccount.CODES).find(code).orElse(null);
    if (service == null) {
      return JsonApi.invalid("/data/attributes/cptCodes", "Cpt codes are invalid");
    }
    Answer refused = refused(clinician.path("id").asText(), start, end, "");
    if (refused != null) {
      return refused;
    }
    ObjectNode row = account.add(SimplePracticeAccount.APPOINTMENTS).put("_type", "appointments");
    row.put("_client", client.path("id").asText()).put("thisType", "Appointment");
    row.put("startTime", account.time(start)).put("endTime", account.time(end));
    row.put("duration", Duration.between(start, end).toMinutes());
    row.put("attendanceStatus", attributes.path("attendanceStatus").asText("Show"));
    row.put("clinicianId", clinician.path("id").asText());
    row.put("officeId", office.path("id").asText()).set("officeName", office.path("name"));
    row.put("fullDay", "false").put("isRecurring", "false").putNull("clientConfirmationStatus");
    row.putArray("cptCodes").add(Seeder.billed(service));
    return shown(row, 201);
  }

  private Answer shown(ObjectNode row, int status) {
    Request plain = new Request("GET", "", "include=clinician", Map.of(), new byte[0]);
    return new FrontendReads(account).appointment(row, new Parameters(plain)).one(status);
  }

  /** The calendar allows double booking unless a switch says otherwise. */
  private @Nullable Answer refused(String clinician, Instant start, Instant end, String except) {
    if (!start.isBefore(end)) {
      return JsonApi.invalid("/data/attributes/endTime", "End time must be after start time");
    }
    boolean busy =
        account.switches().refuseDoubleBooking
            && new Hours(account).isBusy(clinician, start, end, except);
    return busy ? JsonApi.invalid(START, "Clinician is not available at this time") : null;
  }

  private Answer change(String id, JsonNode data) {
    JsonNode attributes = data.path("attributes");
    ObjectNode row = account.table(SimplePracticeAccount.APPOINTMENTS).find(id).orElse(null);
    if (row == null) {
      return JsonApi.error(404, "Record not found");
    }
    if (attributes.has("attendanceStatus")) {
      String status = attributes.get("attendanceStatus").asText().replace("Canceled", "Cancelled");
      if (!STATUSES.contains(status)) {
        return JsonApi.invalid(
            "/data/attributes/attendanceStatus", "Attendance status is not included in the list");
      }
      row.put("attendanceStatus", status);
    }
    if (attributes.has("startTime")) {
      Instant start = SimplePracticeAccount.instant(attributes.get("startTime"));
      Instant end = SimplePracticeAccount.instant(attributes.path("endTime"));
      String clinician =
          data.path("relationships").has("clinician")
              ? linked(data, "clinician", SimplePracticeAccount.TEAM).path("id").asText()
              : row.path("clinicianId").asText();
      Answer refused = refused(clinician, start, end, id);
      if (refused != null) {
        return refused;
      }
      row.put("clinicianId", clinician);
      row.put("startTime", account.time(start)).put("endTime", account.time(end));
      row.put("duration", Duration.between(start, end).toMinutes());
    }
    return shown(row, 200);
  }

  private Answer delete(String id) {
    return account.table(SimplePracticeAccount.APPOINTMENTS).remove(id)
        ? Answer.empty(204)
        : JsonApi.error(404, "Record not found");
  }
}
