package io.clinicsync.sandbox.cliniko;

import io.clinicsync.sandbox.server.JsonOut;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What staff do in Cliniko's own screens. Every edit stamps the vendor's time and is written to the
 * operation log. Ids are Cliniko's; an unknown one is an {@link IllegalArgumentException}.
 */
public final class ClinikoEdits {

  private final ClinikoAccount account;
  private final ClinikoRecords records;

  ClinikoEdits(ClinikoAccount account) {
    this.account = account;
    this.records = new ClinikoRecords(account);
  }

  /**
   * Registers a patient; members as in Cliniko's API, for example first_name, last_name, email.
   * Returns the id.
   */
  public String createPatient(Map<String, ?> members) {
    return id(() -> logged("create patient", records.createPatient(values(members))));
  }

  public void updatePatient(String id, Map<String, ?> changes) {
    id(
        () ->
            logged(
                "update patient",
                records.changePatient(row(Shapes.PATIENTS, id), values(changes))));
  }

  public void archivePatient(String id) {
    id(() -> logged("archive patient", records.archive(row(Shapes.PATIENTS, id))));
  }

  public void unarchivePatient(String id) {
    id(() -> logged("unarchive patient", records.unarchive(row(Shapes.PATIENTS, id))));
  }

  public void deletePatient(String id) {
    id(() -> logged("delete patient", records.delete(row(Shapes.PATIENTS, id))));
  }

  /** Archives the loser, moves its appointments and invoices to the survivor. */
  public void mergePatients(String loser, String survivor) {
    id(
        () ->
            logged(
                "merge patients",
                records.merge(row(Shapes.PATIENTS, loser), row(Shapes.PATIENTS, survivor))));
  }

  /** Books; the end follows from the type's duration. Returns the appointment's id. */
  public String book(
      String patient, String practitioner, String business, String type, Instant start) {
    Map<String, @Nullable Object> members = new HashMap<>();
    members.put("patient", Long.valueOf(patient));
    members.put("practitioner", Long.valueOf(practitioner));
    members.put("business", Long.valueOf(business));
    members.put("appointment_type", Long.valueOf(type));
    members.put("starts_at", start);
    return id(() -> logged("book appointment", records.book(members)));
  }

  public void moveAppointment(String id, Instant start) {
    id(
        () ->
            logged(
                "move appointment",
                records.move(row(Shapes.APPOINTMENTS, id), Map.of("starts_at", start))));
  }

  /**
   * @param reason Cliniko's code: 10, 20, 30, 40, 50 or 60
   */
  public void cancelAppointment(String id, int reason) {
    id(
        () ->
            logged(
                "cancel appointment", records.cancel(row(Shapes.APPOINTMENTS, id), reason, null)));
  }

  /** Removes an appointment from the diary without cancelling it. */
  public void archiveAppointment(String id) {
    id(() -> logged("archive appointment", records.archive(row(Shapes.APPOINTMENTS, id))));
  }

  public void arrive(String appointment) {
    id(() -> logged("arrive", records.arrived(attendee(appointment), true)));
  }

  /** Takes back "arrived" or "did not arrive". */
  public void unarrive(String appointment) {
    id(() -> logged("unarrive", records.arrived(attendee(appointment), null)));
  }

  public void noShow(String appointment) {
    id(() -> logged("did not arrive", records.arrived(attendee(appointment), false)));
  }

  /** Sets a class up that holds so many people. Returns its id. */
  public String openClass(
      String practitioner, String business, String type, Instant start, Instant end, int seats) {
    Map<String, @Nullable Object> members = new HashMap<>();
    members.put("practitioner", Long.valueOf(practitioner));
    members.put("business", Long.valueOf(business));
    members.put("appointment_type", Long.valueOf(type));
    members.put("starts_at", start);
    members.put("ends_at", end);
    members.put("max_attendees", seats);
    members.put("patient_ids", List.of());
    members.put("repeat_rule", "{}");
    return id(() -> logged("set up class", records.create(Shapes.GROUPS, members)));
  }

  /** Puts a patient into a class and returns the attendee's id. */
  public String joinClass(String group, String patient) {
    return id(
        () ->
            logged(
                "join class",
                records.join(
                    row(Shapes.GROUPS, group), row(Shapes.PATIENTS, patient).id, Map.of())));
  }

  public void leaveClass(String attendee) {
    id(() -> logged("leave class", records.cancel(row(Shapes.ATTENDEES, attendee), 50, null)));
  }

  /** Blocks a practitioner's time. Returns the block's id. */
  public String block(String practitioner, String business, Instant start, Instant end) {
    Map<String, @Nullable Object> members = new HashMap<>();
    members.put("practitioner", Long.valueOf(practitioner));
    members.put("business", Long.valueOf(business));
    members.put("starts_at", start);
    members.put("ends_at", end);
    members.put("repeat_rule", "{}");
    return id(() -> logged("block time", records.create(Shapes.BLOCKS, members)));
  }

  /** Writes an open invoice for an appointment and returns its id. */
  public String issueInvoice(String appointment, BigDecimal amount) {
    return id(
        () ->
            logged("issue invoice", records.issue(row(Shapes.APPOINTMENTS, appointment), amount)));
  }

  public void payInvoice(String id) {
    id(() -> logged("pay invoice", records.settle(row(Shapes.INVOICES, id), 20)));
  }

  /** Voids it (status 30). */
  public void closeInvoice(String id) {
    id(() -> logged("close invoice", records.settle(row(Shapes.INVOICES, id), 30)));
  }

  public void creditInvoice(String id) {
    id(() -> logged("credit invoice", records.settle(row(Shapes.INVOICES, id), 40)));
  }

  public void archiveInvoice(String id) {
    id(() -> logged("archive invoice", records.archive(row(Shapes.INVOICES, id))));
  }

  public void leave(String practitioner) {
    id(
        () ->
            logged(
                "practitioner leaves",
                records.change(row(Shapes.PRACTITIONERS, practitioner), Map.of("active", false))));
  }

  /**
   * Bulk edit: gives the first {@code count} live records of a resource one identical {@code
   * updated_at}; returns their ids.
   */
  public List<String> touchMany(String resource, int count) {
    return locked(
        () -> {
          Table table = account.table(resource);
          if (table == null) {
            throw new IllegalArgumentException("no such resource");
          }
          Instant stamp = account.now();
          return table.truth().stream().filter(Row::live).limit(count).toList().stream()
              .map(row -> Long.toString(logged("touch", account.save(row, stamp)).id))
              .toList();
        });
  }

  /**
   * Changes any stored members of any record, as no screen could; for poisoned data. JSON members
   * take JSON text.
   */
  public void set(String resource, String id, Map<String, ?> members) {
    locked(
        () -> {
          Table table = account.table(resource);
          Row row = table == null ? null : table.truth(Long.parseLong(id));
          if (row == null) {
            throw new IllegalArgumentException("no such record");
          }
          return logged("set", account.save(row.with(new HashMap<>(members))));
        });
  }

  private Row attendee(String appointment) {
    return records.attendeesOf(row(Shapes.APPOINTMENTS, appointment).id).getFirst();
  }

  private Row row(Schema schema, String id) {
    return account.must(schema, Long.parseLong(id));
  }

  private Row logged(String operation, Row row) {
    account.logEdit(operation, row);
    return row;
  }

  private Map<String, @Nullable Object> values(Map<String, ?> members) {
    return BodyReader.read(Shapes.PATIENTS, JsonOut.of(members), true).values();
  }

  private String id(Supplier<Row> work) {
    return locked(() -> Long.toString(work.get().id));
  }

  private <T> T locked(Supplier<T> work) {
    try {
      return account.locked(work);
    } catch (BadRequest refused) {
      throw new IllegalArgumentException(refused.message(), refused);
    }
  }
}
