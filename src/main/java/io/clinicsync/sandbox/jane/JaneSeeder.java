package io.clinicsync.sandbox.jane;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.world.ClinicWorld;
import io.clinicsync.sandbox.world.Person;
import io.clinicsync.sandbox.world.Phone;
import io.clinicsync.sandbox.world.Service;
import io.clinicsync.sandbox.world.Session;
import io.clinicsync.sandbox.world.Site;
import io.clinicsync.sandbox.world.Visit;
import io.clinicsync.sandbox.world.Worker;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fills a clinic from an invented world. The caller holds the account's lock. */
final class JaneSeeder {

  private final JaneAccount account;
  private final ClinicWorld world;
  private final List<ObjectNode> locations = new ArrayList<>();
  private final List<ObjectNode> treatments = new ArrayList<>();
  private final List<ObjectNode> staff = new ArrayList<>();
  private final List<ObjectNode> patients = new ArrayList<>();
  private final Map<Long, Instant> firstVisits = new HashMap<>();

  JaneSeeder(JaneAccount account, ClinicWorld world) {
    this.account = account;
    this.world = world;
  }

  void fill() {
    world.sites().forEach(this::site);
    Map<String, Long> disciplines = new LinkedHashMap<>();
    for (Service service : world.services()) {
      disciplines.computeIfAbsent(service.category(), this::discipline);
    }
    world.services().forEach(service -> treatment(service, disciplines));
    world.workers().forEach(this::worker);
    for (int i = 0; i < world.persons().size(); i++) {
      person(i, world.persons().get(i));
    }
    List<ObjectNode> visits = new ArrayList<>();
    world.visits().forEach(visit -> visits.add(visit(visit)));
    for (int i = 0; i < visits.size(); i++) {
      Instant first = firstVisits.get(visits.get(i).get("patient_id").asLong());
      visits.get(i).put("first_visit", world.visits().get(i).start().equals(first));
    }
    world.sessions().forEach(this::session);
    lunchBreaks();
    abandoned();
    new JaneBills(account, world, patients, visits).fill();
    new JaneRecords(account).countAll();
  }

  private ObjectNode put(String table, ObjectNode row) {
    account.table(table).put(row.get("id").asText(), row);
    return row;
  }

  private ObjectNode fresh() {
    return JaneAccount.JSON.createObjectNode().put("id", account.state().newId());
  }

  private void site(Site site) {
    String slug = site.name().toLowerCase(Locale.ROOT).replace(' ', '-');
    ObjectNode row = fresh().put("name", site.name()).put("street_address", site.street());
    row.put("city", site.city()).put("province", site.state()).put("postal", site.postCode());
    row.put("country", "CA").put("phone", "604 555 0100").put("email", slug + "@example.com");
    row.put("slug", slug).put("booking_url", account.url() + "/locations/" + slug + "/book");
    row.put("online_bookable", site.online());
    if (site.archived()) {
      row.put("archived_at", account.time(world.now().minus(Duration.ofDays(30))));
    } else {
      row.putNull("archived_at");
    }
    locations.add(put("locations", row));
  }

  private long discipline(String category) {
    ObjectNode row = fresh().put("name", category);
    row.put("professional_title", category + " practitioner").put("description", "");
    return put("disciplines", row).get("id").asLong();
  }

  private void treatment(Service service, Map<String, Long> disciplines) {
    ObjectNode row = fresh().put("name", service.name()).put("price", service.price());
    row.put("treatment_duration", service.minutes() * 60);
    row.put("scheduled_duration", service.minutes() * 60);
    row.put("book_online", service.online()).put("online_only", false);
    row.put("discipline_id", disciplines.get(service.category())).putNull("staff_member_id");
    row.put("capacity", service.seats());
    row.put("booking_type", service.seats() > 1 ? "class" : "one_on_one");
    ArrayNode at = row.putArray("location_ids");
    locations.forEach(location -> at.add(location.get("id")));
    if (service.archived()) {
      row.put("archived_at", account.time(world.now().minus(Duration.ofDays(30))));
    } else {
      row.putNull("archived_at");
    }
    treatments.add(put("treatments", row));
  }

  private void worker(Worker worker) {
    ObjectNode row = fresh().put("first_name", worker.firstName());
    String name = worker.firstName() + " " + worker.lastName();
    row.put("last_name", worker.lastName()).put("full_name", name);
    row.put("professional_name", worker.title() + " " + worker.lastName());
    row.put("prefix", worker.title()).putNull("suffix").put("email", worker.email());
    row.put("allow_online_booking", worker.online());
    ArrayNode disciplines = row.putArray("disciplines");
    ArrayNode offers = row.putArray("all_treatment_ids");
    for (int service : worker.services()) {
      offers.add(treatments.get(service).get("id"));
      disciplines.add(treatments.get(service).get("discipline_id"));
    }
    ArrayNode at = row.putArray("location_ids");
    worker.sites().forEach(site -> at.add(locations.get(site).get("id")));
    if (worker.active()) {
      row.putNull("archived_at");
    } else {
      row.put("archived_at", account.time(world.now().minus(Duration.ofDays(20))));
    }
    staff.add(put("staff_members", row));
  }

  private void person(int index, Person person) {
    ObjectNode row = JaneShapes.patient(account, account.state().newId(), person.createdAt());
    patients.add(row);
    row.put("first_name", person.firstName()).put("last_name", person.lastName());
    row.put("preferred_name", person.preferredName()).put("prefix", person.title());
    row.put("email", person.email()).put("street_address", person.street());
    row.put("city", person.city()).put("province", person.state()).put("postal", person.postCode());
    row.put("country", "CA").put("referral_source", person.referral());
    row.put("dob", person.birthDate() == null ? null : person.birthDate().toString());
    row.put("gender", person.sex() == null ? null : person.sex().toLowerCase(Locale.ROOT));
    row.set("_sex", row.get("gender"));
    for (Phone phone : person.phones()) {
      String member = phone.kind().toLowerCase(Locale.ROOT) + "_phone";
      row.put(row.has(member) ? member : "home_phone", phone.typed());
    }
    row.put("marketing_emails", Boolean.TRUE.equals(person.marketingByEmail()));
    row.put("send_sms_notifications", Boolean.TRUE.equals(person.marketingBySms()));
    row.put("do_not_email", index % 29 == 28).put("deceased", index % 50 == 47);
    row.put("discharged", index % 25 == 24);
    if (index % 13 == 5) {
      row.put("patient_number", "C-" + (1000 + index));
    }
    if (index % 15 == 3) {
      row.withArray("notes")
          .addObject()
          .put("id", account.state().newId())
          .put("body", "Quiet room");
      row.put("medical_alert", "Latex").put("emergency_contact_name", "Robin Example");
    }
    if (index % 6 == 2) {
      pass(row, index);
    }
    Instant gone = person.deletedAt() == null ? person.archivedAt() : person.deletedAt();
    if (gone != null) {
      row.put("_archived_at", account.time(gone));
    }
    JaneShapes.derive(row);
    row.put("updated_at", account.time(person.updatedAt()));
    // A merged patient is gone without a trace; the survivor holds the appointments.
    if (person.mergedInto() < 0) {
      put("patients", row);
    }
  }

  private void pass(ObjectNode patient, int index) {
    Instant bought = world.now().minus(Duration.ofDays(20 + index % 200));
    LocalDate expires = bought.atZone(account.zone()).toLocalDate().plusYears(1);
    ObjectNode pass = patient.withArray("passes").addObject().put("id", account.state().newId());
    pass.put("name", "10 visits").put("package_type", index % 12 == 2 ? "package" : "membership");
    pass.put("quantity", 10).put("remaining", 10 - index % 11).putNull("quantity_interval");
    pass.put("price", 900).put("purchased_at", account.time(bought));
    pass.put("expires_at", expires.toString());
  }

  private ObjectNode visit(Visit visit) {
    ObjectNode row =
        booked(
            visit.person(),
            visit.worker(),
            visit.site(),
            visit.service(),
            visit.start(),
            visit.end());
    row.put("booked_at", account.time(visit.createdAt()));
    row.put("_created_at", account.time(visit.createdAt()));
    row.put("notes_text", visit.note() == null ? "" : visit.note());
    row.put("has_notes", visit.note() != null);
    fate(row, visit.arrived(), visit.arrivalNotedAt(), visit.cancelledAt(), visit.start());
    if (visit.archivedAt() != null) {
      row.put("archived_at", account.time(visit.archivedAt()));
    }
    row.put("updated_at", account.time(visit.updatedAt()));
    firstVisits.merge(
        row.get("patient_id").asLong(), visit.start(), (a, b) -> a.isBefore(b) ? a : b);
    return row;
  }

  private ObjectNode booked(
      int person, int worker, int site, int service, Instant start, Instant end) {
    ObjectNode row =
        JaneShapes.appointment(
            account,
            account.state().newId(),
            staff.get(worker),
            locations.get(site).get("id").asLong(),
            start,
            end);
    JaneShapes.book(account, row, patients.get(person), treatments.get(service));
    return put("appointments", row);
  }

  private void fate(
      ObjectNode row,
      @Nullable Boolean arrived,
      @Nullable Instant noted,
      @Nullable Instant cancelled,
      Instant start) {
    if (cancelled != null) {
      row.put("state", "cancelled").put("cancelled", true).put("reschedulable", false);
      row.put("cancelled_at", account.time(cancelled)).put("cancelled_reason", "Feeling better");
    } else if (Boolean.TRUE.equals(arrived)) {
      row.put("state", "arrived").put("arrived_at", account.time(noted == null ? start : noted));
    } else if (Boolean.FALSE.equals(arrived)) {
      row.put("state", "no_show").put("no_show_at", account.time(noted == null ? start : noted));
    }
  }

  private void session(Session session) {
    ObjectNode parent =
        JaneShapes.appointment(
            account,
            account.state().newId(),
            staff.get(session.worker()),
            locations.get(session.site()).get("id").asLong(),
            session.start(),
            session.end());
    JaneShapes.treat(parent, treatments.get(session.service()));
    parent.put("class_booking", true).put("booking_type", "class_booking").put("state", "booked");
    parent.put("booked_at", account.time(session.createdAt()));
    parent.put("participant_count", session.seats().size());
    parent.put("updated_at", account.time(session.updatedAt()));
    put("appointments", parent);
    for (Session.Seat seat : session.seats()) {
      ObjectNode row =
          booked(
              seat.person(),
              session.worker(),
              session.site(),
              session.service(),
              session.start(),
              session.end());
      row.put("class_booking", true).put("booking_type", "class_booking");
      row.set("parent_appointment_id", parent.get("id"));
      row.put("booked_at", account.time(seat.createdAt()));
      fate(row, seat.arrived(), null, seat.cancelledAt(), session.start());
      Instant updated = seat.updatedAt();
      if (session.archivedAt() != null) {
        row.put("archived_at", account.time(session.archivedAt()));
        updated = session.updatedAt().isAfter(updated) ? session.updatedAt() : updated;
      }
      row.put("updated_at", account.time(updated));
      parent.withArray("child_appointment_ids").add(row.get("id"));
    }
    if (session.archivedAt() != null) {
      parent.put("archived_at", account.time(session.archivedAt()));
    }
  }

  /** A break at noon for everybody, four weeks long. */
  private void lunchBreaks() {
    LocalDate today = world.now().atZone(account.zone()).toLocalDate();
    for (ObjectNode who : staff) {
      for (int day = 1; day <= 28; day++) {
        Instant noon = today.plusDays(day).atTime(12, 0).atZone(account.zone()).toInstant();
        ObjectNode row =
            JaneShapes.appointment(
                account,
                account.state().newId(),
                who,
                who.path("location_ids").get(0).asLong(),
                noon,
                noon.plusSeconds(1800));
        row.put("break", true).put("state", "booked");
        row.put("updated_at", account.time(world.now().minus(Duration.ofDays(40))));
        put("appointments", row);
      }
    }
  }

  /** Slots somebody reserved and let go, as every busy front desk leaves behind. */
  private void abandoned() {
    for (int i = 0; i < patients.size(); i += 20) {
      Instant start = world.now().plus(Duration.ofDays(2 + i % 9));
      ObjectNode row =
          JaneShapes.appointment(
              account,
              account.state().newId(),
              staff.get(i % staff.size()),
              locations.getFirst().get("id").asLong(),
              start,
              start.plusSeconds(900));
      row.set("patient_id", patients.get(i).get("id"));
      row.set("patient_name", patients.get(i).get("name"));
      put("appointments", row);
      account.neverBooked(row, world.now().minus(Duration.ofDays(1)));
    }
  }
}
