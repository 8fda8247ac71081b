package io.clinicsync.sandbox.jane;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.JsonOut;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/** Staff edits and switches by JSON: {@code {"account":…,"edit":"book","patient":…}}. */
final class JaneCommands {

  private static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};

  private final JaneAccount account;
  private final JaneEdits edits;

  JaneCommands(JaneAccount account) {
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
    return JaneAccount.JSON.convertValue(body.path("members"), MEMBERS);
  }

  private static BigDecimal amount(JsonNode body) {
    return new BigDecimal(text(body, "amount"));
  }

  private String one(JsonNode body) {
    return switch (text(body, "edit")) {
      case "createPatient" -> edits.createPatient(members(body));
      case "book" ->
          edits.book(
              text(body, "patient"),
              text(body, "practitioner"),
              text(body, "location"),
              text(body, "treatment"),
              instant(body, "start"));
      case "reserve" ->
          edits.reserve(text(body, "practitioner"), text(body, "location"), instant(body, "start"));
      case "issueInvoice" -> edits.issueInvoice(text(body, "appointment"), amount(body));
      case "sellPass" ->
          edits.sellPass(
              text(body, "patient"),
              text(body, "name"),
              body.path("quantity").asInt(10),
              amount(body));
      case "switch" -> flip(body);
      case "deliver" -> deliver(body);
      default -> byId(text(body, "edit"), text(body, "id"), body);
    };
  }

  private String byId(String edit, String id, JsonNode body) {
    return switch (edit) {
      case "updatePatient" -> edits.updatePatient(id, members(body));
      case "archivePatient" -> edits.archivePatient(id);
      case "deletePatient" -> edits.deletePatient(id);
      case "mergePatients" -> edits.mergePatients(id, text(body, "survivor"));
      case "move" -> edits.move(id, instant(body, "start"));
      case "cancel" -> edits.cancel(id, body.path("reason").asText("Cancelled by phone"));
      case "arrive" -> edits.arrive(id);
      case "noShow" -> edits.noShow(id);
      case "archiveAppointment" -> edits.archiveAppointment(id);
      case "payInvoice" -> edits.payInvoice(id);
      case "refund" -> edits.refund(id);
      case "set" -> edits.set(text(body, "resource"), id, members(body));
      default -> throw new IllegalArgumentException("no such edit: " + edit);
    };
  }

  /** {@code {"edit":"switch","name":"secondFactor","value":true}}. */
  private String flip(JsonNode body) {
    JaneSwitches switches = account.switches();
    String name = text(body, "name");
    JsonNode value = body.path("value");
    switch (name) {
      case "signedOut" ->
          switches.signedOut =
              JaneSwitches.SignedOut.valueOf(value.asText().toUpperCase(Locale.ROOT));
      case "strictCookies" -> switches.strictCookies = value.asBoolean();
      case "strictCsrf" -> switches.strictCsrf = value.asBoolean();
      case "secondFactor" -> switches.secondFactor = value.asBoolean();
      case "refusesOverlaps" -> switches.refusesOverlaps = value.asBoolean();
      case "bareCancellations" -> switches.bareCancellations = value.asBoolean();
      case "timestampSigned" -> switches.timestampSigned = value.asBoolean();
      default -> throw new IllegalArgumentException("no such switch: " + name);
    }
    return name;
  }

  private String deliver(JsonNode body) {
    String topic = body.path("topic").asText("APPOINTMENT_BOOKED");
    JaneHooks.SignedCall call =
        new JaneHooks(account).signed(topic, text(body, "id"), account.moment());
    return Integer.toString(JaneHooks.post(call, URI.create(text(body, "to"))));
  }
}
