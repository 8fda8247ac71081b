package io.clinicsync.sandbox.practicebetter;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.world.Bill;
import io.clinicsync.sandbox.world.ClinicWorld;
import io.clinicsync.sandbox.world.Person;
import io.clinicsync.sandbox.world.Phone;
import io.clinicsync.sandbox.world.Service;
import io.clinicsync.sandbox.world.Site;
import io.clinicsync.sandbox.world.Visit;
import io.clinicsync.sandbox.world.Worker;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fills a practice from an invented world. The caller holds the account's lock. */
final class PracticeBetterSeeder {

  private final PracticeBetterAccount account;
  private final ClinicWorld world;
  private final List<ObjectNode> services = new ArrayList<>();
  private final List<ObjectNode> members = new ArrayList<>();
  private final List<@Nullable ObjectNode> records = new ArrayList<>();
  private final Map<Integer, ObjectNode> sessions = new HashMap<>();

  PracticeBetterSeeder(PracticeBetterAccount account, ClinicWorld world) {
    this.account = account;
    this.world = world;
  }

  void fill() {
    for (int i = 0; i < world.services().size(); i++) {
      service(i, world.services().get(i));
    }
    for (int i = 0; i < world.workers().size(); i++) {
      member(i, world.workers().get(i));
    }
    for (int i = 0; i < world.persons().size(); i++) {
      records.add(record(i, world.persons().get(i)));
    }
    for (int i = 0; i < world.visits().size(); i++) {
      session(i, world.visits().get(i));
    }
    world.bills().forEach(this::invoice);
    for (ObjectNode record : account.table("records").all()) {
      PracticeBetterEdits.sum(account, record);
    }
  }

  private ObjectNode fresh() {
    return PracticeBetterAccount.JSON.createObjectNode().put("id", account.newId());
  }

  private ObjectNode put(String table, ObjectNode row) {
    account.table(table).put(row.get("id").asText(), row);
    return row;
  }

  private void service(int index, Service service) {
    ObjectNode row = fresh().put("name", service.name()).put("_minutes", service.minutes());
    ArrayNode types = row.putArray("serviceTypes");
    switch (index % 4) {
      case 1 -> types.add("virtual").add("face");
      case 3 -> types.add("phone");
      default -> types.add("face");
    }
    row.put("_cents", cents(service.price())).put("isActive", !service.archived());
    row.put("_online", service.online() && service.seats() == 1);
    services.add(put("services", row));
  }

  private void member(int index, Worker worker) {
    ObjectNode row = fresh();
    row.put("activationStatus", worker.active() ? "activated" : "deactivated");
    row.put("isOwner", index == 0).put("isPractitioner", true);
    row.put("emailAddress", worker.email());
    row.putObject("profile")
        .put("firstName", worker.firstName())
        .put("lastName", worker.lastName())
        .put("timeZone", account.zoneName());
    ArrayNode offers = row.putArray("_services");
    worker.services().forEach(each -> offers.add(services.get(each).get("id")));
    ArrayNode at = row.putArray("_sites");
    worker.sites().forEach(each -> at.add(world.sites().get(each).name()));
    members.add(put("members", row));
  }

  private @Nullable ObjectNode record(int index, Person person) {
    if (person.deletedAt() != null || person.mergedInto() >= 0) {
      // A deleted client leaves nothing, and clients cannot be merged.
      return null;
    }
    ObjectNode row = fresh().put("isActive", person.archivedAt() == null);
    row.put("status", index % 11 == 5 ? "created" : "active").put("isChildRecord", false);
    row.put("dateCreated", person.createdAt().toString());
    row.put("dateModified", person.updatedAt().toString());
    row.put("invitationSent", index % 3 == 0);
    row.putObject("client")
        .put("id", account.uuid("client", Integer.toString(index)))
        .put("emailAddress", person.email());
    ObjectNode profile = row.putObject("profile");
    profile.put("firstName", person.firstName()).put("lastName", person.lastName());
    put(profile, "preferredName", person.preferredName());
    put(profile, "emailAddress", person.email());
    for (Phone phone : person.phones()) {
      String member = phone.kind().equals("Mobile") ? "mobilePhone" : "homePhone";
      if (!phone.kind().equals("Fax") && !profile.has(member)) {
        profile.put(member, phone.typed());
      }
    }
    put(profile, "dateOfBirth", person.birthDate() == null ? null : person.birthDate().toString());
    put(profile, "gender", person.sex());
    put(profile, "referredBy", person.referral());
    put(profile, "notes", index % 9 == 4 ? "Prefers mornings" : null);
    profile.put("timeZone", account.zoneName());
    profile
        .putObject("address")
        .put("street", person.street())
        .put("locality", person.city())
        .put("region", person.state())
        .put("postalCode", person.postCode())
        .put("country", "US");
    if (index % 2 == 0) {
      diet(row.get("id").asText(), index, person.createdAt());
    }
    return put("records", row);
  }

  private static void put(ObjectNode row, String member, @Nullable String value) {
    if (value != null) {
      row.put(member, value);
    }
  }

  private void diet(String record, int index, Instant created) {
    ObjectNode row = PracticeBetterAccount.JSON.createObjectNode();
    row.put("dateCreated", created.plus(Duration.ofDays(1)).toString());
    row.put("dietaryRestrictions", index % 4 == 0 ? "Gluten free" : "None");
    row.put("drinksCoffee", index % 3 > 0).put("drinksAlcohol", index % 5 == 0);
    row.put("smoker", index % 10 == 0).put("exerciseInformation", "Walks daily");
    row.put("sleepInformation", "6-7 h").put("mainStressors", "Deadlines");
    row.put("hasPets", index % 6 == 0).put("notes", "Busy weekdays");
    account.table("dietlifestyle").put(record, row);
  }

  private void session(int index, Visit visit) {
    ObjectNode record = records.get(visit.person());
    if (record == null || visit.archivedAt() != null || visit.deletedAt() != null) {
      return;
    }
    ObjectNode service = services.get(visit.service());
    ObjectNode row = fresh();
    row.put("_record", record.get("id").asText());
    row.put("_member", members.get(visit.worker()).get("id").asText());
    row.put("_service", service.get("id").asText());
    String type =
        service.get("serviceTypes").get(index % service.get("serviceTypes").size()).asText();
    row.put("serviceType", type);
    row.put("sessionDate", visit.start().toString()).put("endDate", visit.end().toString());
    if (type.equals("face")) {
      Site site = world.sites().get(visit.site());
      row.putObject("location")
          .put("name", site.name())
          .put("address", site.street() + ", " + site.city())
          .put("room", "Room " + (1 + index % 3));
    }
    boolean cancelled = visit.cancelledAt() != null;
    boolean confirmed = visit.arrivalNotedAt() != null || index % 3 > 0;
    row.put("cancelled", cancelled).put("paymentStatus", "unpaid");
    row.put("isRecurring", index % 8 == 0).put("isSubscription", false);
    row.put("hasRecording", type.equals("virtual") && index % 5 == 0);
    row.put("confirmationStatus", confirmed ? "confirmed" : "pending");
    row.put("clientConfirmationStatus", index % 2 == 0 ? "confirmed" : "pending");
    if (confirmed) {
      row.put("dateConfirmed", visit.createdAt().plusSeconds(1800).toString());
    }
    row.put("dateCreated", visit.createdAt().toString());
    row.put("dateModified", visit.updatedAt().toString());
    put(row, "notes", visit.note());
    sessions.put(index, put("sessions", row));
  }

  private void invoice(Bill bill) {
    ObjectNode record = records.get(bill.person());
    if (record == null || bill.archivedAt() != null || bill.state() == Bill.State.CREDITED) {
      return;
    }
    ObjectNode row = fresh().put("invoiceNumber", "INV-" + bill.number());
    row.put("invoiceDate", bill.createdAt().toString());
    row.put("dateModified", bill.updatedAt().toString());
    row.put("_record", record.get("id").asText());
    row.put("_created", bill.createdAt().toString());
    long total = cents(bill.amount());
    boolean paid = bill.state() == Bill.State.PAID;
    boolean partly = bill.state() == Bill.State.OPEN && bill.number() % 5 == 0;
    long part = paid ? total : partly ? total / 2 : 0;
    String status = paid ? "paid" : partly ? "partiallyPaid" : "unpaid";
    PracticeBetterEdits.bill(row, bill.state() == Bill.State.VOID ? "void" : status, total, part);
    put("invoices", row);
    if (bill.visit() >= 0 && paid) {
      ObjectNode session = sessions.get(bill.visit());
      if (session != null) {
        session.put("paymentStatus", "paid");
      }
    }
  }

  static long cents(BigDecimal amount) {
    return amount.movePointRight(2).longValueExact();
  }
}
