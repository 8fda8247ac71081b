package io.clinicsync.sandbox.halaxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.Request;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Creates, merge patches and bookings. The caller holds the account's lock. */
final class HalaxyWrites {

  private static final BigDecimal FEE = new BigDecimal("95.00");

  private final HalaxyAccount account;

  HalaxyWrites(HalaxyAccount account) {
    this.account = account;
  }

  Answer answer(Request request, String path) {
    String[] parts = path.split("/");
    String call = request.method() + " " + parts[0] + (parts.length > 1 ? "/" : "");
    return switch (call) {
      case "POST Patient" -> createPatient(body(request));
      case "PATCH Patient/" -> patch("Patient", parts[1], body(request));
      case "PUT Patient/" -> replacePatient(parts[1], body(request));
      case "PATCH Appointment/" -> patch("Appointment", parts[1], body(request));
      case "POST Appointment/" ->
          parts[1].equals("$book") ? book(body(request)) : Answer.empty(405);
      // Nothing can be deleted, and most things cannot be made either.
      default -> Answer.empty(405);
    };
  }

  private static ObjectNode body(Request request) {
    try {
      JsonNode body = HalaxyAccount.JSON.readTree(request.text());
      if (body instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException notJson) {
      // As below.
    }
    throw new Refused(400, "structure", "The body is no JSON object");
  }

  private Answer createPatient(ObjectNode body) {
    requireName(body);
    ObjectNode row = Fhir.resource("Patient", account.newId()).put("active", true);
    take(row, body);
    return saved(201, row);
  }

  private static void requireName(ObjectNode body) {
    JsonNode name = body.path("name").path(0);
    if (name.path("family").asText("").isBlank()
        || name.path("given").path(0).asText("").isBlank()) {
      throw new Refused(422, "required", "name with family and given is required");
    }
  }

  /** Everything but what Halaxy sets itself and what it drops without a word. */
  private static void take(ObjectNode row, ObjectNode body) {
    for (String member :
        List.of(
            "name", "telecom", "gender", "birthDate", "address", "contact", "deceasedBoolean")) {
      if (body.has(member)) {
        if (body.get(member).isNull()) {
          row.remove(member);
        } else {
          row.set(member, body.get(member));
        }
      }
    }
  }

  private Answer replacePatient(String id, ObjectNode body) {
    Optional<ObjectNode> old = account.table("Patient").find(id);
    if (old.isEmpty()) {
      return Fhir.notFound();
    }
    requireName(body);
    ObjectNode row = Fhir.resource("Patient", id);
    row.set("active", old.get().path("active"));
    take(row, body);
    return saved(200, row);
  }

  private Answer saved(int status, ObjectNode row) {
    account.touch(row);
    account.put(row);
    return Fhir.answer(status, row);
  }

  private Answer patch(String type, String id, ObjectNode body) {
    Optional<ObjectNode> found = account.table(type).find(id);
    if (found.isEmpty()) {
      return Fhir.notFound();
    }
    ObjectNode row = found.get();
    if (type.equals("Patient")) {
      take(row, body);
    } else {
      patchAppointment(row, body);
    }
    return saved(200, row);
  }

  private void patchAppointment(ObjectNode row, ObjectNode body) {
    Instant start = time(body.has("start") ? body : row, "start");
    Instant end = time(body.has("end") ? body : row, "end");
    if (!end.isAfter(start)) {
      throw new Refused(422, "invalid", "end must be after start");
    }
    if (body.has("start") || body.has("end")) {
      String role = Fhir.actors(row, "PractitionerRole").getFirst();
      refuseOverlap(role, start, end, row.path("id").asText());
      row.put("start", account.time(start)).put("end", account.time(end));
      row.put("minutesDuration", java.time.Duration.between(start, end).toMinutes());
    }
    if (body.has("description")) {
      row.put("description", body.path("description").asText());
    }
    for (JsonNode each : body.path("participant")) {
      String patient = Fhir.idIn(each.path("actor"), "Patient");
      ObjectNode own =
          patient == null ? null : Fhir.participant(row, "Patient", patient).orElse(null);
      if (own == null) {
        throw new Refused(422, "invalid", "no such participant");
      }
      // Matched by actor; the others stay as they are.
      String status = Fhir.statusOf(each);
      own.set("modifierExtension", Fhir.status(status));
      if (status.equals("cancelled (no charge)")) {
        free(own);
      }
    }
  }

  private void free(ObjectNode participant) {
    for (JsonNode each : participant.path("extension")) {
      String invoice = Fhir.idIn(each.path("valueReference"), "Invoice");
      if (invoice != null) {
        ObjectNode row = account.table("Invoice").require(invoice);
        HalaxyEdits.amounts(
            row, account.currency(), BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);
        account.touch(row);
      }
    }
  }

  private static Instant time(JsonNode row, String member) {
    try {
      return Fhir.instant(row.path(member));
    } catch (DateTimeException unreadable) {
      throw new Refused(422, "invalid", member + " must be a time with an offset");
    }
  }

  private void refuseOverlap(String role, Instant start, Instant end, String except) {
    boolean taken =
        HalaxyFind.busy(account, role, except, account.moment()).stream()
            .anyMatch(span -> span[0].isBefore(end) && span[1].isAfter(start));
    if (taken && account.switches().strictBooking) {
      throw new Refused(409, "conflict", "The practitioner has an appointment at this time");
    }
  }

  /** Also makes an invoice, as the real one does. */
  private Answer book(ObjectNode body) {
    if (!body.path("resourceType").asText().equals("Parameters")) {
      throw new Refused(422, "structure", "a Parameters resource is required");
    }
    String patient = reference(body, "patient-id", "Patient");
    String service = reference(body, "healthcare-service-id", "HealthcareService");
    if (value(body, "location-type").path("valueCode").asText("").isEmpty()) {
      throw new Refused(422, "required", "location-type is required");
    }
    String status = value(body, "status").path("valueCode").asText("booked");
    String existing = value(body, "appt-id").path("valueReference").path("reference").asText("");
    ObjectNode row = existing.isEmpty() ? fresh(body, service) : joined(existing);
    if (Fhir.participant(row, "Patient", patient).isPresent()) {
      throw new Refused(409, "conflict", "The patient is in this appointment already");
    }
    row.withArray("participant").add(Fhir.patientParticipant(patient, status));
    account.put(row);
    account.edits().invoice(row, patient, FEE);
    return saved(201, row);
  }

  private ObjectNode joined(String reference) {
    String id = reference.substring(reference.lastIndexOf('/') + 1);
    return account
        .table("Appointment")
        .find(id)
        .orElseThrow(() -> new Refused(422, "invalid", "appt-id names nothing"));
  }

  private ObjectNode fresh(ObjectNode body, String service) {
    JsonNode wanted = value(body, "appt-resource").path("resource");
    List<String> roles = new ArrayList<>();
    for (JsonNode each : wanted.path("participant")) {
      String role = Fhir.idIn(each.path("actor"), "PractitionerRole");
      if (role != null && account.table("PractitionerRole").find(role).isPresent()) {
        roles.add(role);
      }
    }
    if (roles.isEmpty()) {
      throw new Refused(422, "invalid", "a known PractitionerRole must take part");
    }
    Instant start = time(wanted, "start");
    Instant end = time(wanted, "end");
    if (!end.isAfter(start)) {
      throw new Refused(422, "invalid", "end must be after start");
    }
    refuseOverlap(roles.getFirst(), start, end, "");
    ObjectNode row =
        HalaxyEdits.appointment(account.newId(), start, end, account.zone(), roles.getFirst());
    row.put("created", account.time(account.state().second()));
    row.putArray("supportingInformation").add(Fhir.reference("HealthcareService", service));
    if (wanted.has("description") && !account.switches().dropComments) {
      row.put("description", wanted.path("description").asText());
    }
    return row;
  }

  private static JsonNode value(ObjectNode body, String name) {
    for (JsonNode each : body.path("parameter")) {
      if (each.path("name").asText().equals(name)) {
        return each;
      }
    }
    return HalaxyAccount.JSON.missingNode();
  }

  private String reference(ObjectNode body, String name, String type) {
    String id = Fhir.idIn(value(body, name).path("valueReference"), type);
    if (id == null || account.table(type).find(id).isEmpty()) {
      throw new Refused(422, "invalid", name + " names nothing");
    }
    return id;
  }
}
