package io.clinicsync.sandbox.jane;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.world.Bill;
import io.clinicsync.sandbox.world.ClinicWorld;
import io.clinicsync.sandbox.world.Visit;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/** Makes purchases of a world's bills; of every fifth an insurer owes the greater part. */
final class JaneBills {

  private final JaneAccount account;
  private final ClinicWorld world;
  private final List<ObjectNode> patients;
  private final List<ObjectNode> visits;

  JaneBills(
      JaneAccount account, ClinicWorld world, List<ObjectNode> patients, List<ObjectNode> visits) {
    this.account = account;
    this.world = world;
    this.patients = patients;
    this.visits = visits;
  }

  void fill() {
    JaneRecords records = new JaneRecords(account);
    for (int i = 0; i < world.bills().size(); i++) {
      Bill bill = world.bills().get(i);
      ObjectNode patient = patients.get(bill.person());
      boolean kept = account.table("patients").find(patient.get("id").asText()).isPresent();
      if (bill.archivedAt() == null && kept) {
        ObjectNode row = row(bill, i);
        account.table("purchases").put(row.get("id").asText(), row);
        if (bill.visit() >= 0) {
          records.bill(visits.get(bill.visit()), row);
        }
      }
    }
    ahead(records);
    patients.forEach(records::balance);
  }

  /** Some visits ahead are bought already, with an insurer's part still to be claimed. */
  private void ahead(JaneRecords records) {
    for (int i = 0; i < visits.size(); i += 9) {
      Visit visit = world.visits().get(i);
      ObjectNode patient = patients.get(visit.person());
      boolean kept = account.table("patients").find(patient.get("id").asText()).isPresent();
      if (visit.start().isAfter(world.now()) && visit.cancelledAt() == null && kept) {
        BigDecimal price = world.services().get(visit.service()).price();
        ObjectNode row = JaneAccount.JSON.createObjectNode().put("id", account.state().newId());
        row.set("_patient_id", patient.get("id"));
        row.put("order_id", account.state().newId());
        row.set("appointment_id", visits.get(i).get("id"));
        row.put("description", world.services().get(visit.service()).name());
        row.put("total", price).put("patient_total", BigDecimal.ZERO).put("insurer_total", price);
        row.put("paid", BigDecimal.ZERO).put("state", "unpaid");
        row.put("purchased_at", account.time(visit.createdAt()));
        account.table("purchases").put(row.get("id").asText(), row);
        records.bill(visits.get(i), row);
      }
    }
  }

  private ObjectNode row(Bill bill, int index) {
    BigDecimal insurer =
        index % 5 == 0
            ? bill.amount().multiply(new BigDecimal("0.6")).setScale(2, RoundingMode.HALF_UP)
            : BigDecimal.ZERO;
    BigDecimal own = bill.amount().subtract(insurer);
    boolean free = index % 31 == 30;
    BigDecimal paid =
        switch (bill.state()) {
          case PAID -> bill.amount();
          // The patient has paid; the insurer still owes.
          case OPEN -> insurer.signum() > 0 ? own : BigDecimal.ZERO;
          case VOID, CREDITED -> BigDecimal.ZERO;
        };
    String state =
        switch (bill.state()) {
          case PAID -> free ? "no_charge" : "paid";
          case OPEN -> "unpaid";
          case VOID -> "void";
          case CREDITED -> "refunded";
        };
    ObjectNode row = JaneAccount.JSON.createObjectNode().put("id", account.state().newId());
    row.set("_patient_id", patients.get(bill.person()).get("id"));
    row.put("order_id", bill.number());
    if (bill.visit() < 0) {
      row.putNull("appointment_id").put("description", "Foam roller");
    } else {
      row.set("appointment_id", visits.get(bill.visit()).get("id"));
      row.put("description", world.services().get(bill.service()).name());
    }
    row.put("total", bill.amount()).put("patient_total", own).put("insurer_total", insurer);
    row.put("paid", free ? BigDecimal.ZERO : paid).put("state", state);
    return row.put("purchased_at", account.time(bill.createdAt()));
  }
}
