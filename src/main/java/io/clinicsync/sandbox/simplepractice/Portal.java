package io.clinicsync.sandbox.simplepractice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.Request;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The client portal, as far as it can be read without signing in. */
final class Portal {

  private static final String API = "/client-portal-api/";
  private static final int MOST_DAYS = 31;

  private final SimplePracticeAccount account;

  Portal(SimplePracticeAccount account) {
    this.account = account;
  }

  /** What any unknown path gives. */
  static Answer page() {
    return Answer.html(200, "<!DOCTYPE html><html><body><div id=\"portal\"></div></body></html>");
  }

  Answer answer(Request request, String path) {
    if (!path.startsWith(API) || !request.method().equals("GET")) {
      return page();
    }
    if (request.header("application-build-version") == null
        || !"web".equals(request.header("application-platform"))) {
      return JsonApi.error(400, "Application-Build-Version is missing");
    }
    Parameters asked = new Parameters(request);
    try {
      return switch (path.substring(API.length())) {
        case "clinicians" -> clinicians();
        case "cpt-codes" -> codes(asked);
        case "offices" -> offices(asked);
        case "slots" -> slots(asked);
        default -> page();
      };
    } catch (JsonApi.Refused refused) {
      return refused.answer();
    }
  }

  private @Nullable ObjectNode clinician(Parameters asked) {
    String id = asked.filter("clinicianId");
    ObjectNode row =
        id == null ? null : account.table(SimplePracticeAccount.TEAM).find(id).orElse(null);
    return row != null && row.path("_online").asBoolean() ? row : null;
  }

  private Answer clinicians() {
    JsonApi answer = new JsonApi();
    account.table(SimplePracticeAccount.TEAM).all().stream()
        .filter(row -> row.path("_online").asBoolean())
        .forEach(
            row ->
                answer.add(JsonApi.resource("clinicians", row, Set.of("firstName", "lastName"))));
    return answer.list();
  }

  private static boolean lists(JsonNode list, String id) {
    for (JsonNode each : list) {
      if (each.asText().equals(id)) {
        return true;
      }
    }
    return false;
  }

  private Answer codes(Parameters asked) {
    ObjectNode clinician = clinician(asked);
    JsonApi answer = new JsonApi();
    for (ObjectNode row : account.table(SimplePracticeAccount.CODES).all()) {
      boolean offered =
          clinician != null && lists(clinician.path("_codes"), row.path("id").asText());
      if (offered && row.path("_online").asBoolean()) {
        // No CPT number here.
        answer.add(
            JsonApi.resource(
                "cptCodes", row, Set.of("description", "duration", "rate", "callToBook")));
      }
    }
    return answer.list();
  }

  private Answer offices(Parameters asked) {
    ObjectNode clinician = clinician(asked);
    JsonApi answer = new JsonApi();
    for (ObjectNode row : account.table(SimplePracticeAccount.OFFICES).all()) {
      if (clinician != null && lists(clinician.path("_offices"), row.path("id").asText())) {
        answer.add(JsonApi.resource("offices", row, null));
      }
    }
    return answer.list();
  }

  private static LocalDate date(Parameters asked, String name) {
    try {
      return LocalDate.parse(String.valueOf(asked.filter(name)));
    } catch (DateTimeException unreadable) {
      throw new JsonApi.Refused(400, "filter[" + name + "] is invalid");
    }
  }

  private Answer slots(Parameters asked) {
    LocalDate first = date(asked, "startDate");
    LocalDate last = date(asked, "endDate");
    if (first.isAfter(last) || ChronoUnit.DAYS.between(first, last) >= MOST_DAYS) {
      return JsonApi.error(400, "filter[endDate] is invalid");
    }
    ObjectNode clinician = clinician(asked);
    String code = String.valueOf(asked.filter("cptCodeId"));
    ObjectNode service = account.table(SimplePracticeAccount.CODES).find(code).orElse(null);
    JsonApi answer = new JsonApi();
    if (clinician == null
        || service == null
        || !lists(clinician.path("_codes"), code)
        || !lists(clinician.path("_offices"), String.valueOf(asked.filter("officeId")))) {
      return answer.list();
    }
    for (LocalDate day = first; !day.isAfter(last); day = day.plusDays(1)) {
      answer.add(day(clinician.path("id").asText(), service, day));
    }
    return answer.list();
  }

  private ObjectNode day(String clinician, ObjectNode service, LocalDate day) {
    Duration length = Duration.ofMinutes(service.path("duration").asLong());
    ObjectNode row = SimplePracticeAccount.JSON.createObjectNode().put("id", day.toString());
    ArrayNode spots = row.put("date", day.toString()).putArray("spots");
    for (Instant start : new Hours(account).free(clinician, length, day)) {
      spots
          .addObject()
          .put("start", account.time(start))
          .put("end", account.time(start.plus(length)));
    }
    return JsonApi.resource("slots", row, null);
  }
}
