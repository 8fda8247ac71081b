package io.clinicsync.sandbox.nookal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What staff do in Nookal's own screens. Each edit gives the id it made or changed. */
public final class NookalEdits {

  private final NookalAccount account;

  NookalEdits(NookalAccount account) {
    this.account = account;
  }

  private String done(String operation, String id, ObjectNode row) {
    account.state().logEdit(operation, id, row.toString());
    return id;
  }

  private String change(String operation, String table, String id, Consumer<ObjectNode> change) {
    return account.locked(
        () -> {
          ObjectNode row = account.table(table).require(id);
          change.accept(row);
          account.touch(row);
          return done(operation, id, row);
        });
  }

  private static void set(ObjectNode row, Map<String, ?> members) {
    members.forEach((name, value) -> row.set(name, NookalAccount.JSON.valueToTree(value)));
  }

  /** Members as v2 shows them. */
  public String createPatient(Map<String, ?> members) {
    return account.locked(
        () -> {
          String location = account.table("locations").ids().getFirst();
          ObjectNode row = NookalShapes.patient(account, location, account.state().second());
          set(row, members);
          String id = row.path("ID").asText();
          account.table("patients").put(id, row);
          return done("createPatient", id, row);
        });
  }

  public String updatePatient(String id, Map<String, ?> members) {
    return change("updatePatient", "patients", id, row -> set(row, members));
  }

  public String archivePatient(String id) {
    return change("archivePatient", "patients", id, row -> row.put("active", "0"));
  }

  /** Gone without a trace but for the invoices, which are client 0's from then on. */
  public String deletePatient(String id) {
    return account.locked(
        () -> {
          ObjectNode row = account.table("patients").require(id);
          account.table("patients").remove(id);
          for (String table : List.of("appointments", "participants")) {
            for (String key : account.table(table).ids()) {
              if (account.table(table).require(key).path("patientID").asText().equals(id)) {
                account.table(table).remove(key);
              }
            }
          }
          over(id, "0");
          return done("deletePatient", id, row);
        });
  }

  /** The first one goes without a trace; what it had is the survivor's. */
  public String mergePatients(String id, String survivor) {
    return account.locked(
        () -> {
          ObjectNode lost = account.table("patients").require(id);
          account.touch(account.table("patients").require(survivor));
          for (ObjectNode row : account.table("appointments").all()) {
            if (row.path("patientID").asText().equals(id)) {
              row.put("patientID", survivor);
              account.touch(row);
            }
          }
          over(id, survivor);
          account.table("patients").remove(id);
          return done("mergePatients", id, lost);
        });
  }

  private void over(String patient, String other) {
    for (String table : List.of("invoices", "payments")) {
      for (ObjectNode row : account.table(table).all()) {
        if (row.path("patientID").asText().equals(patient)) {
          row.put("patientID", other);
          account.touch(row);
        }
      }
    }
  }

  public String book(
      String patient, String practitioner, String location, String service, Instant start) {
    return account.locked(
        () -> {
          account.table("patients").require(patient);
          long minutes = account.table("services").require(service).path("Duration").asLong();
          ObjectNode row =
              NookalShapes.appointment(account, patient, practitioner, location, service);
          NookalShapes.timed(account, row, start, start.plus(Duration.ofMinutes(minutes)));
          String id = row.path("ID").asText();
          account.table("appointments").put(id, row);
          return done("book", id, row);
        });
  }

  public String move(String id, Instant start) {
    return change(
        "move",
        "appointments",
        id,
        row -> {
          Duration length =
              Duration.between(
                  NookalAccount.instant(row, "_start"), NookalAccount.instant(row, "_end"));
          NookalShapes.timed(account, row, start, start.plus(length));
        });
  }

  public String cancel(String id) {
    return change("cancel", "appointments", id, this::cancelled);
  }

  void cancelled(ObjectNode row) {
    row.put("cancelled", "1").put("_cancelled", account.state().second().toString());
  }

  public String arrive(String id) {
    return change("arrive", "appointments", id, row -> row.put("arrived", "1").put("DNA", "0"));
  }

  public String noShow(String id) {
    return change("noShow", "appointments", id, row -> row.put("DNA", "1").put("arrived", "0"));
  }

  /** Gone without a trace. */
  public String deleteAppointment(String id) {
    return account.locked(
        () -> {
          ObjectNode row = account.table("appointments").require(id);
          account.table("appointments").remove(id);
          return done("deleteAppointment", id, row);
        });
  }

  /** Puts a patient into a class. */
  public String join(String session, String patient) {
    return account.locked(
        () -> {
          account.table("classes").require(session);
          ObjectNode row = NookalShapes.participant(account, session, patient);
          String key = NookalShapes.participantKey(session, patient);
          account.table("participants").put(key, row);
          return done("join", key, row);
        });
  }

  /** Takes a patient out of a class again. */
  public String leave(String session, String patient) {
    String key = NookalShapes.participantKey(session, patient);
    return change("leave", "participants", key, this::cancelled);
  }

  public String issueInvoice(String appointment, BigDecimal amount) {
    return account.locked(
        () -> {
          ObjectNode visit = account.table("appointments").require(appointment);
          String id = account.newId();
          ObjectNode row = NookalAccount.JSON.createObjectNode().put("ID", id);
          row.put("invoiceNumber", "INV" + id);
          row.set("patientID", visit.get("patientID"));
          row.set("providerID", visit.get("practitionerID"));
          row.set("locationID", visit.get("locationID"));
          String now = account.state().second().toString();
          row.put(
              "dateCreated",
              account.state().second().atZone(account.zone()).toLocalDate().toString());
          row.put("isThirdPartyInvoice", "0").put("contactName", "").put("void", "0");
          row.put("_total", amount).put("_created", now).put("_modified", now);
          account.table("invoices").put(id, row);
          visit.put("invoiceGenerated", "1");
          account.touch(visit);
          return done("issueInvoice", id, row);
        });
  }

  public String payInvoice(String id) {
    return change(
        "payInvoice",
        "invoices",
        id,
        row -> {
          NookalBills bills = new NookalBills(account);
          bills.pay(row, bills.balance(row), "EFTPOS", account.state().second());
        });
  }

  public String voidInvoice(String id) {
    return change("voidInvoice", "invoices", id, row -> row.put("void", "1"));
  }

  /** What was paid goes back. */
  public String refund(String id) {
    return change(
        "refund", "invoices", id, row -> row.put("_refunded", new NookalBills(account).paid(row)));
  }

  /** Changes many records at one moment. */
  public List<String> touchMany(String table, int count) {
    return account.locked(
        () -> {
          List<String> ids = account.table(table).ids().stream().limit(count).toList();
          ids.forEach(id -> account.touch(account.table(table).require(id)));
          account.state().logEdit("touchMany", table, "");
          return ids;
        });
  }

  /** Sets members as they are, without touching the record. */
  public String set(String table, String id, Map<String, ?> members) {
    return account.locked(
        () -> {
          ObjectNode row = account.table(table).require(id);
          set(row, members);
          return done("set", id, row);
        });
  }
}
