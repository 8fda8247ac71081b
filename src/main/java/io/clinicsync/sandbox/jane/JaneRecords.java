package io.clinicsync.sandbox.jane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Looks over a clinic's records and what one of them means for another. Caller holds the lock. */
final class JaneRecords {

  private final JaneAccount account;

  JaneRecords(JaneAccount account) {
    this.account = account;
  }

  List<ObjectNode> appointmentsOf(String patient) {
    return account.table("appointments").all().stream()
        .filter(row -> row.path("patient_id").asText().equals(patient))
        .toList();
  }

  List<ObjectNode> purchasesOf(String patient) {
    return account.table("purchases").all().stream()
        .filter(row -> row.path("_patient_id").asText().equals(patient))
        .toList();
  }

  /** The counters a patient shows. Jane counts when something is entered, not when time passes. */
  void count(String patient) {
    count(patient, appointmentsOf(patient));
  }

  /** Counts every patient anew, with one look over the appointments. */
  void countAll() {
    Map<String, List<ObjectNode>> byPatient =
        account.table("appointments").all().stream()
            .collect(Collectors.groupingBy(row -> row.path("patient_id").asText()));
    account.table("patients").ids().forEach(id -> count(id, byPatient.getOrDefault(id, List.of())));
  }

  private void count(String patient, List<ObjectNode> appointments) {
    int all = 0;
    int ahead = 0;
    int missed = 0;
    for (ObjectNode row : appointments) {
      String state = row.path("state").asText();
      if (row.hasNonNull("archived_at") || state.equals("never_booked")) {
        continue;
      }
      all++;
      missed += row.hasNonNull("no_show_at") ? 1 : 0;
      boolean live = state.equals("booked") || state.equals("arrived");
      ahead += live && JaneAccount.instant(row.get("start_at")).isAfter(account.moment()) ? 1 : 0;
    }
    ObjectNode row = account.table("patients").require(patient);
    row.put("appointments_count", all).put("upcoming_appointments_count", ahead);
    row.put("no_show_count", missed);
  }

  /** What a patient and their insurers owe. */
  void balance(ObjectNode patient) {
    BigDecimal own = BigDecimal.ZERO;
    BigDecimal claims = BigDecimal.ZERO;
    for (ObjectNode row : purchasesOf(patient.get("id").asText())) {
      if (row.path("state").asText().equals("unpaid")) {
        BigDecimal paid = row.get("paid").decimalValue();
        BigDecimal share = row.get("patient_total").decimalValue();
        own = own.add(share.subtract(paid).max(BigDecimal.ZERO));
        claims = claims.add(row.get("insurer_total").decimalValue());
      }
    }
    patient.put("balance", own).put("amount_owing", own).put("claims_amount_owing", claims);
  }

  /** Shows a purchase on its appointment. */
  void bill(ObjectNode appointment, ObjectNode purchase) {
    String state = purchase.path("state").asText();
    boolean insured = purchase.path("insurer_total").decimalValue().signum() > 0;
    appointment.set("purchase_id", purchase.get("id"));
    for (String order : List.of("order_id", "order_item_id", "sale_id")) {
      appointment.set(order, purchase.get("order_id"));
    }
    appointment.put("purchased", true).put("purchase_state", state);
    boolean ownPaid =
        purchase.get("paid").decimalValue().compareTo(purchase.get("patient_total").decimalValue())
            >= 0;
    appointment.put("patient_paid", ownPaid || state.equals("no_charge"));
    if (insured) {
      ObjectNode insurer = appointment.putArray("insurance_state").addObject();
      insurer.put("name", "Northern Mutual").put("number", "555000111").put("invoice_state", state);
      insurer.put("claim_state", "unsubmitted").put("claim_id", purchase.get("order_id").asLong());
    } else {
      appointment.putNull("insurance_state");
    }
  }

  /**
   * Whether a time is booked at the same person already; another hold does not stand in the way.
   */
  boolean conflicts(String staff, Instant from, Instant to, String except) {
    return busy(staff, except, false).stream()
        .anyMatch(span -> span[0].isBefore(to) && span[1].isAfter(from));
  }

  /** Times that are taken, provisionally too if wanted. */
  List<Instant[]> busy(String staff, String except, boolean holds) {
    List<Instant[]> busy = new ArrayList<>();
    for (ObjectNode row : account.table("appointments").all()) {
      if (row.path("staff_member_id").asText().equals(staff)
          && !row.get("id").asText().equals(except)
          && (holds || !row.path("state").asText().equals("reserved"))
          && takesRoom(row)) {
        busy.add(
            new Instant[] {
              JaneAccount.instant(row.get("start_at")), JaneAccount.instant(row.get("end_at"))
            });
      }
    }
    return busy;
  }

  private static boolean takesRoom(JsonNode row) {
    return !row.hasNonNull("archived_at")
        && !row.hasNonNull("cancelled_at")
        && !row.hasNonNull("no_show_at");
  }
}
