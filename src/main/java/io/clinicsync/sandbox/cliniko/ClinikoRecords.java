package io.clinicsync.sandbox.cliniko;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What changes together in Cliniko when one thing is done. Callers hold the account's lock. */
final class ClinikoRecords {

  private final ClinikoAccount account;

  ClinikoRecords(ClinikoAccount account) {
    this.account = account;
  }

  Row create(Schema schema, Map<String, @Nullable Object> members) {
    Map<String, @Nullable Object> all = new HashMap<>(members);
    all.put("created_at", account.now());
    all.put("updated_at", account.now());
    return account.save(new Row(schema, account.newId(), all));
  }

  Row change(Row row, Map<String, @Nullable Object> changes) {
    return account.save(row.with(changes));
  }

  Row createPatient(Map<String, @Nullable Object> members) {
    Map<String, @Nullable Object> all = new HashMap<>(members);
    all.putIfAbsent("patient_phone_numbers", "[]");
    all.putIfAbsent("receives_confirmation_emails", true);
    all.putIfAbsent("reminder_type", "SMS & Email");
    all.put("label", all.get("first_name") + " " + all.get("last_name"));
    return create(Shapes.PATIENTS, all);
  }

  Row changePatient(Row patient, Map<String, @Nullable Object> changes) {
    Row changed = patient.with(changes);
    return account.save(
        changed.with(
            Map.of("label", changed.text("first_name") + " " + changed.text("last_name"))));
  }

  Row archive(Row row) {
    Map<String, @Nullable Object> changes = new HashMap<>();
    changes.put("archived_at", account.now());
    Row archived = change(row, changes);
    if (row.schema == Shapes.APPOINTMENTS || row.schema == Shapes.GROUPS) {
      attendeesOf(row.id).forEach(attendee -> change(attendee, changes));
    }
    return archived;
  }

  Row unarchive(Row row) {
    Map<String, @Nullable Object> changes = new HashMap<>();
    changes.put("archived_at", null);
    changes.put("deleted_at", null);
    return change(row, changes);
  }

  Row delete(Row row) {
    Row archived = archive(row);
    return row.schema.find("deleted_at") == null
        ? archived
        : change(archived, Map.of("deleted_at", account.now()));
  }

  /** Archives the loser and moves what it had to the survivor. */
  Row merge(Row loser, Row survivor) {
    for (Schema schema : List.of(Shapes.APPOINTMENTS, Shapes.ATTENDEES, Shapes.INVOICES)) {
      for (Row row : referring(schema, "patient", loser.id)) {
        Map<String, @Nullable Object> changes = new HashMap<>();
        changes.put("patient", survivor.id);
        if (schema == Shapes.APPOINTMENTS) {
          changes.put("patient_name", survivor.text("label"));
        }
        change(row, changes);
      }
    }
    for (Row group : List.copyOf(account.table(Shapes.GROUPS).truth())) {
      if (group.get("patient_ids") instanceof List<?> ids && ids.contains(loser.id)) {
        patients(group);
      }
    }
    Map<String, @Nullable Object> changes = new HashMap<>();
    changes.put("archived_at", account.now());
    changes.put("merged_at", account.now());
    changes.put("merged_with_patient", survivor.id);
    return change(loser, changes);
  }

  Row book(Map<String, @Nullable Object> members) {
    Map<String, @Nullable Object> all = new HashMap<>(members);
    long patient = (Long) java.util.Objects.requireNonNull(all.get("patient"));
    all.put("patient_name", account.must(Shapes.PATIENTS, patient).text("label"));
    all.put("cancellation_reason_description", "");
    all.put("repeat_rule", "{}");
    all.put("email_reminder_sent", false);
    all.put("sms_reminder_sent", false);
    if (all.get("ends_at") == null) {
      all.put(
          "ends_at",
          end(
              (Instant) java.util.Objects.requireNonNull(all.get("starts_at")),
              all.get("appointment_type")));
    }
    Row appointment = create(Shapes.APPOINTMENTS, all);
    create(Shapes.ATTENDEES, attendee(appointment.id, patient));
    return appointment;
  }

  Row move(Row appointment, Map<String, @Nullable Object> changes) {
    Map<String, @Nullable Object> all = new HashMap<>(changes);
    if (all.containsKey("starts_at") && all.get("ends_at") == null) {
      Object type = all.getOrDefault("appointment_type", appointment.get("appointment_type"));
      all.put(
          "ends_at", end((Instant) java.util.Objects.requireNonNull(all.get("starts_at")), type));
    }
    return change(appointment, all);
  }

  private Instant end(Instant start, @Nullable Object type) {
    Row row = type instanceof Long id ? account.must(Shapes.TYPES, id) : null;
    Object minutes = row == null ? null : row.get("duration_in_minutes");
    return start.plus(Duration.ofMinutes(minutes instanceof Integer m ? m : 30));
  }

  private static Map<String, @Nullable Object> attendee(long booking, long patient) {
    Map<String, @Nullable Object> members = new HashMap<>();
    members.put("booking", booking);
    members.put("patient", patient);
    members.put("cancellation_reason_description", "");
    return members;
  }

  Row cancel(Row row, int reason, @Nullable String note) {
    Map<String, @Nullable Object> changes = new HashMap<>();
    changes.put("cancelled_at", account.now());
    changes.put("cancellation_reason", reason);
    changes.put("cancellation_reason_description", CancelReasons.label(reason));
    changes.put("cancellation_note", note);
    Row cancelled = change(row, changes);
    if (row.schema == Shapes.APPOINTMENTS) {
      attendeesOf(row.id).forEach(attendee -> change(attendee, changes));
    } else {
      Row group = account.table(Shapes.GROUPS).truth(row.ref("booking"));
      if (group != null) {
        patients(group);
      }
    }
    return cancelled;
  }

  /** True came, false did not come, null nobody says so any more. */
  Row arrived(Row attendee, @Nullable Boolean arrived) {
    Map<String, @Nullable Object> changes = new HashMap<>();
    changes.put("arrived", arrived);
    Row changed = change(attendee, changes);
    Row appointment = account.table(Shapes.APPOINTMENTS).truth(attendee.ref("booking"));
    if (appointment != null) {
      Map<String, @Nullable Object> flags = new HashMap<>();
      flags.put("patient_arrived", Boolean.TRUE.equals(arrived) ? Boolean.TRUE : null);
      flags.put("did_not_arrive", Boolean.FALSE.equals(arrived) ? Boolean.TRUE : null);
      touch(appointment.with(flags));
    }
    return changed;
  }

  /** Puts a patient into a class; {@code members} are the attendee's own, such as notes. */
  Row join(Row group, long patient, Map<String, @Nullable Object> members) {
    Map<String, @Nullable Object> all = attendee(group.id, patient);
    all.putAll(members);
    Row attendee = create(Shapes.ATTENDEES, all);
    patients(group);
    return attendee;
  }

  /** Recounts who is in a class. */
  private void patients(Row group) {
    List<Long> ids = new ArrayList<>();
    for (Row attendee : attendeesOf(group.id)) {
      if (attendee.live()) {
        ids.add(attendee.ref("patient"));
      }
    }
    touch(group.with(Map.of("patient_ids", List.copyOf(ids))));
  }

  private void touch(Row booking) {
    if (account.attendeeTouchesBooking()) {
      account.save(booking);
    } else {
      account.saveQuietly(booking);
    }
  }

  List<Row> attendeesOf(long booking) {
    return referring(Shapes.ATTENDEES, "booking", booking);
  }

  /** True rows that refer to a record. */
  List<Row> referring(Schema schema, String field, long id) {
    Table table = account.table(schema);
    List<Row> rows = new ArrayList<>();
    for (Row seen : List.copyOf(table.byRef(field, id))) {
      Row row = table.truth(seen.id);
      if (row != null && row.ref(field) == id) {
        rows.add(row);
      }
    }
    return rows;
  }

  Row issue(Row appointment, BigDecimal amount) {
    Map<String, @Nullable Object> invoice = new HashMap<>();
    Row business = account.must(Shapes.BUSINESSES, appointment.ref("business"));
    java.time.ZoneId zone = java.time.ZoneId.of(business.text("time_zone_identifier"));
    invoice.put("number", account.nextInvoiceNumber());
    invoice.put("issue_date", account.now().atZone(zone).toLocalDate());
    invoice.put("status", 10);
    invoice.put("status_description", "Open");
    invoice.put("total_amount", amount);
    invoice.put("net_amount", amount);
    invoice.put("tax_amount", BigDecimal.ZERO);
    invoice.put("discounted_amount", BigDecimal.ZERO);
    invoice.put("appointment", appointment.id);
    invoice.put("patient", appointment.ref("patient"));
    invoice.put("practitioner", appointment.ref("practitioner"));
    invoice.put("business", appointment.ref("business"));
    Row row = create(Shapes.INVOICES, invoice);
    Map<String, @Nullable Object> line = new HashMap<>();
    line.put("name", account.must(Shapes.TYPES, appointment.ref("appointment_type")).text("name"));
    line.put("quantity", 1);
    line.put("unit_price", amount);
    line.put("net_price", amount);
    line.put("tax_amount", BigDecimal.ZERO);
    line.put("total_including_tax", amount);
    line.put("invoice", row.id);
    create(Shapes.INVOICE_ITEMS, line);
    return row;
  }

  /** Sets an invoice to 10 open, 20 paid, 30 closed or 40 open credit. */
  Row settle(Row invoice, int status) {
    Map<String, @Nullable Object> changes = new HashMap<>();
    changes.put("status", status);
    changes.put("status_description", Seeder.statusText(status));
    changes.put("closed_at", status == 10 ? null : account.now());
    return change(invoice, changes);
  }
}
