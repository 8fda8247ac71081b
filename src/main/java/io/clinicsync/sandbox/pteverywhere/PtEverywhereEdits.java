package io.clinicsync.sandbox.pteverywhere;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What staff do in PtEverywhere's own screens. Each edit gives the id it made or changed. */
public final class PtEverywhereEdits {

  private final PtEverywhereAccount account;

  PtEverywhereEdits(PtEverywhereAccount account) {
    this.account = account;
  }

  private String done(String operation, ObjectNode row) {
    String id = row.get("_id").asText();
    account.state().logEdit(operation, id, row.toString());
    return id;
  }

  private String change(String operation, String table, String id, Consumer<ObjectNode> change) {
    return account.locked(
        () -> {
          ObjectNode row = account.table(table).require(id);
          change.accept(row);
          if (table.equals("appointments")) {
            account.touch(row);
          }
          return done(operation, row);
        });
  }

  private static void fill(ObjectNode row, Map<String, ?> members) {
    members.forEach((name, value) -> row.set(name, PtEverywhereAccount.JSON.valueToTree(value)));
  }

  public String createPatient(Map<String, ?> members) {
    return account.locked(
        () -> {
          ObjectNode row = PtEverywhereAccount.JSON.createObjectNode().put("_id", account.newId());
          row.put("status", "Active");
          row.put("_created", PtEverywhereReads.stamp(account.state().second()));
          row.putArray("_payers");
          fill(row, members);
          account.table("patients").put(row.get("_id").asText(), row);
          return done("createPatient", row);
        });
  }

  public String updatePatient(String id, Map<String, ?> members) {
    return change("updatePatient", "patients", id, row -> fill(row, members));
  }

  public String archivePatient(String id) {
    return change("archivePatient", "patients", id, row -> row.put("status", "Inactive"));
  }

  /** Gone for good, appointments included. */
  public String deletePatient(String id) {
    return account.locked(
        () -> {
          ObjectNode row = account.table("patients").require(id);
          account.table("patients").remove(id);
          for (String each : account.table("appointments").ids()) {
            if (account.table("appointments").require(each).path("_patient").asText().equals(id)) {
              account.table("appointments").remove(each);
            }
          }
          return done("deletePatient", row);
        });
  }

  public String book(
      String patient, String therapist, String location, String service, Instant start) {
    return account.locked(
        () -> {
          account.table("patients").require(patient);
          account.table("therapists").require(therapist);
          account.table("locations").require(location);
          ObjectNode what = account.table("services").require(service);
          ObjectNode row = PtEverywhereAccount.JSON.createObjectNode().put("_id", account.newId());
          row.put("_patient", patient).put("_provider", therapist);
          row.put("_location", location).put("_service", service);
          row.put("appointmentStatus", "Scheduled").put("units", 1);
          row.put("charges", what.path("price").asText()).put("payments", "0");
          row.put("_created", PtEverywhereReads.stamp(account.state().second()));
          row.put("createdBy", "Front Desk");
          times(row, start, Duration.ofMinutes(what.path("duration").asLong()));
          account.touch(row);
          account.table("appointments").put(row.get("_id").asText(), row);
          return done("book", row);
        });
  }

  private static void times(ObjectNode row, Instant start, Duration length) {
    row.put("startDateTime", PtEverywhereReads.stamp(start));
    row.put("endDateTime", PtEverywhereReads.stamp(start.plus(length)));
  }

  public String move(String id, Instant start) {
    return change(
        "move",
        "appointments",
        id,
        row ->
            times(
                row,
                start,
                Duration.between(
                    Instant.parse(row.get("startDateTime").asText()),
                    Instant.parse(row.get("endDateTime").asText()))));
  }

  public String cancel(String id) {
    return change(
        "cancel",
        "appointments",
        id,
        row ->
            row.put("appointmentStatus", "Cancelled").put("cancellationNotice", "Patient called"));
  }

  public String arrive(String id) {
    return status("arrive", id, "Completed");
  }

  public String noShow(String id) {
    return status("noShow", id, "No Show");
  }

  private String status(String operation, String id, String word) {
    return change(operation, "appointments", id, row -> row.put("appointmentStatus", word));
  }

  /** Gone for good: the appointment disappears. */
  public String deleteAppointment(String id) {
    return account.locked(
        () -> {
          ObjectNode row = account.table("appointments").require(id);
          account.table("appointments").remove(id);
          return done("deleteAppointment", row);
        });
  }

  public String issueInvoice(String appointment) {
    return change(
        "issueInvoice",
        "appointments",
        appointment,
        row -> row.put("_invoice", "INV-" + account.lastId()).put("_invoiceStatus", "unpaid"));
  }

  public String payInvoice(String appointment) {
    return change(
        "payInvoice",
        "appointments",
        appointment,
        row -> row.put("payments", row.path("charges").asText()).put("_invoiceStatus", "paid"));
  }

  public String refund(String appointment) {
    return change(
        "refund",
        "appointments",
        appointment,
        row -> row.put("payments", "0").put("_invoiceStatus", "refunded"));
  }

  /** Changes many appointments at one moment. */
  public List<String> touchMany(String table, int count) {
    return account.locked(
        () -> {
          List<String> ids = account.table(table).ids().stream().limit(count).toList();
          ids.forEach(id -> account.touch(account.table(table).require(id)));
          account.state().logEdit("touchMany", table, "");
          return ids;
        });
  }

  /** Sets members as they are. */
  public String set(String table, String id, Map<String, ?> members) {
    return account.locked(
        () -> {
          ObjectNode row = account.table(table).require(id);
          fill(row, members);
          account.state().logEdit("set", id, row.toString());
          return id;
        });
  }
}
