package io.clinicsync.sandbox.halaxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.Moments;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How Halaxy writes FHIR: references, times, money, extensions and refusals. */
final class Fhir {

  static final String BASE = "https://au-api.halaxy.com/main/";
  private static final String TERMS = "https://terminology.halaxy.com/StructureDefinition/";
  static final String STATUS = TERMS + "appointment-participant-status";
  static final String INVOICE = TERMS + "appointment-participant-invoice";
  static final String DURATION = TERMS + "healthcare-service-duration";
  static final String ONLINE = TERMS + "healthcare-service-online-booking";
  static final String MAX_PATIENTS = TERMS + "healthcare-service-max-patients";
  private static final String STATUS_SYSTEM =
      "https://au-api.halaxy.com/presets/CodeSystem/appointment-participant-status";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);

  private Fhir() {}

  static ObjectNode object() {
    return HalaxyAccount.JSON.createObjectNode();
  }

  static ObjectNode resource(String type, String id) {
    return object().put("resourceType", type).put("id", id);
  }

  static ObjectNode reference(String type, String id) {
    return object().put("reference", BASE + type + "/" + id).put("type", type);
  }

  /** The id a reference, absolute or not, or {@code Type/id}, points to; null for another type. */
  static @Nullable String idIn(JsonNode reference, String type) {
    return idIn(reference.path("reference").asText(""), type);
  }

  static @Nullable String idIn(String reference, String type) {
    String[] parts = reference.split("/");
    boolean of = parts.length > 1 && parts[parts.length - 2].equals(type);
    return of ? parts[parts.length - 1] : null;
  }

  static String time(Instant at, ZoneId zone) {
    return TIME.format(at.atZone(zone));
  }

  static Instant instant(JsonNode time) {
    return Moments.instant(time.asText());
  }

  static ObjectNode money(BigDecimal amount, String currency) {
    return object().put("value", amount).put("currency", currency);
  }

  static List<ObjectNode> participants(ObjectNode appointment) {
    List<ObjectNode> participants = new ArrayList<>();
    for (JsonNode each : appointment.path("participant")) {
      if (each instanceof ObjectNode participant) {
        participants.add(participant);
      }
    }
    return participants;
  }

  /** Ids of all actors of one type. */
  static List<String> actors(ObjectNode appointment, String type) {
    return participants(appointment).stream()
        .flatMap(each -> Optional.ofNullable(idIn(each.path("actor"), type)).stream())
        .toList();
  }

  static Optional<ObjectNode> participant(ObjectNode appointment, String type, String id) {
    return participants(appointment).stream()
        .filter(each -> id.equals(idIn(each.path("actor"), type)))
        .findFirst();
  }

  static ObjectNode patientParticipant(String patient, String status) {
    ObjectNode participant = object();
    participant.set("actor", reference("Patient", patient));
    participant.set("modifierExtension", status(status));
    return participant;
  }

  static ArrayNode status(String code) {
    ArrayNode list = HalaxyAccount.JSON.createArrayNode();
    ObjectNode coding = list.addObject().put("url", STATUS).putObject("valueCoding");
    coding.put("system", STATUS_SYSTEM).put("code", code).put("display", code);
    return list;
  }

  static String statusOf(JsonNode participant) {
    for (JsonNode each : participant.path("modifierExtension")) {
      if (each.path("url").asText().equals(STATUS)) {
        return each.path("valueCoding").path("code").asText();
      }
    }
    return "";
  }

  /** Whether it takes its practitioner's time: a block does, one all have cancelled does not. */
  static boolean takesTime(ObjectNode appointment) {
    List<ObjectNode> patients =
        participants(appointment).stream()
            .filter(each -> idIn(each.path("actor"), "Patient") != null)
            .toList();
    return patients.isEmpty()
        || patients.stream().anyMatch(each -> !statusOf(each).startsWith("cancelled"));
  }

  static Answer answer(int status, ObjectNode body) {
    Answer json = Answer.json(status, body.toString());
    return json.with("Content-Type", "application/fhir+json; charset=utf-8");
  }

  static Answer outcome(int status, String code, String diagnostics) {
    ObjectNode outcome = object().put("resourceType", "OperationOutcome");
    outcome
        .putArray("issue")
        .addObject()
        .put("severity", "error")
        .put("code", code)
        .put("diagnostics", diagnostics);
    return answer(status, outcome);
  }

  static Answer notFound() {
    return outcome(404, "not-found", "Resource not found");
  }
}
