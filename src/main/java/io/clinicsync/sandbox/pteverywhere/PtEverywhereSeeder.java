package io.clinicsync.sandbox.pteverywhere;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.world.Bill;
import io.clinicsync.sandbox.world.ClinicWorld;
import io.clinicsync.sandbox.world.Person;
import io.clinicsync.sandbox.world.Service;
import io.clinicsync.sandbox.world.Site;
import io.clinicsync.sandbox.world.Visit;
import io.clinicsync.sandbox.world.Worker;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fills a clinic from an invented world. The caller holds the account's lock. */
final class PtEverywhereSeeder {

  private static final List<List<String>> PAYERS =
      List.of(
          List.of(),
          List.of("Blue Meadow Health"),
          List.of("Blue Meadow Health", "Harbor Mutual"),
          List.of("Northway PPO", "Harbor Mutual", "State Fund"));

  private final PtEverywhereAccount account;
  private final ClinicWorld world;
  private final List<String> services = new ArrayList<>();
  private final List<String> workers = new ArrayList<>();
  private final List<String> sites = new ArrayList<>();
  private final List<@Nullable String> patients = new ArrayList<>();
  private final Map<Integer, Bill> bills = new HashMap<>();

  PtEverywhereSeeder(PtEverywhereAccount account, ClinicWorld world) {
    this.account = account;
    this.world = world;
  }

  void fill() {
    world.services().forEach(each -> services.add(service(each)));
    world.sites().forEach(each -> sites.add(site(each)));
    world.workers().forEach(each -> workers.add(worker(each)));
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

  private String put(String table, ObjectNode row) {
    String id = row.get("_id").asText();
    account.table(table).put(id, row);
    return id;
  }

  private ObjectNode fresh() {
    return PtEverywhereAccount.JSON.createObjectNode().put("_id", account.newId());
  }

  private String service(Service service) {
    ObjectNode row = fresh().put("name", service.name()).put("category", service.category());
    row.put("serviceCode", "S" + services.size()).put("duration", service.minutes());
    row.put("price", money(service.price())).put("isActive", !service.archived());
    return put("services", row.put("_online", service.online() && service.seats() == 1));
  }

  private String site(Site site) {
    ObjectNode row = fresh().put("name", site.name()).put("address", site.street());
    row.put("city", site.city()).put("state", site.state()).put("zipCode", site.postCode());
    return put("locations", row.put("phone", "555-0100"));
  }

  private String worker(Worker worker) {
    ObjectNode row = fresh().put("name", worker.firstName() + " " + worker.lastName());
    row.put("firstName", worker.firstName()).put("lastName", worker.lastName());
    row.put("email", worker.email()).put("isActive", worker.active());
    ArrayNode offers = row.putArray("_services");
    worker.services().forEach(each -> offers.add(services.get(each)));
    ArrayNode at = row.putArray("_sites");
    worker.sites().forEach(each -> at.add(sites.get(each)));
    account.table("clinic-users").put(row.get("_id").asText(), row);
    return put("therapists", row);
  }

  private @Nullable String patient(int index, Person person) {
    if (person.deletedAt() != null || person.mergedInto() >= 0) {
      return null;
    }
    ObjectNode row = fresh();
    row.put("firstName", person.firstName()).put("lastName", person.lastName());
    row.put("middleName", index % 9 == 0 ? "Lee" : "").put("email", person.email());
    row.put("phoneNumber", person.phones().isEmpty() ? null : person.phones().getFirst().typed());
    LocalDate born = person.birthDate();
    row.put("dateOfBirth", born == null ? null : born.toString());
    row.put("address", person.street()).put("city", person.city());
    row.put("state", person.state()).put("zipCode", person.postCode());
    row.put("status", person.archivedAt() == null ? "Active" : "Inactive");
    row.put("_created", PtEverywhereReads.stamp(person.createdAt()));
    row.put("_referral", person.referral());
    ArrayNode payers = row.putArray("_payers");
    PAYERS.get(index % PAYERS.size()).forEach(payers::add);
    row.put("_case", index % 3 == 0 ? "M54.50: Low back pain, unspecified" : null);
    return put("patients", row);
  }

  private void visit(int index, Visit visit) {
    String patient = patients.get(visit.person());
    if (patient == null || visit.deletedAt() != null || visit.archivedAt() != null) {
      return;
    }
    ObjectNode row =
        fresh().put("_patient", patient).put("_service", services.get(visit.service()));
    row.put("_provider", workers.get(visit.worker())).put("_location", sites.get(visit.site()));
    row.put("startDateTime", PtEverywhereReads.stamp(visit.start()));
    row.put("endDateTime", PtEverywhereReads.stamp(visit.end()));
    row.put("appointmentStatus", status(index, visit)).put("units", 1 + index % 4);
    row.put(
        "cancellationNotice",
        visit.cancelledAt() == null ? null : index % 2 == 0 ? "Patient called" : "Within 24 hours");
    BigDecimal price = world.services().get(visit.service()).price();
    row.put("charges", money(visit.cancelledAt() == null ? price : BigDecimal.ZERO));
    row.put("payments", "0").put("_created", PtEverywhereReads.stamp(visit.createdAt()));
    row.put("createdBy", "Front Desk").put("lastUpdateBy", "Front Desk");
    row.put("lastUpdateDate", PtEverywhereReads.stamp(visit.updatedAt()));
    if (visit.note() != null) {
      row.put("reason", visit.note());
    }
    Bill bill = bills.get(index);
    if (bill != null) {
      boolean paid = bill.state() == Bill.State.PAID;
      row.put("payments", paid ? money(bill.amount()) : "0");
      row.put("_invoice", "INV-" + bill.number());
      row.put("_invoiceStatus", paid ? "paid" : "unpaid");
    }
    put("appointments", row);
  }

  private String status(int index, Visit visit) {
    Instant now = world.now();
    if (visit.cancelledAt() != null) {
      return "Cancelled";
    }
    if (visit.arrived() != null) {
      return !visit.arrived() ? "No Show" : index % 5 == 0 ? "Checked Out" : "Completed";
    }
    return visit.start().isAfter(now) && index % 6 == 0 ? "Confirmed" : "Scheduled";
  }

  /** Kept plain; how it is written is for the one who shows it. */
  private static String money(BigDecimal amount) {
    return amount.toPlainString();
  }
}
