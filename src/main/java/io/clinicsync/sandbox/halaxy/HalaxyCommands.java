package io.clinicsync.sandbox.halaxy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.JsonOut;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.util.Map;

/** Staff edits and switches by JSON: {@code {"account":…,"edit":"book","patient":…}}. */
final class HalaxyCommands {

  private static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};

  private final HalaxyAccount account;
  private final HalaxyEdits edits;

  HalaxyCommands(HalaxyAccount account) {
    this.account = account;
    this.edits = account.edits();
  }

  /** Runs one command and answers {@code {"id":…}} or {@code {"ids":[…]}}. */
  String run(JsonNode body) {
    if (text(body, "edit").equals("touchMany")) {
      return JsonOut.of(
          Map.of("ids", edits.touchMany(text(body, "resource"), body.path("count").asInt())));
    }
    return JsonOut.of(Map.of("id", one(body)));
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

  private static Map<String, Object> members(JsonNode body) {
    return HalaxyAccount.JSON.convertValue(body.path("members"), MEMBERS);
  }

  private String one(JsonNode body) {
    return switch (text(body, "edit")) {
      case "createPatient" -> edits.createPatient(members(body));
      case "book" ->
          edits.book(
              text(body, "patient"),
              text(body, "role"),
              text(body, "service"),
              instant(body, "start"));
      case "block" ->
          edits.block(text(body, "role"), instant(body, "start"), body.path("minutes").asInt(30));
      case "issueInvoice" ->
          edits.issueInvoice(text(body, "appointment"), new BigDecimal(text(body, "amount")));
      case "switch" -> flip(body);
      case "deliver" -> deliver(body);
      default -> byId(text(body, "edit"), text(body, "id"), body);
    };
  }

  private String byId(String edit, String id, JsonNode body) {
    String patient = body.path("patient").asText("");
    return switch (edit) {
      case "updatePatient" -> edits.updatePatient(id, members(body));
      case "archivePatient" -> edits.archivePatient(id);
      case "move" -> edits.move(id, instant(body, "start"));
      case "cancel" ->
          edits.status(
              edit,
              id,
              patient,
              body.path("noCharge").asBoolean() ? "cancelled (no charge)" : "cancelled");
      case "arrive" -> edits.status(edit, id, patient, "attended");
      case "noShow" -> edits.status(edit, id, patient, "did not attend");
      case "join" -> edits.join(id, text(body, "patient"));
      case "deleteAppointment" -> edits.delete("Appointment", id);
      case "deleteInvoice" -> edits.delete("Invoice", id);
      case "payInvoice" -> edits.payInvoice(id);
      case "refund" -> edits.refund(id);
      case "writeOff" -> edits.writeOff(id);
      case "set" -> edits.set(text(body, "resource"), id, members(body));
      default -> throw new IllegalArgumentException("no such edit: " + edit);
    };
  }

  /** {@code {"edit":"switch","name":"strictBooking","value":false}}. */
  private String flip(JsonNode body) {
    HalaxySwitches switches = account.switches();
    String name = text(body, "name");
    JsonNode value = body.path("value");
    switch (name) {
      case "strictBooking" -> switches.strictBooking = value.asBoolean();
      case "dropComments" -> switches.dropComments = value.asBoolean();
      case "ignorePatientFilter" -> switches.ignorePatientFilter = value.asBoolean();
      case "ignoreInclude" -> switches.ignoreInclude = value.asBoolean();
      case "withoutScope" -> switches.withoutScope.add(value.asText());
      case "withScope" -> switches.withoutScope.remove(value.asText());
      default -> throw new IllegalArgumentException("no such switch: " + name);
    }
    return name;
  }

  /** {@code {"edit":"deliver","resource":"Appointment","id":…,"to":url}}, one event's address. */
  private String deliver(JsonNode body) {
    HalaxyHooks.Call call =
        new HalaxyHooks(account).call(text(body, "resource"), text(body, "id"), account.moment());
    return Integer.toString(HalaxyHooks.post(call, URI.create(text(body, "to"))));
  }
}
