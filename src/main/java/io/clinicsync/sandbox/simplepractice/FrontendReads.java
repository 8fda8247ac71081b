package io.clinicsync.sandbox.simplepractice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.Request;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the web application reads. The caller holds the account's lock. */
final class FrontendReads {

  private static final Set<String> CLIENT_FIELDS =
      Set.of(
          "hashedId",
          "name",
          "firstName",
          "lastName",
          "middleName",
          "suffix",
          "preferredName",
          "legalName",
          "defaultPhoneNumber",
          "defaultEmailAddress",
          "status",
          "createdAt",
          "inActiveTreatment",
          "generalNotes",
          "sex",
          "isMinor",
          "reminderEmail",
          "reminderPhone",
          "thisType");
  private static final Set<String> APPOINTMENT_FIELDS =
      Set.of(
          "startTime",
          "endTime",
          "duration",
          "attendanceStatus",
          "thisType",
          "title",
          "clinicianId",
          "officeId",
          "officeName",
          "cptCodes",
          "clientConfirmationStatus",
          "fullDay",
          "isRecurring",
          "recurringSchedule",
          "client",
          "clinician",
          "office",
          "practice");

  private final SimplePracticeAccount account;

  FrontendReads(SimplePracticeAccount account) {
    this.account = account;
  }

  Answer read(Request request) {
    Parameters asked = new Parameters(request);
    String[] path = request.path().substring(SimplePracticeSimulator.FRONTEND.length()).split("/");
    try {
      return path.length == 1
          ? list(path[0], asked)
          : path.length == 2 ? single(path[0], path[1], asked) : missing();
    } catch (JsonApi.Refused refused) {
      return refused.answer();
    }
  }

  private static Answer missing() {
    return JsonApi.error(404, "Record not found");
  }

  private Answer list(String what, Parameters asked) {
    return switch (what) {
      case "environment" -> environment(asked);
      case "base-clients" -> baseClients(asked);
      case "clients" -> search(asked);
      case "appointments" -> appointments(asked);
      case "team-members" -> plain(SimplePracticeAccount.TEAM, asked, row -> true);
      case "cpt-codes" -> plain(SimplePracticeAccount.CODES, asked, row -> true);
      case "offices" -> plain(SimplePracticeAccount.OFFICES, asked, row -> true);
      case "billing-items" -> billing(asked);
      case "availabilities" -> new Hours(account).availabilities(asked);
      default -> missing();
    };
  }

  private Answer single(String what, String id, Parameters asked) {
    boolean couples = what.equals("client-couples");
    if (what.equals("clients") || couples) {
      return account
          .table(SimplePracticeAccount.CLIENTS)
          .find(id)
          .filter(row -> isCouple(row) == couples)
          .map(row -> one(client(row, isCouple(row) ? "clientCouples" : "clients", asked)))
          .orElseGet(FrontendReads::missing);
    }
    if (what.equals("appointments")) {
      return account
          .table(SimplePracticeAccount.APPOINTMENTS)
          .find(id)
          .map(row -> one(appointment(row, asked)))
          .orElseGet(FrontendReads::missing);
    }
    return missing();
  }

  private static Answer one(JsonApi answer) {
    return answer.one(200);
  }

  static boolean isCouple(JsonNode row) {
    return row.path("thisType").asText().equals("ClientCouple");
  }

  private Answer environment(Parameters asked) {
    JsonApi answer = new JsonApi();
    ObjectNode row = SimplePracticeAccount.JSON.createObjectNode();
    row.put("id", "1").put("locale", "en");
    ObjectNode environment = JsonApi.resource("environments", row, null);
    JsonApi.link(environment, "currentPractice", "practices", account.practiceId());
    answer.add(environment);
    if (asked.include().contains("currentPractice")) {
      ObjectNode practice = SimplePracticeAccount.JSON.createObjectNode();
      practice.put("id", account.practiceId()).put("fullName", account.name() + " Therapy");
      practice.put("timeZone", account.zone().getId()).put("currency", "USD");
      answer.include(JsonApi.resource("practices", practice, null));
    }
    return answer.one(200);
  }

  private Answer plain(String table, Parameters asked, Predicate<ObjectNode> wanted) {
    List<ObjectNode> rows = account.table(table).all().stream().filter(wanted).toList();
    JsonApi answer = new JsonApi();
    asked.page(rows).forEach(row -> answer.add(JsonApi.resource(table, row, null)));
    return answer.list();
  }

  private Answer baseClients(Parameters asked) {
    String types = asked.filter("thisType");
    Set<String> wanted = JsonApi.words(types == null ? "Client" : types);
    String composite = asked.filter("composite");
    List<ObjectNode> rows =
        account.table(SimplePracticeAccount.CLIENTS).all().stream()
            .filter(row -> wanted.contains(row.path("thisType").asText()))
            .filter(row -> composite == null || row.path("status").asText().equals(composite))
            .filter(row -> asked.asks("clinicianId", row.path("_clinician").asText()))
            .sorted(
                Comparator.comparing((ObjectNode row) -> row.path("lastName").asText())
                    .thenComparing(row -> row.path("id").asLong()))
            .toList();
    JsonApi answer = new JsonApi();
    asked.page(rows).forEach(row -> addClient(answer, row, "baseClients", asked));
    return answer.list();
  }

  private Answer search(Parameters asked) {
    String text = asked.filter("search");
    String wanted = text == null ? "" : text.strip().toLowerCase(Locale.ROOT);
    String digits = wanted.replaceAll("[^0-9]", "");
    List<ObjectNode> rows =
        account.table(SimplePracticeAccount.CLIENTS).all().stream()
            .filter(row -> !isCouple(row) && says(row, wanted, digits))
            .toList();
    JsonApi answer = new JsonApi();
    asked.page(rows).forEach(row -> addClient(answer, row, "clients", asked));
    return answer.list();
  }

  /** Fuzzy: part of a name or address, or four digits of a number. */
  private static boolean says(ObjectNode row, String wanted, String digits) {
    String local = wanted.contains("@") ? wanted.substring(0, wanted.indexOf('@')) : wanted;
    boolean byText =
        Stream.of("name", "defaultEmailAddress")
            .anyMatch(each -> row.path(each).asText().toLowerCase(Locale.ROOT).contains(local));
    String phone = row.path("defaultPhoneNumber").asText().replaceAll("[^0-9]", "");
    return byText || (digits.length() >= 4 && phone.contains(digits));
  }

  private JsonApi client(ObjectNode row, String type, Parameters asked) {
    JsonApi answer = new JsonApi();
    addClient(answer, row, type, asked);
    return answer;
  }

  private void addClient(JsonApi answer, ObjectNode row, String type, Parameters asked) {
    String id = row.path("id").asText();
    ObjectNode resource = JsonApi.resource(type, row, asked.fields(type, CLIENT_FIELDS));
    JsonApi.link(resource, "clinician", "clinicians", row.path("_clinician").asText());
    JsonApi.link(resource, "clientBillingOverview", "clientBillingOverviews", id);
    for (String many : List.of("phones", "emails")) {
      List<String> ids = new ArrayList<>();
      for (JsonNode each : row.path("_" + many)) {
        ids.add(each.path("id").asText());
        if (asked.include().contains(many)) {
          answer.include(JsonApi.resource(many, (ObjectNode) each, null));
        }
      }
      JsonApi.links(resource, many, many, ids);
    }
    if (asked.include().contains("clientBillingOverview")) {
      answer.include(
          JsonApi.resource("clientBillingOverviews", new Billing(account).overview(id), null));
    }
    answer.add(resource);
  }

  JsonApi appointment(ObjectNode row, Parameters asked) {
    JsonApi answer = new JsonApi();
    addAppointment(answer, row, asked);
    return answer;
  }

  private Answer appointments(Parameters asked) {
    Parameters.Span span = asked.timeRange();
    List<ObjectNode> rows =
        account.table(SimplePracticeAccount.APPOINTMENTS).all().stream()
            .filter(row -> asked.asks("clinicianId", row.path("clinicianId").asText()))
            .filter(row -> asked.asks("clientId", row.path("_client").asText()))
            .filter(row -> span.holds(SimplePracticeAccount.instant(row.path("startTime"))))
            .sorted(
                Comparator.comparing(row -> SimplePracticeAccount.instant(row.get("startTime"))))
            .toList();
    JsonApi answer = new JsonApi();
    rows.forEach(row -> addAppointment(answer, row, asked));
    return answer.list();
  }

  private void addAppointment(JsonApi answer, ObjectNode row, Parameters asked) {
    @Nullable Set<String> fields = asked.fields("appointments", APPOINTMENT_FIELDS);
    String type = row.path("_type").asText();
    ObjectNode resource = JsonApi.resource(type, row, fields);
    if (row.hasNonNull("_client")) {
      boolean couple =
          account
              .table(SimplePracticeAccount.CLIENTS)
              .find(row.get("_client").asText())
              .filter(FrontendReads::isCouple)
              .isPresent();
      JsonApi.link(
          resource, "client", couple ? "clientCouples" : "clients", row.get("_client").asText());
      JsonApi.link(resource, "practice", "practices", account.practiceId());
    }
    // Absent unless it is asked for.
    if (asked.include().contains("clinician") || (fields != null && fields.contains("clinician"))) {
      JsonApi.link(resource, "clinician", "clinicians", row.path("clinicianId").asText());
    }
    if (row.hasNonNull("officeId")) {
      JsonApi.link(resource, "office", "offices", row.get("officeId").asText());
      if (asked.include().contains("office")) {
        account
            .table(SimplePracticeAccount.OFFICES)
            .find(row.get("officeId").asText())
            .ifPresent(office -> answer.include(JsonApi.resource("offices", office, null)));
      }
    }
    answer.add(resource);
  }

  /** Pages go back by {@code cursorId}. */
  private Answer billing(Parameters asked) {
    String before = asked.text("page[before]");
    List<ObjectNode> rows =
        account.table(SimplePracticeAccount.BILLING).all().stream()
            .filter(row -> asked.asks("clientId", row.path("_client").asText()))
            .filter(row -> asked.asks("thisType", row.path("thisType").asText()))
            .filter(row -> before == null || row.path("cursorId").asLong() < Long.parseLong(before))
            .sorted(Comparator.comparing((ObjectNode row) -> -row.path("cursorId").asLong()))
            .toList();
    JsonApi answer = new JsonApi();
    asked
        .page(rows)
        .forEach(row -> answer.add(JsonApi.resource(SimplePracticeAccount.BILLING, row, null)));
    return answer.list();
  }
}
