package io.clinicsync.sandbox.pteverywhere;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.Request;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The assumed write routes: nobody has seen PtEverywhere take a write. The caller holds the
 * account's lock.
 */
final class PtEverywhereWrites {

  private static final Pattern ONE = Pattern.compile("/appointment/([0-9a-f]{24})(/cancel)?");

  private final PtEverywhereAccount account;

  PtEverywhereWrites(PtEverywhereAccount account) {
    this.account = account;
  }

  /** Null when there is no such route. */
  @Nullable Answer write(Request request) {
    JsonNode body;
    try {
      body = PtEverywhereAccount.JSON.readTree(request.text());
    } catch (JsonProcessingException unreadable) {
      return PtEverywhereSimulator.message(400, "Invalid body");
    }
    Matcher one = ONE.matcher(request.path());
    if (one.matches()) {
      return one(request.method(), one.group(1), one.group(2) != null, body);
    }
    if (!request.method().equals("POST")) {
      return null;
    }
    return switch (request.path()) {
      case "/appointment" -> book(body);
      case "/masterdata/patients" -> register(body);
      default -> null;
    };
  }

  private Answer register(JsonNode body) {
    if (blank(body, "firstName") || blank(body, "lastName")) {
      return PtEverywhereSimulator.message(422, "firstName and lastName are required");
    }
    String email = body.path("email").asText("");
    boolean known =
        !email.isEmpty()
            && account.table("patients").all().stream()
                .anyMatch(row -> row.path("email").asText("").equalsIgnoreCase(email));
    if (known) {
      return PtEverywhereSimulator.message(409, "Patient already exists");
    }
    Map<String, Object> members = new java.util.LinkedHashMap<>();
    for (String member :
        new String[] {"firstName", "lastName", "email", "phoneNumber", "dateOfBirth"}) {
      if (!blank(body, member)) {
        members.put(member, body.get(member).asText());
      }
    }
    return made(201, account.edits().createPatient(members), "Active");
  }

  private static boolean blank(JsonNode body, String member) {
    return body.path(member).asText("").isBlank();
  }

  private static Answer made(int status, String id, String word) {
    return Answer.json(status, JsonOut.of(Map.of("_id", id, "status", word)))
        .with("X-Sandbox-Id", id);
  }

  private Answer book(JsonNode body) {
    for (String[] each :
        new String[][] {
          {"patient", "patients"},
          {"therapist", "therapists"},
          {"service", "services"},
          {"location", "locations"}
        }) {
      if (account.table(each[1]).find(body.path(each[0]).asText()).isEmpty()) {
        return PtEverywhereSimulator.message(422, each[0] + " is not known");
      }
    }
    Instant start = instant(body, "startDateTime");
    Instant end = instant(body, "endDateTime");
    if (start == null || end == null || !end.isAfter(start)) {
      return PtEverywhereSimulator.message(422, "startDateTime and endDateTime are required");
    }
    if (taken(body.path("therapist").asText(), "", start, end)) {
      return PtEverywhereSimulator.message(409, "Slot is not available");
    }
    String id =
        account
            .edits()
            .book(
                body.path("patient").asText(),
                body.path("therapist").asText(),
                body.path("location").asText(),
                body.path("service").asText(),
                start);
    ObjectNode row = account.table("appointments").require(id);
    row.put("endDateTime", PtEverywhereReads.stamp(end));
    return made(201, id, "Scheduled");
  }

  private static @Nullable Instant instant(JsonNode body, String member) {
    try {
      return Instant.parse(body.path(member).asText());
    } catch (DateTimeException unreadable) {
      return null;
    }
  }

  private boolean taken(String therapist, String without, Instant start, Instant end) {
    return new PtEverywhereBlocks(account)
        .busy(therapist, without).stream()
            .anyMatch(span -> span[0].isBefore(end) && span[1].isAfter(start));
  }

  private @Nullable Answer one(String method, String id, boolean cancel, JsonNode body) {
    Optional<ObjectNode> found = account.table("appointments").find(id);
    if (found.isEmpty()) {
      return PtEverywhereSimulator.message(404, "Appointment not found");
    }
    ObjectNode row = found.get();
    if (cancel && method.equals("POST")) {
      if (row.path("appointmentStatus").asText().equals("Cancelled")) {
        return PtEverywhereSimulator.message(409, "Appointment is already cancelled");
      }
      account.edits().cancel(id);
      return made(200, id, "Cancelled");
    }
    if (cancel || !method.equals("PUT")) {
      return null;
    }
    Instant start = instant(body, "startDateTime");
    Instant end = instant(body, "endDateTime");
    if (start == null || end == null || !end.isAfter(start)) {
      return PtEverywhereSimulator.message(422, "startDateTime and endDateTime are required");
    }
    String therapist = body.path("therapist").asText(row.path("_provider").asText());
    if (taken(therapist, id, start, end)) {
      return PtEverywhereSimulator.message(409, "Slot is not available");
    }
    account.edits().move(id, start);
    row.put("endDateTime", PtEverywhereReads.stamp(end)).put("_provider", therapist);
    return made(200, id, row.path("appointmentStatus").asText());
  }
}
