package io.clinicsync.sandbox.nookal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The queries of v3. The caller holds the account's lock. */
final class NookalGraph {

  private static final int MOST = 200;

  /** Ranges are loose by some days. */
  private static final int LOOSE = 3;

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE MMM dd uuuu HH:mm:ss 'GMT'Z '('zzz')'", Locale.ENGLISH);

  private final NookalAccount account;

  NookalGraph(NookalAccount account) {
    this.account = account;
  }

  Answer answer(String body) {
    try {
      JsonNode asked = NookalAccount.JSON.readTree(body);
      ObjectNode data = NookalAccount.JSON.createObjectNode();
      for (GraphText.Field field :
          GraphText.fields(asked.path("query").asText(), asked.path("variables"))) {
        data.set(field.name(), field(field));
      }
      ObjectNode answer = NookalAccount.JSON.createObjectNode();
      answer.set("data", data);
      return Answer.json(200, answer.toString());
    } catch (JsonProcessingException | IllegalArgumentException refused) {
      return error(400, String.valueOf(refused.getMessage()));
    }
  }

  static Answer error(int status, String message) {
    ObjectNode body = NookalAccount.JSON.createObjectNode();
    body.putArray("errors").addObject().put("message", message);
    return Answer.json(status, body.toString());
  }

  private JsonNode field(GraphText.Field field) {
    List<ObjectNode> rows = rows(field).toList();
    int length = Math.min(MOST, number(field, "pageLength", MOST));
    int page = Math.max(1, number(field, "page", 1));
    int from = (int) Math.min((page - 1L) * length, rows.size());
    List<ObjectNode> shown =
        rows.subList(from, Math.min(from + length, rows.size())).stream()
            .map(row -> wanted(row, field.wanted()))
            .toList();
    if (shown.size() == 1) {
      // One row comes as itself.
      return shown.getFirst();
    }
    ArrayNode list = NookalAccount.JSON.createArrayNode();
    shown.forEach(list::add);
    return list;
  }

  private static ObjectNode wanted(ObjectNode row, List<GraphText.Field> wanted) {
    ObjectNode shown = row.objectNode();
    for (GraphText.Field each : wanted) {
      if (!row.has(each.name())) {
        throw new IllegalArgumentException("Cannot query field \"" + each.name() + "\".");
      }
      JsonNode value = row.get(each.name());
      if (value instanceof ArrayNode list) {
        ArrayNode kept = shown.putArray(each.name());
        list.forEach(item -> kept.add(wanted((ObjectNode) item, each.wanted())));
      } else {
        shown.set(each.name(), value);
      }
    }
    return shown;
  }

  private static int number(GraphText.Field field, String name, int usual) {
    JsonNode value = field.arguments().get(name);
    return value == null || !value.isNumber() ? usual : value.asInt();
  }

  private Stream<ObjectNode> rows(GraphText.Field field) {
    return switch (field.name()) {
      case "locations" -> account.table("locations").all().stream().map(this::location);
      case "staff" -> account.table("practitioners").all().stream().map(this::staff);
      case "clients" -> account.table("patients").all().stream().map(this::client);
      case "appointments" -> appointments(field);
      case "payments" -> payments(field);
      case "invoices" -> invoices(field);
      default -> throw new IllegalArgumentException("Cannot query field \"" + field.name() + "\".");
    };
  }

  private static boolean among(GraphText.Field field, String name, String id) {
    JsonNode ids = field.arguments().get(name);
    if (ids == null || !ids.isArray()) {
      return true;
    }
    for (JsonNode each : ids) {
      if (each.asText().equals(id)) {
        return true;
      }
    }
    return false;
  }

  private static boolean within(GraphText.Field field, LocalDate date, int loose) {
    Map<String, JsonNode> arguments = field.arguments();
    LocalDate from =
        LocalDate.parse(arguments.getOrDefault("dateFrom", text("1900-01-01")).asText());
    LocalDate to = LocalDate.parse(arguments.getOrDefault("dateTo", text("2999-01-01")).asText());
    return !date.isBefore(from.minusDays(loose)) && !date.isAfter(to.plusDays(loose));
  }

  private static JsonNode text(String value) {
    return NookalAccount.JSON.getNodeFactory().textNode(value);
  }

  private static ObjectNode object() {
    return NookalAccount.JSON.createObjectNode();
  }

  private static long number(JsonNode row, String member) {
    return row.path(member).asLong();
  }

  private ObjectNode location(ObjectNode row) {
    ObjectNode shown = object().put("locationID", number(row, "ID"));
    shown.set("name", row.get("Name"));
    shown.set("addr1", row.get("AddressLine1"));
    shown.set("suburb", row.get("City"));
    shown.set("state", row.get("State"));
    shown.set("country", row.get("Country"));
    ArrayNode services = shown.putArray("services");
    for (ObjectNode each : account.table("services").all()) {
      ObjectNode service = services.addObject().put("serviceID", number(each, "ID"));
      service.set("serviceCode", each.get("ServiceCode"));
      service.set("name", each.get("Name"));
      service.set("category", each.get("Category"));
      service.put("duration", number(each, "Duration")).put("active", number(each, "active"));
    }
    return shown;
  }

  private ObjectNode staff(ObjectNode row) {
    ObjectNode shown = object().put("staffID", number(row, "ID"));
    shown.put("fullName", row.path("FirstName").asText() + " " + row.path("LastName").asText());
    shown.set("firstName", row.get("FirstName"));
    shown.set("lastName", row.get("LastName"));
    return shown.put("status", number(row, "status"));
  }

  private ObjectNode client(ObjectNode row) {
    ObjectNode shown = object().put("clientID", number(row, "ID"));
    shown.set("firstName", row.get("FirstName"));
    shown.set("lastName", row.get("LastName"));
    shown.set("DOB", row.get("DOB"));
    shown.put("locationID", number(row, "LocationID")).put("deceased", number(row, "deceased"));
    return shown.put("active", row.has("active") ? number(row, "active") : 1);
  }

  /** Breaks and notes stand among them. */
  private Stream<ObjectNode> appointments(GraphText.Field field) {
    List<ObjectNode> rows = new ArrayList<>();
    for (ObjectNode row : account.table("appointments").all()) {
      boolean cancelled = row.path("cancelled").asText().equals("1");
      boolean missed = row.path("DNA").asText().equals("1");
      boolean completed = row.path("status").asText().equals("Completed");
      String status =
          cancelled ? "Cancelled" : missed ? "DNA" : completed ? "Completed" : "StdAppt";
      rows.add(
          appointment(row, "Consultation", status)
              .put("clientID", number(row, "patientID"))
              .put("dna", missed ? 1 : 0));
    }
    for (ObjectNode row : account.table("events").all()) {
      String type = row.path("apptType").asText();
      rows.add(
          appointment(row, type, type.equals("DiaryNote") ? "Note" : "Event")
              .put("clientID", 0)
              .put("dna", 0));
    }
    return rows.stream()
        .filter(row -> among(field, "locationIDs", row.path("locationID").asText()))
        .filter(row -> within(field, LocalDate.parse(row.path("appointmentDate").asText()), 0));
  }

  private ObjectNode appointment(ObjectNode row, String type, String status) {
    var zone = account.zoneAt(row.path("locationID").asText());
    DateTimeFormatter time = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    var start = NookalAccount.instant(row, "_start").atZone(zone);
    ObjectNode shown = object().put("apptID", number(row, "ID"));
    shown.put("providerID", number(row, "practitionerID"));
    shown.put("locationID", number(row, "locationID"));
    shown.put("appointmentDate", start.toLocalDate().toString());
    shown.put("startTime", time.format(start));
    shown.put("endTime", time.format(NookalAccount.instant(row, "_end").atZone(zone)));
    return shown.put("apptType", type).put("status", status).putNull("arrived");
  }

  private Stream<ObjectNode> payments(GraphText.Field field) {
    return account.table("payments").all().stream()
        .filter(
            row ->
                within(
                    field,
                    NookalAccount.instant(row, "_at").atZone(account.zone()).toLocalDate(),
                    LOOSE))
        .map(
            row -> {
              ObjectNode shown = object().put("paymentID", number(row, "paymentID"));
              shown.put("clientID", number(row, "patientID"));
              shown.put("invoiceID", number(row, "invoiceID"));
              shown.put("locationID", number(row, "locationID"));
              shown.set("method", row.get("method"));
              shown.set("amount", row.get("amount"));
              shown.put("date", date(NookalAccount.instant(row, "_at")));
              shown.set("active", row.get("active"));
              if (row.has("date")) {
                shown.set("date", row.get("date"));
              }
              return shown;
            });
  }

  private String date(Instant at) {
    return DATE.format(at.atZone(account.zone()));
  }

  /** Their range is not that of the date they were made on. */
  private Stream<ObjectNode> invoices(GraphText.Field field) {
    NookalBills bills = new NookalBills(account);
    int voided = number(field, "void", 0);
    return account.table("invoices").all().stream()
        .filter(row -> row.path("void").asInt() == voided)
        .filter(row -> among(field, "invoiceIDs", row.path("ID").asText()))
        .filter(
            row ->
                within(
                    field,
                    NookalAccount.instant(row, "_modified").atZone(account.zone()).toLocalDate(),
                    LOOSE))
        .map(
            row -> {
              ObjectNode shown = object().put("invoiceID", number(row, "ID"));
              shown.set("invoiceNumber", row.get("invoiceNumber"));
              shown.put("clientID", number(row, "patientID"));
              shown.set("Total", row.get("_total"));
              shown.put("TotalPayments", bills.paid(row)).put("Balance", bills.balance(row));
              shown.put("isThirdPartyInvoice", number(row, "isThirdPartyInvoice"));
              shown.put("void", number(row, "void"));
              return shown.put("dateCreated", date(NookalAccount.instant(row, "_created")));
            });
  }
}
