package io.clinicsync.sandbox.nookal;

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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fills a clinic from an invented world. The caller holds the account's lock. */
final class NookalSeeder {

  private final NookalAccount account;
  private final ClinicWorld world;
  private final List<String> locations = new ArrayList<>();
  private final List<String> services = new ArrayList<>();
  private final List<String> practitioners = new ArrayList<>();
  private final List<String> patients = new ArrayList<>();

  NookalSeeder(NookalAccount account, ClinicWorld world) {
    this.account = account;
    this.world = world;
  }

  void fill() {
    world.sites().forEach(this::site);
    for (int i = 0; i < world.services().size(); i++) {
      service(i, world.services().get(i));
    }
    world.workers().forEach(this::worker);
    for (int i = 0; i < world.persons().size(); i++) {
      person(i, world.persons().get(i));
    }
    List<String> visits = new ArrayList<>();
    world.visits().forEach(visit -> visits.add(visit(visit)));
    world.sessions().forEach(this::session);
    events();
    for (int i = 0; i < world.bills().size(); i++) {
      bill(i, world.bills().get(i), visits);
    }
  }

  private ObjectNode fresh() {
    return NookalAccount.JSON.createObjectNode().put("ID", account.newId());
  }

  private String put(String table, ObjectNode row) {
    String id = row.path("ID").asText();
    account.table(table).put(id, row);
    return id;
  }

  private boolean has(int person) {
    return account.table("patients").find(patients.get(person)).isPresent();
  }

  private void site(Site site) {
    ObjectNode row = fresh().put("Name", site.name()).put("AddressLine1", site.street());
    row.put("AddressLine2", "").put("AddressLine3", "").put("City", site.city());
    row.put("State", site.state()).put("Country", "Australia").put("Postcode", site.postCode());
    row.put("Telephone", "02 9071 8619").put("Email", "desk@clinic.example.com");
    row.put("Website", "").put("Timezone", site.zone().getId());
    locations.add(put("locations", row.put("lockNewPatientsToLocation", "0")));
  }

  private void service(int index, Service service) {
    boolean group = service.seats() > 1;
    ObjectNode row = fresh().put("Name", service.name()).put("Description", "");
    row.put("Duration", Integer.toString(service.minutes())).put("Category", service.category());
    row.put("Price", service.price().setScale(2, RoundingMode.HALF_UP).toPlainString());
    row.put("hasTax", "0").put("ServiceCode", (group ? "CL" : "SV") + service.minutes() + index);
    row.put("active", service.archived() ? "0" : "1");
    ArrayNode at = row.putArray("Locations");
    locations.forEach(at::add);
    row.put("_seats", Integer.toString(service.seats()));
    services.add(put(group ? "classTypes" : "services", row));
  }

  private void worker(Worker worker) {
    ObjectNode row = fresh().put("FirstName", worker.firstName()).put("Title", worker.title());
    row.put("LastName", worker.lastName()).put("Email", worker.email());
    row.put("Speciality", worker.designation()).put("ShowInDiary", worker.online() ? "1" : "0");
    row.put("status", worker.active() ? "1" : "0");
    ArrayNode at = row.putArray("locations");
    // Numbers here, text there, as Nookal has it.
    worker.sites().forEach(site -> at.add(Long.parseLong(locations.get(site))));
    practitioners.add(put("practitioners", row));
  }

  private void person(int index, Person person) {
    ObjectNode row =
        NookalShapes.patient(account, locations.get(index % 7 == 6 ? 1 : 0), person.createdAt());
    patients.add(row.path("ID").asText());
    row.put("FirstName", person.firstName()).put("LastName", person.lastName());
    row.put("Nickname", text(person.preferredName())).put("Title", text(person.title()));
    row.put("Email", text(person.email())).put("Addr1", person.street());
    row.put("City", person.city()).put("State", person.state()).put("Country", "Australia");
    row.put("Postcode", person.postCode());
    row.put("DOB", person.birthDate() == null ? "0000-00-00" : person.birthDate().toString());
    row.put("Gender", person.sex() == null ? "" : person.sex().substring(0, 1));
    for (Phone phone : person.phones()) {
      row.put(row.has(phone.kind()) ? phone.kind() : "Home", phone.typed());
    }
    row.put("deceased", index % 50 == 47 ? "1" : "0").put("category", index % 9 == 4 ? "DVA" : "");
    if (person.referral() != null) {
      ObjectNode extra = row.withArray("extras").addObject().put("name", "Source");
      extra.putArray("answers").add(person.referral());
    }
    if (index % 15 == 3) {
      row.put("Alerts", "Latex").put("Notes", "Quiet room");
    }
    if (person.archivedAt() != null) {
      row.put("active", "0");
    } else if (index % 4 == 1) {
      // One live report found no such member.
      row.remove("active");
    }
    row.put("_modified", person.updatedAt().toString());
    if (person.mergedInto() < 0 && person.deletedAt() == null) {
      put("patients", row);
    }
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  private String visit(Visit visit) {
    ObjectNode row =
        NookalShapes.appointment(
            account,
            patients.get(visit.person()),
            practitioners.get(visit.worker()),
            locations.get(visit.site()),
            services.get(visit.service()));
    NookalShapes.timed(account, row, visit.start(), visit.end());
    row.put("Notes", text(visit.note()));
    fate(row, visit.arrived(), visit.cancelledAt());
    row.put("_created", visit.createdAt().toString());
    row.put("_modified", visit.updatedAt().toString());
    // Archived elsewhere, deleted here: nothing is left of it.
    boolean kept = visit.archivedAt() == null && visit.deletedAt() == null && has(visit.person());
    return kept ? put("appointments", row) : row.path("ID").asText();
  }

  private static void fate(ObjectNode row, @Nullable Boolean arrived, @Nullable Instant cancelled) {
    if (cancelled != null) {
      row.put("cancelled", "1").put("_cancelled", cancelled.toString());
    } else if (Boolean.TRUE.equals(arrived)) {
      row.put("arrived", "1");
    } else if (Boolean.FALSE.equals(arrived)) {
      row.put("DNA", "1");
    }
  }

  private void session(Session session) {
    ObjectNode row =
        NookalShapes.session(
            account,
            account.table("classTypes").require(services.get(session.service())),
            practitioners.get(session.worker()),
            locations.get(session.site()),
            session.start(),
            session.end());
    row.put("_created", session.createdAt().toString());
    row.put("_modified", session.updatedAt().toString());
    boolean kept = session.archivedAt() == null;
    if (kept) {
      put("classes", row);
    }
    for (Session.Seat seat : session.seats()) {
      ObjectNode place =
          NookalShapes.participant(account, row.path("ID").asText(), patients.get(seat.person()));
      fate(place, seat.arrived(), seat.cancelledAt());
      place.put("_created", seat.createdAt().toString());
      place.put("_modified", seat.updatedAt().toString());
      if (kept && has(seat.person())) {
        String key =
            NookalShapes.participantKey(row.path("ID").asText(), patients.get(seat.person()));
        account.table("participants").put(key, place);
      }
    }
  }

  /** Breaks and meetings, which stand in the diary of v3 among the appointments. */
  private void events() {
    for (int i = 0; i < practitioners.size(); i++) {
      for (int day = 1; day <= 5; day++) {
        Instant noon =
            world
                .now()
                .atZone(account.zone())
                .toLocalDate()
                .plusDays(day)
                .atTime(12, 0)
                .atZone(account.zone())
                .toInstant();
        ObjectNode row = fresh().put("practitionerID", practitioners.get(i));
        row.put("locationID", locations.getFirst()).put("title", "Lunch");
        row.put("apptType", day == 5 ? "DiaryNote" : "DiaryEvent");
        row.put("_start", noon.toString());
        put("events", row.put("_end", noon.plus(Duration.ofMinutes(30)).toString()));
      }
    }
  }

  private void bill(int index, Bill bill, List<String> visits) {
    if (bill.archivedAt() != null) {
      return;
    }
    boolean insured = index % 9 == 4;
    // A deleted patient's invoices stay, as those of client 0.
    String patient = has(bill.person()) ? patients.get(bill.person()) : "0";
    ObjectNode row = fresh().put("invoiceNumber", "INV" + bill.number()).put("patientID", patient);
    row.put("providerID", practitioners.get(bill.worker()));
    row.put("locationID", locations.get(bill.site())).put("dateCreated", bill.issued().toString());
    row.put("isThirdPartyInvoice", insured ? "1" : "0");
    row.put("contactName", insured ? "Northern Mutual" : "");
    row.put("void", bill.state() == Bill.State.VOID ? "1" : "0");
    row.put("_total", bill.amount()).put("_tax", bill.tax());
    row.put("_modified", bill.updatedAt().toString()).put("_created", bill.createdAt().toString());
    put("invoices", row);
    boolean paid = bill.state() == Bill.State.PAID || bill.state() == Bill.State.CREDITED;
    if (paid && bill.closedAt() != null) {
      String method = index % 3 == 0 ? "Cash" : insured ? "HICAPS" : "EFTPOS";
      new NookalBills(account).pay(row, bill.amount(), method, bill.closedAt());
      if (bill.state() == Bill.State.CREDITED) {
        row.put("_refunded", bill.amount());
      }
    } else if (bill.state() == Bill.State.OPEN && index % 3 == 1) {
      new NookalBills(account)
          .pay(row, bill.amount().divide(BigDecimal.TWO), "Cash", bill.createdAt());
    }
    row.put("_modified", bill.updatedAt().toString());
    if (bill.visit() >= 0) {
      account
          .table("appointments")
          .find(visits.get(bill.visit()))
          .ifPresent(
              visit -> visit.put("invoiceGenerated", "1").put("status", paid ? "Completed" : null));
    }
  }
}
