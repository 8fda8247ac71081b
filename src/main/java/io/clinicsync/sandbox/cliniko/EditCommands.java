package io.clinicsync.sandbox.cliniko;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.sandbox.server.JsonOut;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;

/** Staff edits by JSON: {@code {"account":…,"edit":"book","patient":…}}. */
final class EditCommands {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};

  private final ClinikoEdits edits;

  EditCommands(ClinikoEdits edits) {
    this.edits = edits;
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
    return JSON.convertValue(body.path("members"), MEMBERS);
  }

  private String one(JsonNode body) {
    String edit = text(body, "edit");
    switch (edit) {
      case "createPatient" -> {
        return edits.createPatient(members(body));
      }
      case "book" -> {
        return edits.book(
            text(body, "patient"),
            text(body, "practitioner"),
            text(body, "business"),
            text(body, "type"),
            instant(body, "start"));
      }
      case "block" -> {
        return edits.block(
            text(body, "practitioner"),
            text(body, "business"),
            instant(body, "start"),
            instant(body, "end"));
      }
      case "joinClass" -> {
        return edits.joinClass(text(body, "group"), text(body, "patient"));
      }
      case "issueInvoice" -> {
        return edits.issueInvoice(text(body, "appointment"), new BigDecimal(text(body, "amount")));
      }
      default -> {
        byId(edit, text(body, "id"), body);
        return text(body, "id");
      }
    }
  }

  private void byId(String edit, String id, JsonNode body) {
    switch (edit) {
      case "updatePatient" -> edits.updatePatient(id, members(body));
      case "archivePatient" -> edits.archivePatient(id);
      case "unarchivePatient" -> edits.unarchivePatient(id);
      case "deletePatient" -> edits.deletePatient(id);
      case "mergePatients" -> edits.mergePatients(id, text(body, "survivor"));
      case "move" -> edits.moveAppointment(id, instant(body, "start"));
      case "cancel" -> edits.cancelAppointment(id, body.path("reason").asInt(50));
      case "archiveAppointment" -> edits.archiveAppointment(id);
      case "arrive" -> edits.arrive(id);
      case "unarrive" -> edits.unarrive(id);
      case "noShow" -> edits.noShow(id);
      case "leaveClass" -> edits.leaveClass(id);
      case "payInvoice" -> edits.payInvoice(id);
      case "closeInvoice" -> edits.closeInvoice(id);
      case "creditInvoice" -> edits.creditInvoice(id);
      case "archiveInvoice" -> edits.archiveInvoice(id);
      case "practitionerLeaves" -> edits.leave(id);
      default -> throw new IllegalArgumentException("no such edit: " + edit);
    }
  }
}
