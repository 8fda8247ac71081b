package io.clinicsync.sandbox.simplepractice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.JsonTable;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** What staff do in the vendor's own screens: {@code {"edit":"book","patient":…}}. */
final class StaffEdits {

  private final SimplePracticeAccount account;

  StaffEdits(SimplePracticeAccount account) {
    this.account = account;
  }

  String run(JsonNode command) {
    ObjectNode answer = SimplePracticeAccount.JSON.createObjectNode();
    if (text(command, "edit").equals("touchMany")) {
      ArrayNode ids = answer.putArray("ids");
      for (String id : touched(text(command, "resource"), command.path("count").asInt())) {
        ids.add(id);
      }
      return answer.toString();
    }
    String id = account.exclusively(() -> one(command));
    account.state().logEdit(text(command, "edit"), id, command.toString());
    return answer.put("id", id).toString();
  }

  private static String text(JsonNode body, String name) {
    if (!body.hasNonNull(name)) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return body.get(name).asText();
  }

  private static Instant instant(JsonNode body, String name) {
    return Instant.parse(text(body, name));
  }

  private JsonTable clients() {
    return account.table(SimplePracticeAccount.CLIENTS);
  }

  private JsonTable appointments() {
    return account.table(SimplePracticeAccount.APPOINTMENTS);
  }

  private List<String> touched(String resource, int count) {
    List<String> ids = account.table(resource).ids();
    List<String> some = ids.subList(0, Math.min(count, ids.size()));
    for (String id : some) {
      ObjectNode row = account.table(resource).require(id);
      if (resource.equals(SimplePracticeAccount.CLIENTS)) {
        row.put("middleName", "M" + account.moment().getEpochSecond());
      } else {
        row.put("clientConfirmationStatus", "confirmed");
      }
      account.state().logEdit("touch", id, row.toString());
    }
    return some;
  }

  private String one(JsonNode body) {
    Billing billing = new Billing(account);
    return switch (text(body, "edit")) {
      case "createPatient" -> createClient(body.path("members"));
      case "book" -> book(body);
      case "block" -> block(body);
      case "issueInvoice" ->
          billing.invoice(
              text(body, "patient"), new BigDecimal(text(body, "amount")), account.moment());
      case "payInvoice" -> billing.pay(text(body, "id"), account.moment());
      case "refund" ->
          billing.payment(
              text(body, "patient"),
              new BigDecimal(text(body, "amount")).negate(),
              account.moment());
      case "switch" -> flip(body);
      case "unlock" -> {
        account.unlock();
        yield account.login();
      }
      case "set" -> set(account.table(text(body, "resource")), body);
      default -> byId(text(body, "edit"), text(body, "id"), body);
    };
  }

  private String byId(String edit, String id, JsonNode body) {
    switch (edit) {
      case "updatePatient" -> set(clients(), body);
      case "archivePatient" ->
          clients().require(id).put("status", "inactive").put("inActiveTreatment", "false");
      case "deletePatient" -> deleteClient(id);
      case "move" -> move(appointments().require(id), instant(body, "start"));
      case "cancel" ->
          appointments()
              .require(id)
              .put("attendanceStatus", body.path("status").asText("Cancelled"));
      case "arrive" -> appointments().require(id).put("attendanceStatus", "Show");
      case "noShow" -> appointments().require(id).put("attendanceStatus", "No Show");
      case "deleteAppointment" -> {
        appointments().require(id);
        appointments().remove(id);
      }
      default -> throw new IllegalArgumentException("no such edit: " + edit);
    }
    return id;
  }

  private static String set(JsonTable table, JsonNode body) {
    ObjectNode row = table.require(text(body, "id"));
    body.path("members").properties().forEach(each -> row.set(each.getKey(), each.getValue()));
    if (table.name().equals(SimplePracticeAccount.CLIENTS)
        && body.path("members").has("defaultPhoneNumber")) {
      row.withArray("_phones").removeAll();
    }
    return row.path("id").asText();
  }

  private void deleteClient(String id) {
    clients().require(id);
    clients().remove(id);
    for (String each : appointments().ids()) {
      if (appointments().require(each).path("_client").asText().equals(id)) {
        appointments().remove(each);
      }
    }
  }

  private String createClient(JsonNode members) {
    return new ClientRecords(account)
        .create(
            members.path("firstName").asText(),
            members.path("lastName").asText(),
            members.path("email").asText(""),
            members.path("phone").asText(""),
            members.path("status").asText("active"));
  }

  private String book(JsonNode body) {
    ObjectNode code = account.table(SimplePracticeAccount.CODES).require(text(body, "treatment"));
    Instant start = instant(body, "start");
    Instant end = start.plus(Duration.ofMinutes(code.path("duration").asLong()));
    String office = text(body, "location");
    ObjectNode row = placed(text(body, "practitioner"), start, end);
    row.put("_type", "appointments").put("_client", text(body, "patient"));
    row.put("thisType", "Appointment").put("attendanceStatus", "Show").put("officeId", office);
    row.set(
        "officeName", account.table(SimplePracticeAccount.OFFICES).require(office).path("name"));
    row.put("isRecurring", "false").putNull("clientConfirmationStatus");
    row.putArray("cptCodes").add(Seeder.billed(code));
    return row.path("id").asText();
  }

  private String block(JsonNode body) {
    ObjectNode row =
        placed(text(body, "practitioner"), instant(body, "start"), instant(body, "end"));
    row.put("_type", "nonClientAppointments").put("title", "Lunch");
    return row.path("id").asText();
  }

  private ObjectNode placed(String clinician, Instant start, Instant end) {
    account.table(SimplePracticeAccount.TEAM).require(clinician);
    ObjectNode row = account.add(SimplePracticeAccount.APPOINTMENTS);
    row.put("startTime", account.time(start)).put("endTime", account.time(end));
    row.put("duration", Duration.between(start, end).toMinutes()).put("fullDay", "false");
    return row.put("clinicianId", clinician);
  }

  private void move(ObjectNode row, Instant start) {
    Duration length = Duration.ofMinutes(row.path("duration").asLong());
    row.put("startTime", account.time(start)).put("endTime", account.time(start.plus(length)));
  }

  /** {@code {"edit":"switch","name":"secondFactor","value":true}}. */
  private String flip(JsonNode body) {
    Switches switches = account.switches();
    String name = text(body, "name");
    JsonNode value = body.path("value");
    switch (name) {
      case "signedOut" ->
          switches.signedOut = Switches.SignedOut.valueOf(value.asText().toUpperCase(Locale.ROOT));
      case "secondFactor" -> switches.secondFactor = value.asBoolean();
      case "refuseDoubleBooking" -> switches.refuseDoubleBooking = value.asBoolean();
      case "hideTotalPaid" -> switches.hideTotalPaid = value.asBoolean();
      default -> throw new IllegalArgumentException("no such switch: " + name);
    }
    return name;
  }
}
