package io.clinicsync.sandbox.promptemr;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.JsonOut;
import java.net.URI;
import java.time.Instant;
import java.util.Map;

/** Staff edits by JSON: {@code {"account":…,"edit":"handOver","kind":"visits","to":…}}. */
final class PromptEmrCommands {

  private static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};

  private final PromptEmrAccount account;
  private final PromptEmrEdits edits;

  PromptEmrCommands(PromptEmrAccount account) {
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
    return PromptEmrAccount.JSON.convertValue(body.path("members"), MEMBERS);
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
      case "handOver" ->
          Integer.toString(
              account.handOver(
                  URI.create(text(body, "to")),
                  text(body, "kind"),
                  body.path("format").asText("csv"),
                  body.path("combined").asBoolean()));
      case "visitIds" -> {
        account.visitIds(body.path("value").asBoolean());
        yield "visitIds";
      }
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
      case "deleteVisit" -> edits.deleteVisit(id);
      case "deleteCharge" -> edits.deleteCharge(id);
      case "payCharge" -> edits.payCharge(id);
      case "set" -> edits.set(text(body, "resource"), id, members(body));
      default -> throw new IllegalArgumentException("no such edit: " + edit);
    };
  }
}
