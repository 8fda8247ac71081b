package io.clinicsync.sandbox.practicebetter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the practice does in the vendor's own screens. Each edit gives the id it made or changed.
 */
public final class PracticeBetterEdits {

  private final PracticeBetterAccount account;

  PracticeBetterEdits(PracticeBetterAccount account) {
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
          return done(operation, row);
        });
  }

  /** Members of the profile. */
  public String createPatient(Map<String, ?> members) {
    return account.locked(
        () -> {
          Map<String, Object> profile = new HashMap<>(members);
          ObjectNode row = fresh();
          row.set("profile", PracticeBetterAccount.JSON.valueToTree(profile));
          return done("createPatient", completed(row));
        });
  }

  private ObjectNode fresh() {
    ObjectNode row = PracticeBetterAccount.JSON.createObjectNode().put("id", account.newId());
    row.put("isActive", true).put("status", "active").put("isChildRecord", false);
    row.put("dateCreated", account.state().second().toString());
    account.touch(row);
    return row.put("invitationSent", false);
  }

  /** A new record of this profile, with what the vendor adds by itself. */
  ObjectNode newRecord(ObjectNode profile, boolean active) {
    ObjectNode row = fresh().put("isActive", active);
    row.set("profile", profile);
    return completed(row);
  }

  private ObjectNode completed(ObjectNode row) {
    ObjectNode client = row.putObject("client");
    client.put("id", account.uuid("client", row.get("id").asText()));
    client.set("emailAddress", row.path("profile").get("emailAddress"));
    account.table("records").put(row.get("id").asText(), row);
    sum(account, row);
    return row;
  }

  public String updatePatient(String id, Map<String, ?> members) {
    return change(
        "updatePatient",
        "records",
        id,
        row -> {
          ObjectNode profile = row.withObject("/profile");
          members.forEach(
              (name, value) -> profile.set(name, PracticeBetterAccount.JSON.valueToTree(value)));
          row.withObject("/client").set("emailAddress", profile.get("emailAddress"));
        });
  }

  /** Makes a client inactive. */
  public String archivePatient(String id) {
    return change("archivePatient", "records", id, row -> row.put("isActive", false));
  }

  /** Gone for good, sessions included; invoices stay, as the books do. */
  public String deletePatient(String id) {
    return account.locked(
        () -> {
          ObjectNode row = account.table("records").require(id);
          account.table("records").remove(id);
          account.table("dietlifestyle").remove(id);
          for (String session : account.table("sessions").ids()) {
            if (account.table("sessions").require(session).path("_record").asText().equals(id)) {
              account.table("sessions").remove(session);
            }
          }
          return done("deletePatient", row);
        });
  }

  public String book(
      String patient, String member, @Nullable String location, String service, Instant start) {
    return account.locked(
        () -> {
          ObjectNode what = account.table("services").require(service);
          ObjectNode row =
              newSession(
                  account.table("records").require(patient),
                  account.table("members").require(member),
                  what,
                  what.get("serviceTypes").get(0).asText(),
                  start,
                  what.get("_minutes").asLong());
          if (location != null) {
            row.putObject("location").put("name", location);
          }
          return done("book", row);
        });
  }

  ObjectNode newSession(
      ObjectNode record,
      ObjectNode member,
      ObjectNode service,
      String type,
      Instant start,
      long minutes) {
    ObjectNode row = PracticeBetterAccount.JSON.createObjectNode().put("id", account.newId());
    row.put("_record", record.get("id").asText()).put("_member", member.get("id").asText());
    row.put("_service", service.get("id").asText()).put("serviceType", type);
    row.put("sessionDate", start.toString());
    row.put("endDate", start.plus(Duration.ofMinutes(minutes)).toString());
    row.put("cancelled", false).put("paymentStatus", "unpaid").put("isRecurring", false);
    row.put("isSubscription", false).put("hasRecording", false);
    row.put("confirmationStatus", "pending").put("clientConfirmationStatus", "pending");
    row.put("dateCreated", account.state().second().toString());
    account.touch(row);
    account.table("sessions").put(row.get("id").asText(), row);
    return row;
  }

  public String move(String id, Instant start) {
    return change("move", "sessions", id, row -> moved(row, start, minutes(row)));
  }

  static long minutes(ObjectNode row) {
    return Duration.between(
            Instant.parse(row.get("sessionDate").asText()),
            Instant.parse(row.get("endDate").asText()))
        .toMinutes();
  }

  static void moved(ObjectNode row, Instant start, long minutes) {
    row.put("sessionDate", start.toString());
    row.put("endDate", start.plus(Duration.ofMinutes(minutes)).toString());
  }

  public String cancel(String id) {
    return change("cancel", "sessions", id, row -> row.put("cancelled", true));
  }

  public String confirm(String id) {
    return change(
        "confirm",
        "sessions",
        id,
        row ->
            row.put("confirmationStatus", "confirmed")
                .put("dateConfirmed", account.state().second().toString()));
  }

  /** Gone for good. */
  public String deleteSession(String id) {
    return account.locked(
        () -> {
          ObjectNode row = account.table("sessions").require(id);
          account.table("sessions").remove(id);
          return done("deleteSession", row);
        });
  }

  public String issueInvoice(String patient, long cents) {
    return account.locked(
        () -> {
          account.table("records").require(patient);
          ObjectNode row = PracticeBetterAccount.JSON.createObjectNode().put("id", account.newId());
          row.put("invoiceNumber", "INV-" + account.lastId()).put("_record", patient);
          row.put("invoiceDate", account.state().second().toString());
          row.put("_created", account.state().second().toString());
          account.touch(row);
          bill(row, "unpaid", cents, 0);
          account.table("invoices").put(row.get("id").asText(), row);
          return done("issueInvoice", row);
        });
  }

  public String payInvoice(String id) {
    return settle("payInvoice", id, "paid", true);
  }

  public String refund(String id) {
    return settle("refund", id, "refunded", false);
  }

  private String settle(String operation, String id, String status, boolean paid) {
    return change(
        operation,
        "invoices",
        id,
        row -> {
          long total = row.at("/total/amount").asLong();
          bill(row, status, total, paid ? total : 0);
          account
              .table("records")
              .find(row.path("_record").asText())
              .ifPresent(record -> sum(account, record));
        });
  }

  /** Puts amounts and standing on an invoice. */
  static void bill(ObjectNode row, String status, long total, long paid) {
    boolean owed = status.equals("unpaid") || status.equals("partiallyPaid");
    row.put("paid", status.equals("paid")).put("paymentStatus", status).put("currency", "usd");
    row.putObject("total").put("amount", total).put("currency", "usd");
    row.putObject("amountPaid").put("amount", paid).put("currency", "usd");
    row.putObject("amountDue").put("amount", owed ? total - paid : 0).put("currency", "usd");
  }

  /** What a client has paid in all. */
  static void sum(PracticeBetterAccount account, ObjectNode record) {
    long sum = 0;
    for (ObjectNode invoice : account.table("invoices").all()) {
      if (invoice.path("_record").asText().equals(record.get("id").asText())) {
        sum += invoice.at("/amountPaid/amount").asLong();
      }
    }
    record.putObject("amountPaid").put("amount", sum).put("currency", "usd");
  }

  /** Fills in or changes the diet and lifestyle sheet; the client counts as changed. */
  public String fillSheet(String patient, Map<String, ?> members) {
    return change(
        "fillSheet",
        "records",
        patient,
        row -> {
          ObjectNode sheet =
              account
                  .table("dietlifestyle")
                  .find(patient)
                  .orElseGet(
                      () ->
                          PracticeBetterAccount.JSON
                              .createObjectNode()
                              .put("dateCreated", account.state().second().toString()));
          members.forEach(
              (name, value) -> sheet.set(name, PracticeBetterAccount.JSON.valueToTree(value)));
          account.table("dietlifestyle").put(patient, sheet);
        });
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

  /** Sets members as they are, by JSON pointer or name, without touching the record. */
  public String set(String table, String id, Map<String, ?> members) {
    return account.locked(
        () -> {
          ObjectNode row = account.table(table).require(id);
          members.forEach(
              (name, value) -> {
                int cut = name.lastIndexOf('/');
                ObjectNode at = cut > 0 ? row.withObject(name.substring(0, cut)) : row;
                at.set(name.substring(cut + 1), PracticeBetterAccount.JSON.valueToTree(value));
              });
          account.state().logEdit("set", id, row.toString());
          return id;
        });
  }

  /** Takes a member away. */
  public String unset(String table, String id, String member) {
    return account.locked(
        () -> {
          account.table(table).require(id).remove(member);
          return id;
        });
  }
}
