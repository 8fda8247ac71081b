package io.clinicsync.sandbox.promptemr;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.world.Bill;
import io.clinicsync.sandbox.world.ClinicWorld;
import io.clinicsync.sandbox.world.Person;
import io.clinicsync.sandbox.world.Phone;
import io.clinicsync.sandbox.world.Visit;
import io.clinicsync.sandbox.world.Worker;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Fills a clinic from an invented world. The caller holds the account's lock. */
final class PromptEmrSeeder {

  private static final List<String> CODES = List.of("97110", "97140", "97161", "97530");

  private final PromptEmrAccount account;
  private final ClinicWorld world;
  private final List<@Nullable String> patients = new ArrayList<>();
  private final Map<Integer, Bill> bills = new HashMap<>();
  private final Map<String, Integer> visitNumbers = new HashMap<>();
  private final Set<String> met = new HashSet<>();

  PromptEmrSeeder(PromptEmrAccount account, ClinicWorld world) {
    this.account = account;
    this.world = world;
  }

  void fill() {
    for (int i = 0; i < world.persons().size(); i++) {
      patients.add(patient(i, world.persons().get(i)));
    }
    for (Bill bill : world.bills()) {
      if (bill.visit() >= 0 && bill.archivedAt() == null) {
        bills.put(bill.visit(), bill);
      }
    }
    for (int i = 0; i < world.visits().size(); i++) {
      visit(i, world.visits().get(i));
    }
  }

  private @Nullable String patient(int index, Person person) {
    if (person.deletedAt() != null || person.mergedInto() >= 0) {
      return null;
    }
    String id = (1_000_000 + account.state().newId() % 1_000_000) + "-" + account.letters();
    ObjectNode row = PromptEmrAccount.row(id).put("FirstName", person.firstName());
    row.put("LastName", person.lastName()).put("PreferredName", person.preferredName());
    row.put("MiddleName", index % 9 == 0 ? "Lee" : null);
    LocalDate born = person.birthDate();
    row.put("DateOfBirth", born == null ? null : born.toString());
    row.put("Email", person.email()).put("Gender", person.sex());
    for (Phone phone : person.phones()) {
      String member = phone.kind().equals("Mobile") ? "MobilePhone" : "HomePhone";
      if (!row.has(member) && !phone.kind().equals("Fax")) {
        row.put(member, phone.typed());
      }
    }
    row.put("Street1", person.street()).put("City", person.city());
    row.put("StateOrProvince", person.state()).put("PostalCode", person.postCode());
    row.put("CountryCode", "US");
    // Of a block that is never given out.
    row.put("SSN", String.format("900-%02d-%04d", index % 50 + 10, index + 1000));
    row.put("Inactive", person.archivedAt() == null ? 0 : 1);
    row.put("created_at", person.createdAt().toString());
    account.table("patients").put(id, row);
    return id;
  }

  private void visit(int index, Visit visit) {
    String patient = patients.get(visit.person());
    if (patient == null || visit.deletedAt() != null || visit.archivedAt() != null) {
      return;
    }
    Worker worker = world.workers().get(visit.worker());
    String provider = worker.firstName().charAt(0) + ". " + worker.lastName();
    String type = world.services().get(visit.service()).name();
    if (!met.add(String.join("|", patient, visit.start().toString(), provider, type))) {
      return; // a report without ids could not tell them apart
    }
    String id = "v-" + account.state().newId();
    ObjectNode row = PromptEmrAccount.row(id).put("PatientId", patient);
    // By the clinic's clock, as a report shows it: an hour that comes twice is the first.
    LocalDateTime shown = LocalDateTime.ofInstant(visit.start(), account.zone());
    row.put("_start", shown.atZone(account.zone()).toInstant().toString());
    row.put("_minutes", Duration.between(visit.start(), visit.end()).toMinutes());
    row.put("VisitType", type).put("Provider", provider);
    row.put("VisitNumber", visitNumbers.merge(patient, 1, Integer::sum));
    row.put("Facility", world.sites().get(visit.site()).name());
    row.put("Stage", stage(index, visit));
    row.put("CancellationReason", visit.cancelledAt() == null ? null : "Patient called");
    Bill bill = bills.get(index);
    row.put("ClaimNumber", bill == null ? null : "PC" + account.letters() + bill.number());
    account.table("visits").put(id, row);
    if (bill != null) {
      charge(index, row, bill);
    }
  }

  private static String stage(int index, Visit visit) {
    if (visit.cancelledAt() != null) {
      return index % 3 == 0 ? "Late Cancel" : "Cancelled";
    }
    if (visit.arrived() == null) {
      return "Not Checked In";
    }
    return !visit.arrived() ? "No Show" : index % 4 == 0 ? "Checked In" : "Checked Out";
  }

  private void charge(int index, ObjectNode visit, Bill bill) {
    BigDecimal share = bill.amount().multiply(new BigDecimal("0.20"));
    BigDecimal patientPart = share.setScale(2, RoundingMode.HALF_UP);
    boolean paid = bill.state() == Bill.State.PAID;
    String id = "c-" + account.state().newId();
    ObjectNode row = PromptEmrAccount.row(id).put("PatientId", visit.get("PatientId").asText());
    row.put(
        "DateOfService",
        java.time.Instant.parse(visit.get("_start").asText())
            .atZone(account.zone())
            .toLocalDate()
            .toString());
    row.put("ClaimNumber", visit.get("ClaimNumber").asText());
    row.put("CptCode", CODES.get(index % CODES.size())).put("Units", 1 + index % 4);
    row.put("Billed", bill.amount().toPlainString());
    row.put("PatientPaid", paid ? patientPart.toPlainString() : "0.00");
    row.put("InsurancePaid", bill.amount().subtract(patientPart).toPlainString());
    row.put("Balance", paid ? "0.00" : patientPart.toPlainString());
    row.put("Provider", visit.get("Provider").asText());
    row.put("Facility", visit.get("Facility").asText());
    account.table("charges").put(id, row);
  }
}
