package io.clinicsync.sandbox.nookal;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.server.JsonOut;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;

/** Staff edits and switches by JSON: {@code {"account":…,"edit":"book","patient":…}}. */
final class NookalCommands {

  private static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {};

  private final NookalAccount account;
  private final NookalEdits edits;

  NookalCommands(NookalAccount account) {
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
    return NookalAccount.JSON.convertValue(body.path("members"), MEMBERS);
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
      case "issueInvoice" ->
          edits.issueInvoice(text(body, "appointment"), new BigDecimal(text(body, "amount")));
      case "switch" -> flip(text(body, "name"), body.path("value"));
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
      case "cancel" -> edits.cancel(id);
      case "arrive" -> edits.arrive(id);
      case "noShow" -> edits.noShow(id);
      case "deleteAppointment" -> edits.deleteAppointment(id);
      case "join" -> edits.join(id, text(body, "patient"));
      case "leave" -> edits.leave(id, text(body, "patient"));
      case "payInvoice" -> edits.payInvoice(id);
      case "voidInvoice" -> edits.voidInvoice(id);
      case "refund" -> edits.refund(id);
      case "set" -> edits.set(text(body, "resource"), id, members(body));
      case "tick", "untick" -> {
        account.tick(id, edit.equals("tick"));
        yield id;
      }
      default -> throw new IllegalArgumentException("no such edit: " + edit);
    };
  }

  /** {@code {"edit":"switch","name":"localStamps","value":true}}. */
  private String flip(String name, JsonNode value) {
    NookalSwitches switches = account.switches();
    switch (name) {
      case "localStamps" -> switches.localStamps = value.asBoolean();
      case "utcMembers" -> switches.utcMembers = value.asBoolean();
      case "classesInAppointments" -> switches.classesInAppointments = value.asBoolean();
      case "idFilters" -> switches.idFilters = value.asBoolean();
      case "classParameter" -> switches.classParameter = value.asText();
      case "acceptsOverlaps" -> switches.acceptsOverlaps = value.asBoolean();
      case "classByNumber" -> switches.classByNumber = value.asBoolean();
      case "longer" -> switches.longer = value.asInt();
      case "searchIgnores" -> switches.searchIgnores = value.asBoolean();
      case "invoicesWithoutPatient" -> switches.invoicesWithoutPatient = value.asBoolean();
      case "expiredAs200" -> switches.expiredAs200 = value.asBoolean();
      case "badGateways" -> switches.badGateways = value.asInt();
      default -> throw new IllegalArgumentException("no such switch: " + name);
    }
    return name;
  }
}
