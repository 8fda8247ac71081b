package io.clinicsync.sandbox.practicebetter;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.JsonOut;
import java.net.URI;
import java.time.Instant;
import java.util.Map;

/** Staff edits and switches by JSON: {@code {"account":…,"edit":"book","patient":…}}. */
final class PracticeBetterCommands {

  private static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};

  private final PracticeBetterAccount account;
  private final PracticeBetterEdits edits;

  PracticeBetterCommands(PracticeBetterAccount account) {
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

  private static Map<String, Object> members(JsonNode body) {
    return PracticeBetterAccount.JSON.convertValue(body.path("members"), MEMBERS);
  }

  private String one(JsonNode body) {
    return switch (text(body, "edit")) {
      case "createPatient" -> edits.createPatient(members(body));
      case "book" ->
          edits.book(
              text(body, "patient"),
              text(body, "practitioner"),
              body.hasNonNull("location") ? text(body, "location") : null,
              text(body, "service"),
              Instant.parse(text(body, "start")));
      case "issueInvoice" -> edits.issueInvoice(text(body, "patient"), body.path("cents").asLong());
      case "fillSheet" -> edits.fillSheet(text(body, "patient"), members(body));
      case "switch" -> flip(text(body, "name"), body.path("value"));
      case "deliver" -> deliver(body);
      default -> byId(text(body, "edit"), text(body, "id"), body);
    };
  }

  private String byId(String edit, String id, JsonNode body) {
    return switch (edit) {
      case "updatePatient" -> edits.updatePatient(id, members(body));
      case "archivePatient" -> edits.archivePatient(id);
      case "deletePatient" -> edits.deletePatient(id);
      case "move" -> edits.move(id, Instant.parse(text(body, "start")));
      case "cancel" -> edits.cancel(id);
      case "confirm" -> edits.confirm(id);
      case "deleteSession" -> edits.deleteSession(id);
      case "payInvoice" -> edits.payInvoice(id);
      case "refund" -> edits.refund(id);
      case "set" -> edits.set(text(body, "resource"), id, members(body));
      default -> throw new IllegalArgumentException("no such edit: " + edit);
    };
  }

  /** {@code {"edit":"switch","name":"wall","value":true}}. */
  private String flip(String name, JsonNode value) {
    PracticeBetterSwitches switches = account.switches();
    switch (name) {
      case "wall" -> switches.wall = value.asBoolean();
      case "seconds" -> switches.seconds = value.asBoolean();
      case "horizon" -> switches.horizon = Math.clamp(value.asInt(), 1, 31);
      case "duplicateAs" -> switches.duplicateAs = value.asInt();
      case "teamHidden" -> switches.teamHidden = value.asBoolean();
      case "sheetsHidden" -> switches.sheetsHidden = value.asBoolean();
      case "accepted" -> switches.accepted = value.asBoolean();
      default -> throw new IllegalArgumentException("no such switch: " + name);
    }
    return name;
  }

  private String deliver(JsonNode body) {
    PracticeBetterHooks.SignedCall call =
        new PracticeBetterHooks(account)
            .signed(
                body.path("event").asText("session.updated"), text(body, "id"), account.moment());
    return Integer.toString(PracticeBetterHooks.post(call, URI.create(text(body, "to"))));
  }
}
