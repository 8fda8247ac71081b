package io.clinicsync.sandbox.halaxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What staff do in Halaxy's own screens. Each edit gives the id it made or changed. */
public final class HalaxyEdits {

  private final HalaxyAccount account;

  HalaxyEdits(HalaxyAccount account) {
    this.account = account;
  }

  static ObjectNode appointment(String id, Instant start, Instant end, ZoneId zone, String role) {
    ObjectNode row = Fhir.resource("Appointment", id);
    row.put("start", Fhir.time(start, zone)).put("end", Fhir.time(end, zone));
    row.put("minutesDuration", Duration.between(start, end).toMinutes());
    ObjectNode practitioner = row.putArray("participant").addObject();
    practitioner.putArray("type").addObject().putArray("coding").addObject().put("code", "ATND");
    practitioner.set("actor", Fhir.reference("PractitionerRole", role));
    return row;
  }

  static void amounts(
      ObjectNode invoice, String currency, BigDecimal gross, BigDecimal tax, BigDecimal paid) {
    invoice.set("totalNet", Fhir.money(gross.subtract(tax), currency));
    invoice.set("totalGross", Fhir.money(gross, currency));
    invoice.set("totalTax", Fhir.money(tax, currency));
    invoice.set("totalPaid", Fhir.money(paid, currency));
    invoice.set("totalBalance", Fhir.money(gross.subtract(paid), currency));
  }

  /** Shows an invoice on the patient's part of an appointment. */
  static void link(ObjectNode appointment, String patient, String invoice) {
    Fhir.participant(appointment, "Patient", patient)
        .ifPresent(
            own ->
                own.withArray("extension")
                    .addObject()
                    .put("url", Fhir.INVOICE)
                    .set("valueReference", Fhir.reference("Invoice", invoice)));
  }

  private String done(String operation, ObjectNode row) {
    String id = row.path("id").asText();
    account.state().logEdit(operation, id, row.toString());
    return id;
  }

  private String change(String operation, String type, String id, Consumer<ObjectNode> change) {
    return account.exclusively(
        () -> {
          ObjectNode row = account.table(type).require(id);
          change.accept(row);
          account.touch(row);
          return done(operation, row);
        });
  }

  private static void set(ObjectNode row, Map<String, ?> members) {
    members.forEach((name, value) -> row.set(name, HalaxyAccount.JSON.valueToTree(value)));
  }

  /** Members as FHIR has them. */
  public String createPatient(Map<String, ?> members) {
    return account.exclusively(
        () -> {
          ObjectNode row = Fhir.resource("Patient", account.newId()).put("active", true);
          set(row, members);
          account.touch(row);
          account.put(row);
          return done("createPatient", row);
        });
  }

  public String updatePatient(String id, Map<String, ?> members) {
    return change("updatePatient", "Patient", id, row -> set(row, members));
  }

  public String archivePatient(String id) {
    return change("archivePatient", "Patient", id, row -> row.put("active", false));
  }

  public String book(String patient, String role, String service, Instant start) {
    return account.exclusively(
        () -> {
          ObjectNode what = account.table("HealthcareService").require(service);
          long minutes = what.at("/extension/0/valueQuantity/value").asLong();
          Instant end = start.plus(Duration.ofMinutes(minutes));
          account.table("Patient").require(patient);
          account.table("PractitionerRole").require(role);
          ObjectNode row = appointment(account.newId(), start, end, account.zone(), role);
          row.put("created", account.time(account.state().second()));
          row.putArray("supportingInformation").add(Fhir.reference("HealthcareService", service));
          row.withArray("participant").add(Fhir.patientParticipant(patient, "booked"));
          account.touch(row);
          account.put(row);
          return done("book", row);
        });
  }

  /** A time nobody may book: an appointment without a patient. */
  public String block(String role, Instant start, int minutes) {
    return account.exclusively(
        () -> {
          account.table("PractitionerRole").require(role);
          Instant end = start.plus(Duration.ofMinutes(minutes));
          ObjectNode row = appointment(account.newId(), start, end, account.zone(), role);
          row.put("created", account.time(account.state().second()));
          account.touch(row);
          account.put(row);
          return done("block", row);
        });
  }

  public String move(String id, Instant start) {
    return change(
        "move",
        "Appointment",
        id,
        row -> {
          Duration length =
              Duration.between(Fhir.instant(row.path("start")), Fhir.instant(row.path("end")));
          row.put("start", account.time(start)).put("end", account.time(start.plus(length)));
        });
  }

  /** Sets the state of everybody in it, or of one patient where {@code patient} is not empty. */
  public String status(String operation, String id, String patient, String code) {
    return change(
        operation,
        "Appointment",
        id,
        row ->
            Fhir.actors(row, "Patient").stream()
                .filter(each -> patient.isEmpty() || patient.equals(each))
                .forEach(
                    each ->
                        Fhir.participant(row, "Patient", each)
                            .ifPresent(own -> own.set("modifierExtension", Fhir.status(code)))));
  }

  /** Takes a place in an appointment, which makes a group of it. */
  public String join(String id, String patient) {
    return change(
        "join",
        "Appointment",
        id,
        row -> row.withArray("participant").add(Fhir.patientParticipant(patient, "booked")));
  }

  /** Gone for good; possible in Halaxy's own screens only. */
  public String delete(String type, String id) {
    return account.exclusively(
        () -> {
          ObjectNode row = account.table(type).require(id);
          account.table(type).remove(id);
          return done("delete", row);
        });
  }

  public String issueInvoice(String appointment, BigDecimal amount) {
    return account.exclusively(
        () -> {
          ObjectNode visit = account.table("Appointment").require(appointment);
          ObjectNode row = invoice(visit, Fhir.actors(visit, "Patient").getFirst(), amount);
          account.touch(visit);
          return done("issueInvoice", row);
        });
  }

  ObjectNode invoice(ObjectNode appointment, String patient, BigDecimal amount) {
    ObjectNode row = Fhir.resource("Invoice", account.newId());
    row.put("status", "issued").put("type", "invoice").put("payorType", "patient");
    row.put("date", appointment.path("start").asText().substring(0, 10));
    row.set("recipient", Fhir.reference("Patient", patient));
    String role = Fhir.actors(appointment, "PractitionerRole").getFirst();
    row.set("practitioner", Fhir.reference("PractitionerRole", role));
    amounts(row, account.currency(), amount, BigDecimal.ZERO, BigDecimal.ZERO);
    account.touch(row);
    account.put(row);
    link(appointment, patient, row.path("id").asText());
    return row;
  }

  public String payInvoice(String id) {
    return change("payInvoice", "Invoice", id, row -> paid(row, gross(row)));
  }

  public String refund(String id) {
    return change("refund", "Invoice", id, row -> paid(row, BigDecimal.ZERO));
  }

  public String writeOff(String id) {
    return change("writeOff", "Invoice", id, row -> row.put("status", "write-off"));
  }

  private static BigDecimal gross(ObjectNode row) {
    return row.at("/totalGross/value").decimalValue();
  }

  private void paid(ObjectNode row, BigDecimal paid) {
    BigDecimal tax = row.at("/totalTax/value").decimalValue();
    amounts(row, account.currency(), gross(row), tax, paid);
  }

  /** Changes many records at one moment; blocks, groups and quotes are left alone. */
  public List<String> touchMany(String type, int count) {
    return account.exclusively(
        () -> {
          List<ObjectNode> rows =
              account.table(type).all().stream()
                  .filter(row -> !row.path("type").asText().equals("quote"))
                  .filter(
                      row -> !type.equals("Appointment") || Fhir.actors(row, "Patient").size() == 1)
                  .limit(count)
                  .toList();
          rows.forEach(account::touch);
          account.state().logEdit("touchMany", type, "");
          return rows.stream().map(row -> row.path("id").asText()).toList();
        });
  }

  /** Sets members as they are, without touching the record. */
  public String set(String type, String id, Map<String, ?> members) {
    return account.exclusively(
        () -> {
          ObjectNode row = account.table(type).require(id);
          set(row, members);
          return done("set", row);
        });
  }
}
