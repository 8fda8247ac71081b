package io.clinicsync.sandbox.simplepractice;

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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Fills a practice from an invented world. The caller holds the account's lock. */
final class Seeder {

  /** Every twelfth person is one half of a couple that comes together. */
  private static final int COUPLES = 12;

  private final SimplePracticeAccount account;
  private final ClinicWorld world;
  private final List<String> offices = new ArrayList<>();
  private final List<ObjectNode> codes = new ArrayList<>();
  private final List<String> team = new ArrayList<>();
  private final Map<Integer, String> clients = new HashMap<>();
  private final Map<Integer, String> couples = new HashMap<>();

  Seeder(SimplePracticeAccount account, ClinicWorld world) {
    this.account = account;
    this.world = world;
  }

  void fill() {
    world.sites().forEach(this::office);
    for (int i = 0; i < world.services().size(); i++) {
      code(world.services().get(i), 90_791 + i);
    }
    world.workers().forEach(this::member);
    for (int i = 0; i < world.persons().size(); i++) {
      Person person = world.persons().get(i);
      // What is deleted or merged away is simply no longer there.
      if (person.deletedAt() == null && person.mergedAt() == null) {
        clients.put(i, client(person, i));
      }
    }
    for (int i = COUPLES; i + 1 < world.persons().size(); i += COUPLES) {
      if (clients.containsKey(i) && clients.containsKey(i + 1)) {
        couples.put(i, couple(world.persons().get(i), world.persons().get(i + 1), i));
      }
    }
    for (int i = 0; i < world.visits().size(); i++) {
      visit(world.visits().get(i), i);
    }
    world.sessions().forEach(this::block);
    world.bills().forEach(this::bill);
  }

  private void office(Site site) {
    ObjectNode row = account.add(SimplePracticeAccount.OFFICES).put("name", site.name());
    row.put("street", site.street()).put("city", site.city()).put("state", "CA");
    row.put("zip", site.postCode()).put("isVideo", "false");
    row.put("isPublic", Boolean.toString(!site.archived()));
    offices.add(row.path("id").asText());
  }

  private void code(Service service, int number) {
    ObjectNode row = account.add(SimplePracticeAccount.CODES).put("code", "" + number);
    row.put("description", service.name()).put("duration", service.minutes());
    row.put("rate", service.price().toPlainString());
    row.put("callToBook", Boolean.toString(!service.online()));
    row.put("_online", service.online() && !service.archived() && service.seats() == 1);
    codes.add(row);
  }

  private void member(Worker worker) {
    ObjectNode row = account.add(SimplePracticeAccount.TEAM);
    row.put("firstName", worker.firstName()).put("lastName", worker.lastName());
    row.put("name", worker.firstName() + " " + worker.lastName());
    row.put("suffix", "LMFT").put("email", worker.email());
    row.put("isActive", Boolean.toString(worker.active()));
    row.putArray("roles").add("clinician");
    row.put("_online", worker.online());
    ArrayNode offers = row.putArray("_codes");
    worker.services().forEach(each -> offers.add(codes.get(each).path("id").asText()));
    ArrayNode at = row.putArray("_offices");
    worker.sites().forEach(each -> at.add(offices.get(each)));
    team.add(row.path("id").asText());
  }

  private ObjectNode names(ObjectNode row, String first, String last) {
    row.put("hashedId", Sessions.hash("client/" + row.path("id").asText()).substring(0, 12));
    row.put("firstName", first).put("lastName", last).put("name", (first + " " + last).strip());
    return row;
  }

  private String client(Person person, int index) {
    ObjectNode row = account.add(SimplePracticeAccount.CLIENTS).put("thisType", "Client");
    names(row, person.firstName(), person.lastName());
    row.put("preferredName", person.preferredName());
    boolean left = person.archivedAt() != null;
    row.put("status", left ? "inactive" : index % 25 == 24 ? "prospective" : "active");
    row.put("inActiveTreatment", Boolean.toString(!left));
    row.put("createdAt", account.time(person.createdAt()));
    row.put("sex", person.sex()).put("isMinor", "false");
    row.put("generalNotes", index % 15 == 0 ? "Prefers mornings" : null);
    row.put("_clinician", team.get(index % team.size()));
    ArrayNode phones = row.putArray("_phones");
    for (Phone phone : person.phones()) {
      ObjectNode each = phones.addObject().put("id", "" + account.state().newId());
      each.put("number", phone.typed()).put("isDefault", Boolean.toString(phones.size() == 1));
    }
    row.put("defaultPhoneNumber", phones.isEmpty() ? null : phones.get(0).path("number").asText());
    row.put("defaultEmailAddress", person.email());
    ArrayNode emails = row.putArray("_emails");
    if (person.email() != null) {
      ObjectNode each = emails.addObject().put("id", "" + account.state().newId());
      each.put("address", person.email()).put("isDefault", "true");
    }
    return row.path("id").asText();
  }

  private String couple(Person one, Person other, int index) {
    ObjectNode row = account.add(SimplePracticeAccount.CLIENTS).put("thisType", "ClientCouple");
    names(row, one.firstName() + " & " + other.firstName(), one.lastName());
    row.put("status", "active").put("inActiveTreatment", "true");
    row.put("createdAt", account.time(one.createdAt()));
    row.put("defaultEmailAddress", one.email()).putNull("defaultPhoneNumber");
    row.put("_clinician", team.get(index % team.size()));
    row.putArray("_phones");
    row.putArray("_emails");
    return row.path("id").asText();
  }

  private static String status(Visit visit) {
    Instant cancelled = visit.cancelledAt();
    if (cancelled != null) {
      boolean late = cancelled.isAfter(visit.start().minus(Duration.ofHours(24)));
      return late
          ? "Late Cancelled"
          : visit.cancelReason() == 50 ? "Clinician Cancelled" : "Cancelled";
    }
    return Boolean.FALSE.equals(visit.arrived()) ? "No Show" : "Show";
  }

  private void visit(Visit visit, int index) {
    String client = clients.get(visit.person());
    if (client == null || visit.archivedAt() != null || visit.deletedAt() != null) {
      return;
    }
    // A couple's own sessions are every third of the first partner's.
    String couple = couples.get(visit.person());
    ObjectNode row = row("appointments", visit.worker(), visit.start(), visit.end());
    row.put("_client", couple != null && index % 3 == 0 ? couple : client);
    row.put("thisType", "Appointment").put("attendanceStatus", status(visit));
    row.put("officeId", offices.get(visit.site()));
    row.put("officeName", world.sites().get(visit.site()).name());
    row.put("title", world.persons().get(visit.person()).firstName());
    row.put("isRecurring", Boolean.toString(index % 4 == 0)).putNull("clientConfirmationStatus");
    row.putArray("cptCodes").add(billed(codes.get(visit.service())));
  }

  static ObjectNode billed(ObjectNode code) {
    ObjectNode billed = SimplePracticeAccount.JSON.createObjectNode();
    for (String member : List.of("id", "code", "description", "rate")) {
      billed.set(member, code.get(member));
    }
    return billed.put("units", 1);
  }

  private ObjectNode row(String type, int worker, Instant start, Instant end) {
    ObjectNode row = account.add(SimplePracticeAccount.APPOINTMENTS).put("_type", type);
    row.put("startTime", account.time(start)).put("endTime", account.time(end));
    row.put("duration", Duration.between(start, end).toMinutes()).put("fullDay", "false");
    return row.put("clinicianId", team.get(worker));
  }

  /** What the world's classes are to a therapist: time that is taken by no client. */
  private void block(Session session) {
    boolean external = session.worker() % 2 == 1;
    row(
            external ? "externalAppointments" : "nonClientAppointments",
            session.worker(),
            session.start(),
            session.end())
        .put("title", external ? "Busy" : "Team meeting");
  }

  private void bill(Bill bill) {
    String client = clients.get(bill.person());
    if (client == null || bill.state() == Bill.State.VOID || bill.state() == Bill.State.CREDITED) {
      return;
    }
    Billing billing = new Billing(account);
    String invoice = billing.invoice(client, bill.amount(), bill.createdAt());
    if (bill.state() == Bill.State.PAID && bill.closedAt() != null) {
      billing.pay(invoice, bill.closedAt());
    }
  }
}
