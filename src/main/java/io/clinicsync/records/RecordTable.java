package io.clinicsync.records;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.Payment;
import io.clinicsync.canonical.Purchase;
import io.clinicsync.canonical.RecordKind;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How one kind of record lies in its table, and the statement that stores a batch of them. */
record RecordTable<T extends EmrRecord>(
    RecordKind kind,
    Class<T> type,
    String name,
    List<Column<T>> columns,
    Function<T, @Nullable EmrRef> patientOf) {

  /** A typed column beside the body: its SQL type and its value as text; null stays null. */
  record Column<T>(String name, String sqlType, Function<T, @Nullable Object> value) {}

  static final RecordTable<Patient> PATIENTS =
      new RecordTable<>(
          RecordKind.PATIENT,
          Patient.class,
          "records_patients",
          List.of(
              new Column<>("email", "text", Patient::email),
              new Column<>("birth_date", "date", Patient::birthDate),
              new Column<>("merged_into", "text", patient -> idOf(patient.mergedInto()))),
          Patient::ref);

  static final RecordTable<Appointment> APPOINTMENTS =
      new RecordTable<>(
          RecordKind.APPOINTMENT,
          Appointment.class,
          "records_appointments",
          List.of(
              new Column<>("patient_id", "text", appointment -> idOf(appointment.patient())),
              new Column<>(
                  "practitioner_id", "text", appointment -> idOf(appointment.practitioner())),
              new Column<>("treatment_id", "text", appointment -> idOf(appointment.treatment())),
              new Column<>("site_id", "text", appointment -> idOf(appointment.site())),
              new Column<>("starts_at", "timestamptz", Appointment::startsAt),
              new Column<>("ends_at", "timestamptz", Appointment::endsAt),
              new Column<>("status", "text", Appointment::status),
              new Column<>("cancelled_at", "timestamptz", Appointment::cancelledAt)),
          Appointment::patient);

  static final RecordTable<Invoice> INVOICES =
      new RecordTable<>(
          RecordKind.INVOICE,
          Invoice.class,
          "records_invoices",
          List.of(
              new Column<>("patient_id", "text", invoice -> idOf(invoice.patient())),
              new Column<>("status", "text", Invoice::status),
              new Column<>("settled_at", "timestamptz", Invoice::settledAt)),
          Invoice::patient);

  static final RecordTable<Payment> PAYMENTS =
      new RecordTable<>(
          RecordKind.PAYMENT,
          Payment.class,
          "records_payments",
          List.of(
              new Column<>("patient_id", "text", payment -> idOf(payment.patient())),
              new Column<>("paid_at", "timestamptz", Payment::paidAt)),
          Payment::patient);

  static final RecordTable<Purchase> PURCHASES =
      new RecordTable<>(
          RecordKind.PURCHASE,
          Purchase.class,
          "records_purchases",
          List.of(
              new Column<>("patient_id", "text", purchase -> idOf(purchase.patient())),
              new Column<>("expires_on", "date", Purchase::expiresOn)),
          Purchase::patient);

  private static final List<RecordTable<?>> ALL =
      List.of(PATIENTS, APPOINTMENTS, INVOICES, PAYMENTS, PURCHASES);

  static RecordTable<?> of(RecordKind kind) {
    return ALL.stream()
        .filter(table -> table.kind() == kind)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("There is no table of " + kind));
  }

  /** The table of a record's own kind. */
  @SuppressWarnings("unchecked") // a kind's table holds records of that kind's type
  static <T extends EmrRecord> RecordTable<T> of(T record) {
    return (RecordTable<T>) of(record.ref().kind());
  }

  private static @Nullable String idOf(@Nullable EmrRef ref) {
    return ref == null ? null : ref.id().value();
  }

  /**
   * Stores a batch: the anti-join leaves only rows that are new or differ and are not older than
   * what we have, so an unchanged row costs no write at all, not even log (a guarded ON CONFLICT
   * would). Its guard is for the rare row that another lane changed after this statement began: the
   * anti-join still sees the old one and would let a stale version win [P3]. Gives back what was
   * there before.
   */
  String upsert() {
    String names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
    String cast =
        columns.stream()
            .map(c -> "i." + c.name() + "::" + c.sqlType())
            .collect(Collectors.joining(", "));
    String unnested = columns.stream().map(c -> "?::text[]").collect(Collectors.joining(", "));
    String sets =
        columns.stream()
            .map(c -> c.name() + " = excluded." + c.name())
            .collect(Collectors.joining(", "));
    boolean appointment = kind == RecordKind.APPOINTMENT;
    return """
        WITH incoming AS (
          SELECT * FROM unnest(?::text[], ?::text[], ?::text[], %s, ?::text[], ?::text[], ?::bytea[])
            AS i (id, changed_at, removed_at, %s, body, source, hash)
        ), changed AS (
          SELECT i.* FROM incoming i
          LEFT JOIN %s r ON r.tenant_id = ? AND r.connection_id = ? AND r.id = i.id
          WHERE r.id IS NULL
             OR (r.hash <> i.hash AND (r.changed_at IS NULL OR i.changed_at IS NULL OR i.changed_at::timestamptz >= r.changed_at))
        )
        INSERT INTO %s AS t (tenant_id, connection_id, id, changed_at, removed_at, %s, body, source, hash, stored_at)
        SELECT ?, ?, i.id, i.changed_at::timestamptz, i.removed_at::timestamptz, %s, i.body::jsonb, i.source::jsonb, i.hash, ?
        FROM changed i
        ON CONFLICT (tenant_id, connection_id, id) DO UPDATE SET
          changed_at = excluded.changed_at, removed_at = excluded.removed_at, %s,
          body = excluded.body, source = excluded.source, hash = excluded.hash, stored_at = excluded.stored_at
          WHERE t.hash <> excluded.hash
            AND (t.changed_at IS NULL OR excluded.changed_at IS NULL OR excluded.changed_at >= t.changed_at)
        RETURNING new.id, old.id IS NULL AS created, %s AS old_patient, %s AS old_status, %s AS old_start,
          old.removed_at IS NOT NULL AS old_removed
        """
        .formatted(
            unnested,
            names,
            name,
            name,
            names,
            cast,
            sets,
            kind == RecordKind.PATIENT ? "old.id" : "old.patient_id",
            appointment ? "old.status" : "NULL::text",
            appointment ? "old.starts_at" : "NULL::timestamptz");
  }
}
