package io.clinicsync.sandbox.pteverywhere;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.JsonOut;
import java.net.URI;
import java.time.Instant;
import java.util.Map;

/** Staff edits and switches by JSON: {@code {"account":…,"edit":"book","patient":…}}. */
final class PtEverywhereCommands {

  private static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};

  private final PtEverywhereAccount account;
  private final PtEverywhereEdits edits;

  PtEverywhereCommands(PtEverywhereAccount account) {
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
    return PtEverywhereAccount.JSON.convertValue(body.path("members"), MEMBERS);
  }

  private String one(JsonNode body) {
    return switch (text(body, "edit")) {
      case "createPatient" -> edits.createPatient(members(body));
      case "book" ->
          edits.book(
              text(body, "patient"),
              text(body, "practitioner"),
              text(body, "location"),
              text(body, "service"),
              Instant.parse(text(body, "start")));
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
      case "arrive" -> edits.arrive(id);
      case "noShow" -> edits.noShow(id);
      case "deleteAppointment" -> edits.deleteAppointment(id);
      case "issueInvoice" -> edits.issueInvoice(id);
      case "payInvoice" -> edits.payInvoice(id);
      case "refund" -> edits.refund(id);
      case "set" -> edits.set(text(body, "resource"), id, members(body));
      default -> throw new IllegalArgumentException("no such edit: " + edit);
    };
  }

  /** {@code {"edit":"switch","name":"noPaging","value":true}}. */
  private String flip(String name, JsonNode value) {
    PtEverywhereSwitches switches = account.switches();
    switch (name) {
      case "tokenKey" -> switches.tokenKey = value.asText();
      case "errorAs200" -> switches.errorAs200 = value.asBoolean();
      case "callsPerToken" -> switches.callsPerToken = value.asInt();
      case "noPaging" -> switches.noPaging = value.asBoolean();
      case "repeatLast" -> switches.repeatLast = value.asBoolean();
      case "listKey" -> switches.listKey = value.asText();
      case "utcDates" -> switches.utcDates = value.asBoolean();
      case "writes" -> switches.writes = value.asBoolean();
      case "webhookMode" -> switches.webhookMode = Math.clamp(value.asInt(), 1, 3);
      default -> throw new IllegalArgumentException("no such switch: " + name);
    }
    return name;
  }

  private String deliver(JsonNode body) {
    PtEverywhereHooks.SignedCall call = new PtEverywhereHooks(account).signed(text(body, "id"));
    return Integer.toString(PtEverywhereHooks.post(call, URI.create(text(body, "to"))));
  }
}
