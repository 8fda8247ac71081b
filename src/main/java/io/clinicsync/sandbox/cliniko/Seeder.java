package io.clinicsync.sandbox.cliniko;

import io.clinicsync.sandbox.server.JsonOut;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns a world into Cliniko records. */
final class Seeder {

  private final ClinikoAccount account;
  private final ClinicWorld world;
  private final Instant founded;
  private final List<Long> sites = new ArrayList<>();
  private final List<Long> types = new ArrayList<>();
  private final List<Long> items = new ArrayList<>();
  private final List<Long> practitioners = new ArrayList<>();
  private final List<Long> patients = new ArrayList<>();
  private final List<Long> visits = new ArrayList<>();

  Seeder(ClinikoAccount account, ClinicWorld world) {
    this.account = account;
    this.world = world;
    this.founded = world.now().minusSeconds(86_400L * 2000);
  }

  /** Fills the account and returns the administrator's user id. */
  long fill() {
    long admin = money();
    places();
    staff();
    patients();
    Map<Integer, Integer> billed = new HashMap<>();
    world.bills().forEach(bill -> billed.put(bill.visit(), status(bill.state())));
    visits(billed);
    sessions();
    invoices();
    return admin;
  }

  private Map<String, @Nullable Object> stamped(Instant created, Instant updated) {
    Map<String, @Nullable Object> members = new HashMap<>();
    members.put("created_at", created);
    members.put("updated_at", updated);
    return members;
  }

  private Row row(Schema schema, Map<String, @Nullable Object> members) {
    return new Row(schema, account.newId(), members);
  }

  private long money() {
    Map<String, @Nullable Object> user = stamped(founded, founded);
    user.putAll(
        Map.of(
            "first_name",
            "Integration",
            "last_name",
            "User",
            "email",
            "integration@clinic.example.com",
            "role",
            "administrator",
            "active",
            true,
            "user_active",
            true,
            "time_zone",
            RailsZones.name(world.zone()),
            "time_zone_identifier",
            world.zone().getId()));
    Row admin = row(Shapes.USERS, user);
    account.table(Shapes.USERS).load(List.of(admin));
    Map<String, @Nullable Object> tax = stamped(founded, founded);
    tax.putAll(
        Map.of("name", "GST", "rate", new BigDecimal("10.0"), "amount", new BigDecimal("10.0")));
    Row gst = row(Shapes.TAXES, tax);
    account.table(Shapes.TAXES).load(List.of(gst));
    List<Row> billable = new ArrayList<>();
    for (Service service : world.services()) {
      Map<String, @Nullable Object> item = stamped(founded, founded);
      item.putAll(
          Map.of(
              "name",
              service.name() + " (" + service.category() + ")",
              "item_code",
              "C" + billable.size(),
              "item_type",
              "Service",
              "price",
              service.price(),
              "tax",
              gst.id));
      billable.add(row(Shapes.BILLABLE_ITEMS, item));
    }
    billable.forEach(item -> items.add(item.id));
    account.table(Shapes.BILLABLE_ITEMS).load(billable);
    Map<String, @Nullable Object> band = stamped(founded, founded);
    band.putAll(
        Map.of(
            "name",
            "Resistance band",
            "item_code",
            "P1",
            "price_ex_tax",
            new BigDecimal("13.64"),
            "price_including_tax",
            new BigDecimal("15.0"),
            "stock_level",
            40,
            "tax",
            gst.id));
    account.table(Shapes.PRODUCTS).load(List.of(row(Shapes.PRODUCTS, band)));
    List<Row> referralTypes = new ArrayList<>();
    for (String name : List.of("Website", "Friend", "Doctor", "Walk-in", "Instagram")) {
      Map<String, @Nullable Object> type = stamped(founded, founded);
      type.put("name", name);
      type.put("subcategories", "[]");
      referralTypes.add(row(Shapes.REFERRAL_TYPES, type));
    }
    account.table(Shapes.REFERRAL_TYPES).load(referralTypes);
    return admin.id;
  }

  private void places() {
    List<Row> typeRows = new ArrayList<>();
    Instant closed = world.now().minusSeconds(86_400L * 100);
    for (Service service : world.services()) {
      Map<String, @Nullable Object> type = stamped(founded, service.archived() ? closed : founded);
      type.putAll(
          Map.of(
              "name",
              service.name(),
              "category",
              service.category(),
              "duration_in_minutes",
              service.minutes(),
              "max_attendees",
              service.seats(),
              "color",
              "#22AA44",
              "show_in_online_bookings",
              service.online(),
              "telehealth_enabled",
              false,
              "online_bookings_lead_time_hours",
              2,
              "billable_item",
              items.get(typeRows.size())));
      type.put("archived_at", service.archived() ? closed : null);
      typeRows.add(row(Shapes.TYPES, type));
    }
    typeRows.forEach(type -> types.add(type.id));
    account.table(Shapes.TYPES).load(typeRows);
    List<Row> siteRows = new ArrayList<>();
    for (Site site : world.sites()) {
      Map<String, @Nullable Object> business = stamped(founded, site.archived() ? closed : founded);
      business.putAll(
          Map.of(
              "business_name",
              site.name(),
              "display_name",
              site.name(),
              "label",
              site.name(),
              "address_1",
              site.street(),
              "city",
              site.city(),
              "state",
              site.state(),
              "post_code",
              site.postCode()));
      business.putAll(
          Map.of(
              "country",
              "Australia",
              "country_code",
              "AU",
              "time_zone",
              RailsZones.name(site.zone()),
              "time_zone_identifier",
              site.zone().getId(),
              "show_in_online_bookings",
              site.online(),
              "appointment_type_ids",
              List.copyOf(types),
              "appointment_reminders_enabled",
              true));
      business.put("archived_at", site.archived() ? closed : null);
      siteRows.add(row(Shapes.BUSINESSES, business));
    }
    siteRows.forEach(site -> sites.add(site.id));
    account.table(Shapes.BUSINESSES).load(siteRows);
  }

  private void staff() {
    List<Row> rows = new ArrayList<>();
    List<Row> days = new ArrayList<>();
    Table userTable = account.table(Shapes.USERS);
    for (Worker worker : world.workers()) {
      Map<String, @Nullable Object> user = stamped(founded, founded);
      user.putAll(
          Map.of(
              "first_name",
              worker.firstName(),
              "last_name",
              worker.lastName(),
              "title",
              worker.title(),
              "email",
              worker.email(),
              "role",
              "practitioner",
              "active",
              worker.active(),
              "user_active",
              worker.active(),
              "time_zone",
              RailsZones.name(world.zone()),
              "time_zone_identifier",
              world.zone().getId()));
      Row userRow = row(Shapes.USERS, user);
      userTable.put(userRow, founded, founded);
      String whole = worker.title() + " " + worker.firstName() + " " + worker.lastName();
      Map<String, @Nullable Object> practitioner = stamped(founded, founded);
      practitioner.putAll(
          Map.of(
              "first_name",
              worker.firstName(),
              "last_name",
              worker.lastName(),
              "title",
              worker.title(),
              "label",
              whole,
              "display_name",
              whole,
              "designation",
              worker.designation(),
              "active",
              worker.active(),
              "show_in_online_bookings",
              worker.online(),
              "user",
              userRow.id));
      practitioner.put("default_appointment_type", types.get(worker.services().getFirst()));
      Row row = row(Shapes.PRACTITIONERS, practitioner);
      rows.add(row);
      practitioners.add(row.id);
      account.offers().put(row.id, worker.services().stream().map(types::get).toList());
      account.worksAt().put(row.id, worker.sites().stream().map(sites::get).toList());
      if (worker.active()) {
        hours(days, worker, row.id);
      }
    }
    account.table(Shapes.PRACTITIONERS).load(rows);
    account.table(Shapes.DAILY).load(days);
  }

  private void hours(List<Row> days, Worker worker, long practitioner) {
    for (int day = 1; day <= 6; day++) {
      boolean second = day == 4 && worker.sites().size() > 1;
      int site = worker.sites().get(second ? 1 : 0);
      Map<String, @Nullable Object> open = stamped(founded, founded);
      String times =
          day == 6
              ? "[{\"starts_at\":\"09:00\",\"ends_at\":\"12:00\"}]"
              : "[{\"starts_at\":\"09:00\",\"ends_at\":\"12:30\"},{\"starts_at\":\"13:30\",\"ends_at\":\"17:30\"}]";
      open.putAll(
          Map.of(
              "day_of_week",
              day,
              "availabilities",
              times,
              "business",
              sites.get(site),
              "practitioner",
              practitioner,
              "time_zone",
              RailsZones.name(world.sites().get(site).zone()),
              "time_zone_identifier",
              world.sites().get(site).zone().getId()));
      days.add(row(Shapes.DAILY, open));
    }
  }

  private void patients() {
    List<Row> rows = new ArrayList<>(world.persons().size());
    List<Row> referrals = new ArrayList<>();
    List<Row> referralTypes = List.copyOf(account.table(Shapes.REFERRAL_TYPES).truth());
    for (int i = 0; i < world.persons().size(); i++) {
      patients.add(account.newId());
    }
    for (int i = 0; i < world.persons().size(); i++) {
      Person person = world.persons().get(i);
      rows.add(new Row(Shapes.PATIENTS, patients.get(i), patient(person)));
      for (Row type : referralTypes) {
        if (type.text("name").equals(person.referral())) {
          Map<String, @Nullable Object> referral = stamped(person.createdAt(), person.createdAt());
          referral.put("patient", patients.get(i));
          referral.put("referral_source_type", type.id);
          referrals.add(row(Shapes.REFERRALS, referral));
        }
      }
    }
    account.table(Shapes.PATIENTS).load(rows);
    account.table(Shapes.REFERRALS).load(referrals);
  }

  private Map<String, @Nullable Object> patient(Person person) {
    Map<String, @Nullable Object> patient = stamped(person.createdAt(), person.updatedAt());
    patient.put("first_name", person.firstName());
    patient.put("last_name", person.lastName());
    patient.put("preferred_first_name", person.preferredName());
    patient.put("label", person.firstName() + " " + person.lastName());
    patient.put("title", person.title());
    patient.put("email", person.email());
    patient.put("date_of_birth", person.birthDate());
    patient.put("sex", person.sex());
    patient.put("address_1", person.street());
    patient.put("city", person.city());
    patient.put("state", person.state());
    patient.put("post_code", person.postCode());
    patient.put("country", "Australia");
    patient.put("patient_phone_numbers", phones(person.phones()));
    patient.put("accepted_email_marketing", person.marketingByEmail());
    patient.put("accepted_sms_marketing", person.marketingBySms());
    patient.put("accepted_privacy_policy", person.privacyAccepted());
    patient.put("receives_confirmation_emails", true);
    patient.put("reminder_type", "SMS & Email");
    patient.put("referral_source", person.referral());
    patient.put("archived_at", person.archivedAt());
    patient.put("deleted_at", person.deletedAt());
    patient.put("merged_at", person.mergedAt());
    patient.put(
        "merged_with_patient", person.mergedInto() < 0 ? null : patients.get(person.mergedInto()));
    return patient;
  }

  private static String phones(List<Phone> phones) {
    JsonOut out = new JsonOut(128).openList();
    for (Phone phone : phones) {
      out.open().member("phone_type", phone.kind()).member("number", phone.typed());
      out.member(
              "normalized_number",
              phone.digits().isEmpty() ? PhoneDigits.of(phone.typed(), "61") : phone.digits())
          .close();
    }
    return out.closeList().toString();
  }

  private void visits(Map<Integer, Integer> billed) {
    List<Row> rows = new ArrayList<>(world.visits().size());
    List<Row> attendees = new ArrayList<>(world.visits().size());
    for (int i = 0; i < world.visits().size(); i++) {
      Visit visit = world.visits().get(i);
      Person person = world.persons().get(visit.person());
      Map<String, @Nullable Object> common = stamped(visit.createdAt(), visit.updatedAt());
      common.put("cancelled_at", visit.cancelledAt());
      common.put("cancellation_reason", visit.cancelledAt() == null ? null : visit.cancelReason());
      common.put("cancellation_reason_description", CancelReasons.label(visit.cancelReason()));
      common.put("archived_at", visit.archivedAt());
      common.put("deleted_at", visit.deletedAt());
      common.put("invoice_status", billed.get(i));
      common.put("email_reminder_sent", false);
      common.put("sms_reminder_sent", false);
      common.put("patient", patients.get(visit.person()));
      Map<String, @Nullable Object> appointment = new HashMap<>(common);
      appointment.put("starts_at", visit.start());
      appointment.put("ends_at", visit.end());
      appointment.put("patient_name", person.firstName() + " " + person.lastName());
      appointment.put("notes", visit.note());
      appointment.put(
          "patient_arrived", Boolean.TRUE.equals(visit.arrived()) ? Boolean.TRUE : null);
      appointment.put(
          "did_not_arrive", Boolean.FALSE.equals(visit.arrived()) ? Boolean.TRUE : null);
      appointment.put("repeat_rule", "{}");
      appointment.put("appointment_type", types.get(visit.service()));
      appointment.put("business", sites.get(visit.site()));
      appointment.put("practitioner", practitioners.get(visit.worker()));
      // Arrival is the attendee's; it does not touch the appointment.
      boolean onlyArrival = visit.cancelledAt() == null && visit.archivedAt() == null;
      appointment.put("updated_at", onlyArrival ? visit.createdAt() : visit.updatedAt());
      Row row = row(Shapes.APPOINTMENTS, appointment);
      rows.add(row);
      visits.add(row.id);
      common.put("booking", row.id);
      common.put("arrived", visit.arrived());
      attendees.add(row(Shapes.ATTENDEES, common));
    }
    account.table(Shapes.APPOINTMENTS).load(rows);
    account.seeded(attendees);
  }

  private void sessions() {
    List<Row> rows = new ArrayList<>();
    List<Row> attendees = account.takeSeeded();
    for (Session session : world.sessions()) {
      Map<String, @Nullable Object> group = stamped(session.createdAt(), session.updatedAt());
      List<Long> ids =
          session.seats().stream()
              .filter(s -> s.cancelledAt() == null)
              .map(s -> patients.get(s.person()))
              .toList();
      group.put("starts_at", session.start());
      group.put("ends_at", session.end());
      group.put("max_attendees", world.services().get(session.service()).seats());
      group.put("patient_ids", ids);
      group.put("archived_at", session.archivedAt());
      group.put("repeat_rule", "{}");
      group.put("appointment_type", types.get(session.service()));
      group.put("business", sites.get(session.site()));
      group.put("practitioner", practitioners.get(session.worker()));
      Row row = row(Shapes.GROUPS, group);
      rows.add(row);
      for (Session.Seat seat : session.seats()) {
        Map<String, @Nullable Object> attendee = stamped(seat.createdAt(), seat.updatedAt());
        attendee.put("booking", row.id);
        attendee.put("patient", patients.get(seat.person()));
        attendee.put("arrived", seat.arrived());
        attendee.put("cancelled_at", seat.cancelledAt());
        attendee.put(
            "cancellation_reason", seat.cancelledAt() == null ? null : seat.cancelReason());
        attendee.put("cancellation_reason_description", CancelReasons.label(seat.cancelReason()));
        attendee.put("archived_at", session.archivedAt());
        if (session.archivedAt() != null && session.archivedAt().isAfter(seat.updatedAt())) {
          attendee.put("updated_at", session.archivedAt());
        }
        attendees.add(row(Shapes.ATTENDEES, attendee));
      }
    }
    account.table(Shapes.GROUPS).load(rows);
    account.table(Shapes.ATTENDEES).load(attendees);
  }

  private void invoices() {
    List<Row> rows = new ArrayList<>(world.bills().size());
    List<Row> lines = new ArrayList<>(world.bills().size());
    for (Bill bill : world.bills()) {
      Map<String, @Nullable Object> invoice = stamped(bill.createdAt(), bill.updatedAt());
      invoice.put("number", bill.number());
      invoice.put("issue_date", bill.issued());
      invoice.put("status", status(bill.state()));
      invoice.put("status_description", statusText(status(bill.state())));
      invoice.put("total_amount", bill.amount());
      invoice.put("net_amount", bill.amount().subtract(bill.tax()));
      invoice.put("tax_amount", bill.tax());
      invoice.put("discounted_amount", BigDecimal.ZERO);
      invoice.put("closed_at", bill.closedAt());
      invoice.put("archived_at", bill.archivedAt());
      invoice.put("appointment", bill.visit() < 0 ? null : visits.get(bill.visit()));
      invoice.put("patient", patients.get(bill.person()));
      invoice.put("practitioner", practitioners.get(bill.worker()));
      invoice.put("business", sites.get(bill.site()));
      Row row = row(Shapes.INVOICES, invoice);
      rows.add(row);
      Map<String, @Nullable Object> line = stamped(bill.createdAt(), bill.createdAt());
      line.put("name", world.services().get(bill.service()).name());
      line.put("quantity", 1);
      line.put("unit_price", bill.amount().subtract(bill.tax()));
      line.put("net_price", bill.amount().subtract(bill.tax()));
      line.put("tax_amount", bill.tax());
      line.put("total_including_tax", bill.amount());
      line.put("invoice", row.id);
      line.put("billable_item", items.get(bill.service()));
      lines.add(row(Shapes.INVOICE_ITEMS, line));
    }
    account.table(Shapes.INVOICES).load(rows);
    account.table(Shapes.INVOICE_ITEMS).load(lines);
    account.lastInvoiceNumber(1000 + world.bills().size());
  }

  static int status(Bill.State state) {
    return switch (state) {
      case OPEN -> 10;
      case PAID -> 20;
      case VOID -> 30;
      case CREDITED -> 40;
    };
  }

  static String statusText(int status) {
    return switch (status) {
      case 10 -> "Open";
      case 20 -> "Paid";
      case 30 -> "Closed";
      default -> "Open credit";
    };
  }
}
