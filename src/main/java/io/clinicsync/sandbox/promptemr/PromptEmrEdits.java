package io.clinicsync.sandbox.promptemr;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What staff do in Prompt's own screens. Each edit gives the id it made or changed. */
public final class PromptEmrEdits {

  private final PromptEmrAccount account;

  PromptEmrEdits(PromptEmrAccount account) {
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
          return done(operation, row);
        });
  }

  private static void fill(ObjectNode row, Map<String, ?> members) {
    members.forEach((name, value) -> row.set(name, PromptEmrAccount.JSON.valueToTree(value)));
  }

  public String createPatient(Map<String, ?> members) {
    return account.locked(
        () -> {
          String id = (1_000_000 + account.state().newId() % 1_000_000) + "-" + account.letters();
          ObjectNode row = PromptEmrAccount.row(id).put("Inactive", 0);
          row.put("created_at", account.state().second().toString());
          fill(row, members);
          account.table("patients").put(id, row);
          return done("createPatient", row);
        });
  }

  public String updatePatient(String id, Map<String, ?> members) {
    return change("updatePatient", "patients", id, row -> fill(row, members));
  }

  public String archivePatient(String id) {
    return change("archivePatient", "patients", id, row -> row.put("Inactive", 1));
  }

  /** In no report any more. */
  public String deletePatient(String id) {
    return change("deletePatient", "patients", id, this::gone);
  }

  private void gone(ObjectNode row) {
    row.put("_gone", account.state().second().toString());
  }

  public String book(String patient, String provider, String facility, String type, Instant start) {
    return account.locked(
        () -> {
          account.table("patients").require(patient);
          ObjectNode row = PromptEmrAccount.row("v-" + account.state().newId());
          row.put("PatientId", patient).put("Provider", provider).put("Facility", facility);
          row.put("VisitType", type).put("Stage", "Not Checked In").put("_minutes", 45);
          row.put("_start", start.toString());
          account.table("visits").put(row.get("_id").asText(), row);
          return done("book", row);
        });
  }

  public String move(String id, Instant start) {
    return change("move", "visits", id, row -> row.put("_start", start.toString()));
  }

  public String cancel(String id) {
    return change(
        "cancel",
        "visits",
        id,
        row -> row.put("Stage", "Cancelled").put("CancellationReason", "Patient called"));
  }

  public String arrive(String id) {
    return change("arrive", "visits", id, row -> row.put("Stage", "Checked Out"));
  }

  public String noShow(String id) {
    return change("noShow", "visits", id, row -> row.put("Stage", "No Show"));
  }

  /** In no report any more. */
  public String deleteVisit(String id) {
    return change("deleteVisit", "visits", id, this::gone);
  }

  /** In no report any more. */
  public String deleteCharge(String id) {
    return change("deleteCharge", "charges", id, this::gone);
  }

  public String payCharge(String id) {
    return change(
        "payCharge",
        "charges",
        id,
        row -> row.put("PatientPaid", row.path("Balance").asText()).put("Balance", "0.00"));
  }

  /** Changes many records at one moment. */
  public List<String> touchMany(String table, int count) {
    return account.locked(
        () -> {
          List<String> ids =
              account.table(table).ids().stream()
                  .filter(id -> !account.table(table).require(id).has("_gone"))
                  .limit(count)
                  .toList();
          String member =
              switch (table) {
                case "patients" -> "Street2";
                case "visits" -> "VisitNumber";
                default -> "Units";
              };
          String mark = Long.toString(account.state().newId());
          ids.forEach(id -> account.table(table).require(id).put(member, mark));
          account.state().logEdit("touchMany", table, "");
          return ids;
        });
  }

  /** Sets members as they are. */
  public String set(String table, String id, Map<String, ?> members) {
    return change("set", table, id, row -> fill(row, members));
  }
}
