package io.clinicsync.sandbox.halaxy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.world.Bill;
import io.clinicsync.sandbox.world.ClinicWorld;
import io.clinicsync.sandbox.world.Person;
import io.clinicsync.sandbox.world.Phone;
import io.clinicsync.sandbox.world.Service;
import io.clinicsync.sandbox.world.Session;
import io.clinicsync.sandbox.world.Site;
import io.clinicsync.sandbox.world.Visit;
import io.clinicsync.sandbox.world.Worker;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fills a practice group from an invented world. The caller holds the account's lock. */
final class HalaxySeeder {

  private final HalaxyAccount account;
  private final ClinicWorld world;
  private final List<String> clinics = new ArrayList<>();
  private final List<String> services = new ArrayList<>();
  private final List<String> practitioners = new ArrayList<>();
  private final List<String> patients = new ArrayList<>();
  private final Map<Integer, ObjectNode> appointments = new HashMap<>();
  private final Map<String, String> roles = new HashMap<>();
  private String insurer = "";

  HalaxySeeder(HalaxyAccount account, ClinicWorld world) {
    this.account = account;
    this.world = world;
  }

  void fill() {
    organizations();
    world.services().forEach(this::service);
    for (int i = 0; i < world.workers().size(); i++) {
      worker(i, world.workers().get(i));
    }
    outsider();
    for (int i = 0; i < world.persons().size(); i++) {
      person(i, world.persons().get(i));
    }
    for (int i = 0; i < world.visits().size(); i++) {
      visit(i, world.visits().get(i));
    }
    world.sessions().forEach(this::session);
    lunchBreaks();
    for (int i = 0; i < world.bills().size(); i++) {
      bill(i, world.bills().get(i));
    }
  }

  private void organizations() {
    account.put(
        Fhir.resource("Organization", "PG-" + account.newId())
            .put("active", true)
            .put("name", account.name() + " Practice Group"));
    for (Site site : world.sites()) {
      String id = "CL-" + account.newId();
      ObjectNode row = Fhir.resource("Organization", id).put("active", !site.archived());
      row.put("name", site.name());
      row.putArray("telecom").addObject().put("system", "phone").put("value", "+61255501234");
      address(row, "work", site.street(), site.city(), site.state(), site.postCode());
      account.put(row);
      clinics.add(id);
    }
    insurer = "FD-" + account.newId();
    account.put(
        Fhir.resource("Organization", insurer).put("active", true).put("name", "Southern Mutual"));
  }

  private static void address(
      ObjectNode row, String use, String street, String city, String state, String postCode) {
    ObjectNode address = row.putArray("address").addObject().put("use", use);
    address.putArray("line").add(street);
    address.put("city", city).put("state", state).put("postalCode", postCode);
    address.put("country", "AU");
  }

  private void service(Service service) {
    String id = account.newId();
    ObjectNode row = Fhir.resource("HealthcareService", id).put("active", !service.archived());
    row.put("name", service.name()).put("comment", service.category());
    ArrayNode extensions = row.putArray("extension");
    extensions
        .addObject()
        .put("url", Fhir.DURATION)
        .putObject("valueQuantity")
        .put("value", service.minutes())
        .put("unit", "minute");
    extensions
        .addObject()
        .put("url", Fhir.ONLINE)
        .put("valueString", service.online() ? "Yes - any bookable appointment time" : "No");
    extensions.addObject().put("url", Fhir.MAX_PATIENTS).put("valueInteger", service.seats());
    account.put(row);
    services.add(id);
  }

  private void worker(int index, Worker worker) {
    String id = "PR-" + account.newId();
    ObjectNode row = Fhir.resource("Practitioner", id).put("active", worker.active());
    ObjectNode name = row.putArray("name").addObject().put("use", "official");
    name.put("family", worker.lastName());
    name.putArray("given").add(worker.firstName());
    name.putArray("prefix").add(worker.title());
    row.putArray("telecom").addObject().put("system", "email").put("value", worker.email());
    row.putArray("qualification").addObject().putObject("code").put("text", worker.designation());
    account.put(row);
    practitioners.add(id);
    worker.sites().forEach(site -> role(index, site));
  }

  /** The role of a person at a clinic; old appointments name roles that are over. */
  private String role(int worker, int site) {
    return roles.computeIfAbsent(
        worker + "/" + site,
        key -> {
          String id = "PR-" + account.newId();
          Worker who = world.workers().get(worker);
          ObjectNode row = Fhir.resource("PractitionerRole", id);
          row.put("active", who.active() && who.sites().contains(site));
          row.set("practitioner", Fhir.reference("Practitioner", practitioners.get(worker)));
          row.set("organization", Fhir.reference("Organization", clinics.get(site)));
          account.put(row);
          return id;
        });
  }

  /** Somebody else's doctor, whom referrals name. */
  private void outsider() {
    String id = "EP-" + account.newId();
    ObjectNode row = Fhir.resource("Practitioner", id).put("active", true);
    ObjectNode name = row.putArray("name").addObject().put("use", "official");
    name.put("family", "Elsewhere").putArray("given").add("Morgan");
    account.put(row);
    ObjectNode role = Fhir.resource("PractitionerRole", "EP-" + account.newId());
    role.put("active", true).set("practitioner", Fhir.reference("Practitioner", id));
    account.put(role);
  }

  private void person(int index, Person person) {
    String id = account.newId();
    patients.add(id);
    if (person.mergedInto() >= 0) {
      return;
    }
    ObjectNode row = Fhir.resource("Patient", id);
    row.put("active", person.archivedAt() == null && person.deletedAt() == null);
    ArrayNode names = row.putArray("name");
    if (person.preferredName() != null) {
      names.addObject().put("use", "usual").putArray("given").add(person.preferredName());
    }
    ObjectNode official = names.addObject().put("use", "official");
    official.put("family", person.lastName()).putArray("given").add(person.firstName());
    if (person.title() != null) {
      official.putArray("prefix").add(person.title());
    }
    telecom(row, person);
    if (person.sex() != null) {
      String sex = person.sex().toLowerCase(Locale.ROOT);
      row.put("gender", sex.matches("male|female") ? sex : index % 2 == 0 ? "other" : "custom");
    }
    if (person.birthDate() != null) {
      row.put("birthDate", person.birthDate().toString());
    }
    if (index % 50 == 47) {
      row.put("deceasedBoolean", true);
    }
    address(row, "home", person.street(), person.city(), person.state(), person.postCode());
    account.touch(row, person.updatedAt());
    account.put(row);
  }

  private static void telecom(ObjectNode row, Person person) {
    ArrayNode telecom = HalaxyAccount.JSON.createArrayNode();
    for (Phone phone : person.phones()) {
      String system =
          switch (phone.kind()) {
            case "Mobile" -> "sms";
            case "Fax" -> "fax";
            default -> "phone";
          };
      String use =
          switch (phone.kind()) {
            case "Mobile" -> "mobile";
            case "Work" -> "work";
            default -> "home";
          };
      String value = phone.digits().isEmpty() ? phone.typed() : "+" + phone.digits();
      telecom.addObject().put("system", system).put("use", use).put("value", value);
    }
    if (person.email() != null) {
      telecom.addObject().put("system", "email").put("use", "home").put("value", person.email());
    }
    // FHIR knows no empty lists.
    if (!telecom.isEmpty()) {
      row.set("telecom", telecom);
    }
  }

  private ObjectNode appointment(
      int worker, int site, int service, Instant start, Instant end, Instant created) {
    ZoneId zone = world.sites().get(site).zone();
    ObjectNode row = HalaxyEdits.appointment(account.newId(), start, end, zone, role(worker, site));
    row.put("created", Fhir.time(created, zone));
    if (service >= 0) {
      row.putArray("supportingInformation")
          .add(Fhir.reference("HealthcareService", services.get(service)));
    }
    return row;
  }

  private void visit(int index, Visit visit) {
    // Deleted in Halaxy's own screens, so nobody sees it any more.
    if (visit.deletedAt() != null || visit.archivedAt() != null) {
      return;
    }
    ObjectNode row =
        appointment(
            visit.worker(),
            visit.site(),
            visit.service(),
            visit.start(),
            visit.end(),
            visit.createdAt());
    if (visit.note() != null) {
      row.put("description", visit.note());
    }
    String status =
        status(visit.arrived(), visit.cancelledAt(), index, visit.start().isAfter(world.now()));
    row.withArray("participant")
        .add(Fhir.patientParticipant(patients.get(survivor(visit.person())), status));
    account.touch(row, visit.updatedAt());
    account.put(row);
    appointments.put(index, row);
  }

  private int survivor(int person) {
    int at = person;
    while (world.persons().get(at).mergedInto() >= 0) {
      at = world.persons().get(at).mergedInto();
    }
    return at;
  }

  private static String status(
      @Nullable Boolean arrived, @Nullable Instant cancelled, int index, boolean ahead) {
    if (cancelled != null) {
      return index % 3 == 0 ? "cancelled (no charge)" : "cancelled";
    }
    if (Boolean.TRUE.equals(arrived)) {
      return index % 5 == 0 ? "arrived" : "attended";
    }
    if (Boolean.FALSE.equals(arrived)) {
      return "did not attend";
    }
    if (ahead && index % 17 == 0) {
      return "tentative";
    }
    return index % 4 == 0 ? "confirmed" : "booked";
  }

  private void session(Session session) {
    if (session.archivedAt() != null) {
      return;
    }
    ObjectNode row =
        appointment(
            session.worker(),
            session.site(),
            session.service(),
            session.start(),
            session.end(),
            session.createdAt());
    Instant updated = session.updatedAt();
    for (int i = 0; i < session.seats().size(); i++) {
      Session.Seat seat = session.seats().get(i);
      String patient = patients.get(survivor(seat.person()));
      if (Fhir.participant(row, "Patient", patient).isEmpty()) {
        String status = status(seat.arrived(), seat.cancelledAt(), 1, false);
        row.withArray("participant").add(Fhir.patientParticipant(patient, status));
      }
      updated = seat.updatedAt().isAfter(updated) ? seat.updatedAt() : updated;
    }
    account.touch(row, updated);
    account.put(row);
  }

  /** A break at noon for everybody, four weeks long: appointments without a patient. */
  private void lunchBreaks() {
    LocalDate today = world.now().atZone(account.zone()).toLocalDate();
    for (int who = 0; who < world.workers().size(); who++) {
      for (int day = 1; day <= 28; day++) {
        Instant noon = today.plusDays(day).atTime(12, 0).atZone(account.zone()).toInstant();
        Instant made = world.now().minus(Duration.ofDays(40));
        int site = world.workers().get(who).sites().getFirst();
        ObjectNode row = appointment(who, site, -1, noon, noon.plusSeconds(1800), made);
        account.touch(row, made);
        account.put(row);
      }
    }
  }

  /** Every fifth bill of a visit goes to an insurer, every twentieth is only a quote. */
  private void bill(int index, Bill bill) {
    ObjectNode visit = appointments.get(bill.visit());
    if (bill.archivedAt() != null || bill.state() == Bill.State.VOID) {
      return;
    }
    String id = account.newId();
    ObjectNode row = Fhir.resource("Invoice", id);
    row.put("type", index % 20 == 7 ? "quote" : "invoice").put("date", bill.issued().toString());
    boolean insured = index % 5 == 0 && visit != null && index % 20 != 7;
    row.put("payorType", insured ? "funder" : "patient");
    row.set(
        "recipient",
        insured
            ? Fhir.reference("Organization", insurer)
            : Fhir.reference("Patient", patients.get(survivor(bill.person()))));
    row.set("practitioner", Fhir.reference("PractitionerRole", role(bill.worker(), bill.site())));
    BigDecimal half = bill.amount().divide(BigDecimal.valueOf(2), 2, RoundingMode.HALF_UP);
    BigDecimal paid =
        switch (bill.state()) {
          case PAID -> bill.amount();
          case OPEN -> index % 4 == 0 ? half : BigDecimal.ZERO;
          case CREDITED -> half;
          case VOID -> BigDecimal.ZERO;
        };
    row.put("status", bill.state() == Bill.State.CREDITED ? "write-off" : "issued");
    HalaxyEdits.amounts(row, account.currency(), bill.amount(), bill.tax(), paid);
    account.touch(row, bill.updatedAt());
    account.put(row);
    if (visit != null) {
      HalaxyEdits.link(visit, Fhir.actors(visit, "Patient").getFirst(), id);
    }
  }
}
