package io.clinicsync.sandbox.pteverywhere;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.Moments;
import io.clinicsync.sandbox.server.Request;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Master data and reports. The caller holds the account's lock. */
final class PtEverywhereReads {

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final int MOST = 500;

  private final PtEverywhereAccount account;

  PtEverywhereReads(PtEverywhereAccount account) {
    this.account = account;
  }

  static String stamp(Instant moment) {
    return STAMP.format(moment);
  }

  /** Null when there is no such route. */
  @Nullable Answer answer(Request request) {
    String path = request.path();
    if (request.method().equals("GET")) {
      return path.startsWith("/masterdata/")
          ? master(path.substring("/masterdata/".length()), request)
          : path.equals("/appointment/available-blocks")
              ? new PtEverywhereBlocks(account).answer(request.query())
              : null;
    }
    if (!request.method().equals("POST") || !path.startsWith("/report/")) {
      return null;
    }
    JsonNode body;
    try {
      body = PtEverywhereAccount.JSON.readTree(request.text());
    } catch (JsonProcessingException unreadable) {
      return PtEverywhereSimulator.message(400, "Invalid body");
    }
    int page = body.path("paging").path("page").asInt(1);
    int size = body.path("paging").path("pageSize").asInt(10);
    try {
      return switch (path) {
        case "/report/general-visit" -> visits(body, page, size);
        case "/report/patient" -> page(patients(body), page, size, null);
        case "/report/demographics" -> page(demographics(body), page, size, null);
        case "/report/provider-revenue" -> page(revenue(body), page, size, null);
        default -> null;
      };
    } catch (DateTimeException unreadable) {
      return PtEverywhereSimulator.message(400, "Invalid dates");
    }
  }

  private @Nullable Answer master(String what, Request request) {
    if (what.startsWith("patients/")) {
      return account
          .table("patients")
          .find(what.substring("patients/".length()))
          .map(row -> Answer.json(200, shown(row).toString()))
          .orElseGet(() -> PtEverywhereSimulator.message(404, "Patient not found"));
    }
    if (!List.of("patients", "services", "locations", "therapists", "clinic-users")
        .contains(what)) {
      return null;
    }
    Map<String, List<String>> query = request.query();
    List<ObjectNode> rows = new ArrayList<>();
    for (ObjectNode row : account.table(what).all()) {
      ObjectNode shown = shown(row);
      if (what.equals("services")) {
        shown.set("price", money(row.path("price").asText(), rows.size()));
      }
      rows.add(shown);
    }
    return page(rows, number(query, "page", 1), number(query, "size", 10), null);
  }

  private static int number(Map<String, List<String>> query, String name, int usual) {
    String text = query.getOrDefault(name, List.of("")).getFirst();
    return text.matches("\\d{1,6}") ? Integer.parseInt(text) : usual;
  }

  /** A record as the API shows it, without what is the simulator's own. */
  private static ObjectNode shown(ObjectNode row) {
    ObjectNode shown = row.objectNode();
    row.properties()
        .forEach(
            member -> {
              if (!member.getKey().startsWith("_") || member.getKey().equals("_id")) {
                shown.set(member.getKey(), member.getValue());
              }
            });
    return shown;
  }

  /** Numbers and texts with currency signs, in turns. */
  private static JsonNode money(String plain, int index) {
    BigDecimal amount = new BigDecimal(plain.isEmpty() ? "0" : plain);
    return index % 2 == 0
        ? PtEverywhereAccount.JSON.getNodeFactory().numberNode(amount)
        : PtEverywhereAccount.JSON
            .getNodeFactory()
            .textNode(String.format(Locale.US, "$%,.2f", amount));
  }

  private Answer page(List<ObjectNode> all, int page, int size, @Nullable ObjectNode summary) {
    PtEverywhereSwitches switches = account.switches();
    int limit = Math.clamp(size, 1, MOST);
    int pages = Math.max(1, Math.ceilDiv(all.size(), limit));
    int shown = switches.repeatLast ? Math.clamp(page, 1, pages) : Math.max(1, page);
    int from = Math.min(all.size(), (shown - 1) * limit);
    ArrayNode docs = PtEverywhereAccount.JSON.createArrayNode();
    all.subList(from, Math.min(all.size(), from + limit)).forEach(docs::add);
    if (switches.listKey.isEmpty()) {
      return Answer.json(200, docs.toString());
    }
    ObjectNode body = PtEverywhereAccount.JSON.createObjectNode();
    body.set(switches.listKey, docs);
    if (!switches.noPaging) {
      body.put("totalDocs", all.size()).put("totalPages", pages);
      body.put("page", page).put("limit", limit);
    }
    if (summary != null) {
      body.set("summary", summary);
    }
    return Answer.json(200, body.toString());
  }

  private LocalDate day(ObjectNode row) {
    ZoneId zone = account.switches().utcDates ? ZoneOffset.UTC : account.zone();
    return Moments.instant(row.get("startDateTime").asText()).atZone(zone).toLocalDate();
  }

  private Answer visits(JsonNode body, int page, int size) {
    JsonNode asked = body.path("dateOfService");
    LocalDate from = LocalDate.parse(asked.path("startDate").asText());
    LocalDate to = LocalDate.parse(asked.path("endDate").asText());
    if (to.isBefore(from)) {
      return PtEverywhereSimulator.message(400, "Invalid dates");
    }
    List<ObjectNode> rows = new ArrayList<>();
    account.table("appointments").all().stream()
        .filter(row -> !day(row).isBefore(from) && !day(row).isAfter(to))
        .sorted(
            Comparator.comparing((ObjectNode row) -> row.get("startDateTime").asText())
                .thenComparing(row -> row.get("_id").asText()))
        .forEach(row -> rows.add(visit(row)));
    ObjectNode summary =
        PtEverywhereAccount.JSON.createObjectNode().put("totalAppointments", rows.size());
    return page(rows, page, size, summary);
  }

  private ObjectNode visit(ObjectNode row) {
    ObjectNode shown = shown(row);
    int turn = Math.floorMod(row.get("_id").asText().hashCode(), 2);
    shown.put("dateOfService", day(row).toString());
    shown.set("charges", money(row.path("charges").asText(), turn));
    shown.set("payments", money(row.path("payments").asText(), turn + 1));
    ObjectNode patient = account.table("patients").require(row.get("_patient").asText());
    ObjectNode whose = shown.putObject("patient");
    whose.set("_id", patient.get("_id"));
    whose.put("fullName", name(patient));
    for (String member : List.of("firstName", "lastName", "email")) {
      whose.set(member, patient.get(member));
    }
    whose.put("patientCode", "P-" + patient.get("_id").asText().substring(18));
    whose.put("totalAppointmentVisit", visitsOf(patient.get("_id").asText()).size());
    named(shown.putObject("service"), "services", row.get("_service").asText());
    named(shown.putObject("provider"), "therapists", row.get("_provider").asText());
    named(shown.putObject("location"), "locations", row.get("_location").asText());
    if (row.hasNonNull("_invoice")) {
      ObjectNode invoice = shown.putObject("invoice");
      invoice.set("invoiceNo", row.get("_invoice"));
      invoice.set("invoiceStatus", row.get("_invoiceStatus"));
    }
    return shown;
  }

  private void named(ObjectNode to, String table, String id) {
    to.put("_id", id).set("name", account.table(table).require(id).get("name"));
  }

  private static String name(ObjectNode row) {
    return row.path("firstName").asText() + " " + row.path("lastName").asText();
  }

  private List<ObjectNode> visitsOf(String patient) {
    return visitsByPatient().getOrDefault(patient, List.of());
  }

  private @Nullable Map<String, List<ObjectNode>> byPatient;

  private Map<String, List<ObjectNode>> visitsByPatient() {
    if (byPatient == null) {
      Map<String, List<ObjectNode>> found = new HashMap<>();
      account.table("appointments").all().stream()
          .sorted(Comparator.comparing(row -> row.get("startDateTime").asText()))
          .forEach(
              row ->
                  found
                      .computeIfAbsent(row.get("_patient").asText(), id -> new ArrayList<>())
                      .add(row));
      byPatient = found;
    }
    return byPatient;
  }

  private Stream<ObjectNode> searched(JsonNode body) {
    String wanted = body.path("searchStr").asText("").strip().toLowerCase(Locale.ROOT);
    return account.table("patients").all().stream()
        .filter(
            row ->
                wanted.isEmpty()
                    || name(row).toLowerCase(Locale.ROOT).contains(wanted)
                    || row.path("email").asText("").toLowerCase(Locale.ROOT).contains(wanted));
  }

  private List<ObjectNode> patients(JsonNode body) {
    JsonNode created = body.path("createdDate");
    LocalDate from = LocalDate.parse(created.path("startDate").asText());
    LocalDate to = LocalDate.parse(created.path("endDate").asText());
    List<ObjectNode> rows = new ArrayList<>();
    searched(body)
        .filter(
            row -> {
              LocalDate day =
                  Moments.instant(row.get("_created").asText())
                      .atZone(account.zone())
                      .toLocalDate();
              return !day.isBefore(from) && !day.isAfter(to);
            })
        .forEach(row -> rows.add(figures(row)));
    return rows;
  }

  private ObjectNode figures(ObjectNode patient) {
    String id = patient.get("_id").asText();
    List<ObjectNode> visits = visitsOf(id);
    ObjectNode row = PtEverywhereAccount.JSON.createObjectNode().put("patientId", id);
    row.put("patientName", name(patient));
    row.set("email", patient.get("email"));
    row.set("phone", patient.get("phoneNumber"));
    row.put("registrationDateStr", patient.get("_created").asText().substring(0, 10));
    String now = stamp(account.moment());
    List<ObjectNode> kept =
        visits.stream()
            .filter(each -> !each.get("appointmentStatus").asText().equals("Cancelled"))
            .toList();
    List<ObjectNode> done =
        kept.stream()
            .filter(each -> each.get("appointmentStatus").asText().matches("Completed|Checked Out"))
            .toList();
    if (!kept.isEmpty()) {
      moment(row.putObject("firstAppointment"), kept.getFirst());
      moment(row.putObject("lastAppointment"), kept.getLast());
    }
    kept.stream()
        .filter(each -> each.get("startDateTime").asText().compareTo(now) > 0)
        .findFirst()
        .ifPresent(each -> moment(row.putObject("nextAppointment"), each));
    if (!done.isEmpty()) {
      row.put("firstSeenBy", provider(done.getFirst()));
      row.put("lastSeenBy", provider(done.getLast()));
    }
    row.set("referredByName", patient.get("_referral"));
    List<String> payers = new ArrayList<>();
    patient.path("_payers").forEach(each -> payers.add(each.asText()));
    row.put("payersName", String.join(", ", payers));
    row.set("totalRevenue", money(sum(visits, "charges"), visits.size()));
    row.set("totalCollected", money(sum(visits, "payments"), visits.size() + 1));
    row.set("status", patient.get("status"));
    row.put("totalAppointmentVisit", visits.size()).put("totalSessionCompleted", done.size());
    return row;
  }

  private static void moment(ObjectNode to, ObjectNode visit) {
    to.set("_id", visit.get("_id"));
    to.set("startDate", visit.get("startDateTime"));
  }

  private String provider(ObjectNode visit) {
    return account
        .table("therapists")
        .require(visit.get("_provider").asText())
        .path("name")
        .asText();
  }

  private static String sum(List<ObjectNode> visits, String member) {
    return visits.stream()
        .map(each -> new BigDecimal(each.path(member).asText("0")))
        .reduce(BigDecimal.ZERO, BigDecimal::add)
        .toPlainString();
  }

  /** The year and month asked for are those of birth. */
  private List<ObjectNode> demographics(JsonNode body) {
    int from = body.path("fromYear").asInt(0);
    int to = body.path("toYear").asInt(9999);
    List<ObjectNode> rows = new ArrayList<>();
    searched(body)
        .filter(
            row -> {
              String born = row.path("dateOfBirth").asText("");
              int year = born.matches("\\d{4}-.*") ? Integer.parseInt(born.substring(0, 4)) : from;
              return year >= from && year <= to;
            })
        .forEach(
            patient -> {
              ObjectNode row = patient.objectNode();
              for (String member :
                  List.of(
                      "_id",
                      "firstName",
                      "lastName",
                      "email",
                      "dateOfBirth",
                      "phoneNumber",
                      "address",
                      "city",
                      "state",
                      "zipCode")) {
                row.set(member, patient.get(member));
              }
              row.set("openCaseStr", patient.get("_case"));
              // One of its members ends in a blank, as seen.
              row.putObject("dependentOf").put("LastName ", "");
              rows.add(row);
            });
    return rows;
  }

  private List<ObjectNode> revenue(JsonNode body) {
    LocalDate from = LocalDate.parse(body.path("startDate").asText());
    LocalDate to = LocalDate.parse(body.path("endDate").asText());
    List<ObjectNode> rows = new ArrayList<>();
    for (ObjectNode therapist : account.table("therapists").all()) {
      List<ObjectNode> theirs =
          account.table("appointments").all().stream()
              .filter(row -> row.get("_provider").equals(therapist.get("_id")))
              .filter(row -> !day(row).isBefore(from) && !day(row).isAfter(to))
              .toList();
      ObjectNode row = therapist.objectNode();
      named(row, "therapists", therapist.get("_id").asText());
      row.set("totalRevenue", money(sum(theirs, "charges"), rows.size()));
      rows.add(row);
    }
    return rows;
  }
}
