package io.clinicsync.sandbox;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.sandbox.ghl.GhlEdits;
import io.clinicsync.sandbox.ghl.GhlLocation;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.SimulatedClinic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Staff edits by JSON: {@code {"account":…,"edit":…}} for an EMR, {@code {"location":…}} for GHL.
 */
final class EditCommands {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};

  private final SandboxServer sandbox;

  EditCommands(SandboxServer sandbox) {
    this.sandbox = sandbox;
  }

  /** Runs one edit, keeps it, and answers {@code {"id":…}} or {@code {"ids":[…]}}. */
  String run(JsonNode body) {
    // Staff of an EMR book at a location, too.
    if (!body.has("account") && body.has("location")) {
      GhlLocation location = sandbox.ghl().location(body.get("location").asText());
      return location.exclusively(
          () -> {
            long ids = location.lastId();
            String answer = JsonOut.of(Map.of("id", ghl(location.edits(), body)));
            keep(body, ids, location.moment());
            return answer;
          });
    }
    SimulatedClinic account = sandbox.clinic(text(body, "account"));
    return account.exclusively(
        () -> {
          long ids = account.lastId();
          String answer = account.edit(body);
          keep(body, ids, account.moment());
          return answer;
        });
  }

  private void keep(JsonNode body, long ids, Instant at) {
    sandbox
        .journal()
        .add(
            new JsonOut(400)
                .open()
                .name("edit")
                .raw(body.toString())
                .member("ids", ids)
                .member("at", at)
                .close());
  }

  /** Does a kept edit again. */
  void replay(JsonNode line) {
    JsonNode body = line.path("edit");
    if (!body.has("account") && body.has("location")) {
      sandbox.ghl().location(body.get("location").asText()).lastId(line.path("ids").asLong());
    } else {
      sandbox.clinic(text(body, "account")).lastId(line.path("ids").asLong());
    }
    run(body);
  }

  private static String text(JsonNode body, String name) {
    if (!body.hasNonNull(name)) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return body.get(name).asText();
  }

  private static Map<String, Object> members(JsonNode body) {
    return JSON.convertValue(body.path("members"), MEMBERS);
  }

  private static String ghl(GhlEdits edits, JsonNode body) {
    String edit = text(body, "edit");
    switch (edit) {
      case "createContact" -> {
        return edits.createContact(members(body));
      }
      case "createField" -> {
        List<String> options = new ArrayList<>();
        body.path("options").forEach(option -> options.add(option.asText()));
        return edits.createField(text(body, "name"), body.path("dataType").asText("TEXT"), options);
      }
      case "editContact" -> edits.editContact(text(body, "id"), members(body));
      case "deleteContact" -> edits.deleteContact(text(body, "id"));
      case "mergeContacts" -> edits.mergeContacts(text(body, "id"), text(body, "survivor"));
      case "setDnd" ->
          edits.setDnd(
              text(body, "id"), text(body, "channel"), body.path("active").asBoolean(true));
      case "book" -> {
        return edits.book(
            text(body, "contact"),
            Instant.parse(text(body, "start")),
            Instant.parse(text(body, "end")));
      }
      case "block" -> {
        return edits.block(
            body.path("title").asText("Blocked"),
            Instant.parse(text(body, "start")),
            Instant.parse(text(body, "end")));
      }
      case "unblock" -> edits.unblock(text(body, "id"));
      case "moveAppointment" ->
          edits.moveAppointment(
              text(body, "id"),
              Instant.parse(text(body, "start")),
              Instant.parse(text(body, "end")));
      case "setStatus" -> edits.setStatus(text(body, "id"), text(body, "status"));
      case "deleteAppointment" -> edits.deleteAppointment(text(body, "id"));
      case "deleteField" -> edits.deleteField(text(body, "id"));
      case "renameField" -> edits.renameField(text(body, "id"), text(body, "name"));
      default -> throw new IllegalArgumentException("no such edit: " + edit);
    }
    return text(body, "id");
  }
}
