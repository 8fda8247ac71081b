package io.clinicsync.sandbox.jane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What staff do in Jane's own screens. Each edit gives the id it made or changed. */
public final class JaneEdits {

  private final JaneAccount account;

  JaneEdits(JaneAccount account) {
    this.account = account;
  }

  private String done(String operation, ObjectNode row) {
    String id = row.get("id").asText();
    account.state().logEdit(operation, id, row.toString());
    return id;
  }

  private String change(String operation, String table, String id, Consumer<ObjectNode> change) {
    return account.locked(
        () -> {
          ObjectNode row = account.table(table).require(id);
          change.accept(row);
          account.touch(row);
          if (table.equals("appointments") && row.hasNonNull("patient_id")) {
            count(row.get("patient_id").asText());
          }
          return done(operation, row);
        });
  }

  private void count(String patient) {
    if (account.table("patients").find(patient).isPresent()) {
      new JaneRecords(account).count(patient);
    }
  }

  /** Members as in the web's patient. */
  public String createPatient(Map<String, ?> members) {
    return account.locked(
        () -> {
          ObjectNode row =
              JaneShapes.patient(account, account.state().newId(), account.state().second());
          return done("createPatient", fill(row, members));
        });
  }

  ObjectNode fill(ObjectNode row, Map<String, ?> members) {
    members.forEach((name, value) -> row.set(name, JaneAccount.JSON.valueToTree(value)));
    JaneShapes.derive(row);
    account.table("patients").put(row.get("id").asText(), row);
    return row;
  }

  public String updatePatient(String id, Map<String, ?> members) {
    return change("updatePatient", "patients", id, row -> fill(row, members));
  }

  public String archivePatient(String id) {
    return change(
        "archivePatient",
        "patients",
        id,
        row -> row.put("_archived_at", account.time(account.state().second())));
  }

  /** Gone for good, appointments and purchases included. */
  public String deletePatient(String id) {
    return account.locked(
        () -> {
          ObjectNode row = account.table("patients").require(id);
          account.table("patients").remove(id);
          JaneRecords records = new JaneRecords(account);
          for (ObjectNode each : records.appointmentsOf(id)) {
            account.table("appointments").remove(each.get("id").asText());
          }
          for (ObjectNode each : records.purchasesOf(id)) {
            account.table("purchases").remove(each.get("id").asText());
          }
          return done("deletePatient", row);
        });
  }

  /** The first one goes without a trace; what it had is the survivor's. */
  public String mergePatients(String id, String survivor) {
    return account.locked(
        () -> {
          ObjectNode lost = account.table("patients").require(id);
          ObjectNode kept = account.table("patients").require(survivor);
          JaneRecords records = new JaneRecords(account);
          for (ObjectNode each : records.appointmentsOf(id)) {
            each.set("patient_id", kept.get("id"));
            each.set("patient_name", kept.get("name"));
            account.touch(each);
          }
          records.purchasesOf(id).forEach(each -> each.set("_patient_id", kept.get("id")));
          account.table("patients").remove(id);
          account.touch(kept);
          records.count(survivor);
          records.balance(kept);
          return done("mergePatients", lost);
        });
  }

  public String book(
      String patient, String staff, String location, String treatment, Instant start) {
    return account.locked(
        () -> {
          ObjectNode what = account.table("treatments").require(treatment);
          ObjectNode row = slot(staff, location, start, what.get("scheduled_duration").asLong());
          JaneShapes.book(account, row, account.table("patients").require(patient), what);
          count(patient);
          return done("book", row);
        });
  }

  /** A provisional appointment, as the front desk has while it looks for the patient. */
  public String reserve(String staff, String location, Instant start) {
    return account.locked(
        () -> {
          ObjectNode row = slot(staff, location, start, 1800);
          account.hold(row.get("id").asText());
          return done("reserve", row);
        });
  }

  private ObjectNode slot(String staff, String location, Instant start, long seconds) {
    ObjectNode row =
        JaneShapes.appointment(
            account,
            account.state().newId(),
            account.table("staff_members").require(staff),
            account.table("locations").require(location).get("id").asLong(),
            start,
            start.plusSeconds(seconds));
    account.table("appointments").put(row.get("id").asText(), row);
    return row;
  }

  public String move(String id, Instant start) {
    return change("move", "appointments", id, row -> moved(row, start));
  }

  void moved(ObjectNode row, Instant start) {
    Duration length =
        Duration.between(
            JaneAccount.instant(row.get("start_at")), JaneAccount.instant(row.get("end_at")));
    row.put("start_at", account.time(start)).put("end_at", account.time(start.plus(length)));
    row.put("rescheduled", true);
  }

  public String cancel(String id, String reason) {
    return change("cancel", "appointments", id, row -> cancelled(row, reason));
  }

  void cancelled(ObjectNode row, String reason) {
    row.put("state", "cancelled").put("cancelled", true).put("reschedulable", false);
    row.put("cancelled_at", account.time(account.state().second()));
    row.put("cancelled_reason", reason);
  }

  public String arrive(String id) {
    return change(
        "arrive",
        "appointments",
        id,
        row ->
            row.put("state", "arrived")
                .put("arrived_at", account.time(account.state().second()))
                .putNull("no_show_at"));
  }

  public String noShow(String id) {
    return change(
        "noShow",
        "appointments",
        id,
        row ->
            row.put("state", "no_show")
                .put("no_show_at", account.time(account.state().second()))
                .putNull("arrived_at"));
  }

  public String archiveAppointment(String id) {
    return change(
        "archiveAppointment",
        "appointments",
        id,
        row -> row.put("archived_at", account.time(account.state().second())));
  }

  public String issueInvoice(String appointment, BigDecimal amount) {
    return account.locked(
        () -> {
          ObjectNode visit = account.table("appointments").require(appointment);
          ObjectNode row = JaneAccount.JSON.createObjectNode().put("id", account.state().newId());
          row.set("_patient_id", visit.get("patient_id"));
          row.put("order_id", account.state().newId());
          row.set("appointment_id", visit.get("id"));
          row.put("description", visit.path("treatment_name").asText());
          row.put("total", amount).put("patient_total", amount);
          row.put("insurer_total", BigDecimal.ZERO).put("paid", BigDecimal.ZERO);
          row.put("state", "unpaid").put("purchased_at", account.time(account.state().second()));
          account.table("purchases").put(row.get("id").asText(), row);
          billed(row);
          return done("issueInvoice", row);
        });
  }

  public String payInvoice(String id) {
    return settle("payInvoice", id, "paid");
  }

  public String refund(String id) {
    return settle("refund", id, "refunded");
  }

  private String settle(String operation, String id, String state) {
    return account.locked(
        () -> {
          ObjectNode row = account.table("purchases").require(id);
          row.put("state", state);
          row.set("paid", state.equals("paid") ? row.get("total") : row.numberNode(0));
          billed(row);
          return done(operation, row);
        });
  }

  private void billed(ObjectNode purchase) {
    JaneRecords records = new JaneRecords(account);
    account
        .table("appointments")
        .find(purchase.path("appointment_id").asText())
        .ifPresent(
            visit -> {
              records.bill(visit, purchase);
              account.touch(visit);
            });
    account
        .table("patients")
        .find(purchase.path("_patient_id").asText())
        .ifPresent(
            patient -> {
              records.balance(patient);
              account.touch(patient);
            });
  }

  public String sellPass(String patient, String name, int quantity, BigDecimal price) {
    return account.locked(
        () -> {
          ObjectNode row = account.table("patients").require(patient);
          ObjectNode pass = row.withArray("passes").addObject();
          pass.put("id", account.state().newId()).put("name", name).put("package_type", "package");
          pass.put("quantity", quantity).put("remaining", quantity).putNull("quantity_interval");
          pass.put("price", price).put("purchased_at", account.time(account.state().second()));
          pass.putNull("expires_at");
          account.touch(row);
          return done("sellPass", pass);
        });
  }

  /** Changes many records at one moment. */
  public List<String> touchMany(String table, int count) {
    return account.locked(
        () -> {
          List<String> ids =
              account.table(table).all().stream()
                  .filter(JaneEdits::listed)
                  .limit(count)
                  .map(row -> row.get("id").asText())
                  .toList();
          ids.forEach(id -> account.touch(account.table(table).require(id)));
          account.state().logEdit("touchMany", table, "");
          return ids;
        });
  }

  private static boolean listed(JsonNode row) {
    return !row.path("break").asBoolean()
        && !row.path("class_booking").asBoolean()
        && !row.hasNonNull("archived_at")
        && !row.hasNonNull("_archived_at");
  }

  /**
   * Sets members as they are, without touching the record; {@code _api} holds members the API shows
   * instead of its own.
   */
  public String set(String table, String id, Map<String, ?> members) {
    return account.locked(
        () -> {
          ObjectNode row = account.table(table).require(id);
          members.forEach((name, value) -> row.set(name, JaneAccount.JSON.valueToTree(value)));
          return done("set", row);
        });
  }

  /** As {@link #set}, for a pass within its patient. */
  public String setPass(String patient, String pass, Map<String, ?> members) {
    return account.locked(
        () -> {
          ArrayNode passes = account.table("patients").require(patient).withArray("passes");
          for (JsonNode each : passes) {
            if (each.path("id").asText().equals(pass) && each instanceof ObjectNode row) {
              members.forEach((name, value) -> row.set(name, JaneAccount.JSON.valueToTree(value)));
              return done("setPass", row);
            }
          }
          throw new IllegalArgumentException("no such pass: " + pass);
        });
  }
}
