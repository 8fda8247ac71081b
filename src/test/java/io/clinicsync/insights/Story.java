package io.clinicsync.insights;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Appointment.Status;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Money;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.Patient.Standing;
import io.clinicsync.canonical.Payment;
import io.clinicsync.canonical.Purchase;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.insights.FactSettings.MoneyBasis;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A patient told in a few lines, with the facts a person worked out from the written rules. */
final class Story {

  static final ZoneId HOBART = ZoneId.of("Australia/Hobart");

  /** Harbour Clinic has Hobart's time, Perth Rooms has Perth's, the Annex has none of its own. */
  static final Catalogue CATALOGUE =
      new Catalogue(
          List.of(
              new Catalogue.Practitioner(practitioner("55"), "Dr Mara Quill", null, true, true),
              new Catalogue.Practitioner(practitioner("56"), "Tom Ruiz", null, false, false)),
          List.of(
              treatment("810", "Initial consult"),
              treatment("811", "Follow-up"),
              treatment("812", "Class slot")),
          List.of(
              site("31", "Harbour Clinic", HOBART),
              site("32", "Perth Rooms", ZoneId.of("Australia/Perth")),
              site("33", "Annex", null)),
          List.of(),
          List.of());

  static final CatalogueNames NAMES = CatalogueNames.of(CATALOGUE);

  final String title;
  final Map<String, String> expected = new LinkedHashMap<>();
  private Instant now = Instant.parse("2026-03-10T01:00:00Z"); // Tuesday noon in Hobart
  private FactSettings settings =
      FactSettings.defaults(HOBART, Locale.of("en", "AU"), "AUD", MoneyBasis.PAID_INVOICES);
  private Instant archivedAt;
  private EmrRef mergedInto;
  private Standing standing = Standing.ORDINARY;
  private final List<Appointment> appointments = new ArrayList<>();
  private final List<Invoice> invoices = new ArrayList<>();
  private final List<Payment> payments = new ArrayList<>();
  private final List<Purchase> purchases = new ArrayList<>();
  private final Set<EmrRef> moved = new HashSet<>();

  private Story(String title) {
    this.title = title;
  }

  static Story of(String title) {
    return new Story(title);
  }

  Story at(String instant) {
    now = Instant.parse(instant);
    return this;
  }

  Story with(FactSettings other) {
    settings = other;
    return this;
  }

  Story archived(String instant) {
    archivedAt = Instant.parse(instant);
    return this;
  }

  Story mergedInto(String id) {
    mergedInto = EmrRef.patient(id);
    return this;
  }

  Story standing(boolean deceased, boolean discharged) {
    standing = new Standing(deceased, discharged, false, false);
    return this;
  }

  Story movedInPlace(String id) {
    moved.add(EmrRef.appointment(id));
    return this;
  }

  Story has(Visit visit) {
    appointments.add(visit.build());
    return this;
  }

  Story invoice(String id, Invoice.Status status, String total, String settledAt) {
    return invoice(id, status, total, settledAt, null, null);
  }

  Story invoice(
      String id,
      Invoice.Status status,
      String total,
      String settledAt,
      String patientOwes,
      String insurerOwes) {
    return invoice(id, status, total, settledAt, patientOwes, insurerOwes, null, null);
  }

  /** An invoice of an EMR that says how much of it was paid. */
  Story paidInPart(
      String id, Invoice.Status status, String total, String paid, String owed, String issuedOn) {
    return invoice(id, status, total, null, owed, null, paid, issuedOn);
  }

  private Story invoice(
      String id,
      Invoice.Status status,
      String total,
      String settledAt,
      String patientOwes,
      String insurerOwes,
      String paidBy,
      String issuedOn) {
    invoices.add(
        new Invoice(
            EmrRef.of(RecordKind.INVOICE, id),
            null,
            null,
            patient(),
            null,
            null,
            id,
            issuedOn == null ? null : LocalDate.parse(issuedOn),
            status,
            aud(total),
            null,
            patientOwes == null ? null : aud(patientOwes),
            insurerOwes == null ? null : aud(insurerOwes),
            paidBy == null ? null : aud(paidBy),
            null,
            settledAt == null ? null : Instant.parse(settledAt),
            Map.of(),
            "{}"));
    return this;
  }

  Story payment(String id, String amount, boolean refund, Payment.Payer payer, String paidAt) {
    payments.add(
        new Payment(
            EmrRef.of(RecordKind.PAYMENT, id),
            null,
            null,
            patient(),
            null,
            aud(amount),
            refund,
            payer,
            Instant.parse(paidAt),
            null,
            Map.of(),
            "{}"));
    return this;
  }

  Story bundle(String id, String name, String expiresOn, String remaining) {
    purchases.add(
        new Purchase(
            EmrRef.of(RecordKind.PURCHASE, id),
            null,
            null,
            patient(),
            Purchase.Type.PACKAGE,
            name,
            aud("500"),
            null,
            expiresOn == null ? null : LocalDate.parse(expiresOn),
            new BigDecimal(remaining),
            Map.of(),
            "{}"));
    return this;
  }

  /**
   * A path and what people would write under it; "-" for unknown. The path {@code due} is the next
   * change by the clock.
   */
  Story expect(String path, String value) {
    expected.put(path, value);
    return this;
  }

  Facts facts() {
    return PatientFacts.of(records(), NAMES, now, settings);
  }

  PatientRecords records() {
    Patient patient =
        new Patient(
            patient(),
            null,
            archivedAt,
            null,
            new Patient.Name("Ms", "Ava", "Reed", null),
            LocalDate.of(1991, 4, 30),
            null,
            "ava@example.org",
            List.of(
                new Patient.Phone(Patient.Phone.Type.HOME, "03 5550 1234", null),
                new Patient.Phone(Patient.Phone.Type.MOBILE, "0491 570 156", null)),
            new Patient.Address("4 Elm Rd", null, "Hobart", "TAS", "7000", "Australia"),
            new Patient.Consent(true, null, null, null, null),
            standing,
            mergedInto,
            "Website",
            Map.of(),
            "{}");
    return new PatientRecords(patient, appointments, invoices, payments, purchases, moved, null);
  }

  static String shown(Facts facts, String path) {
    if (path.equals("due")) {
      return facts.dueAt() == null ? "-" : facts.dueAt().toString();
    }
    return facts.find(path).map(Story::shown).orElse("-");
  }

  private static String shown(FactValue value) {
    return switch (value) {
      case FactValue.Text text -> text.value();
      case FactValue.Moment moment -> moment.at().toString();
      case FactValue.Day day -> day.date().toString();
      case FactValue.Number number -> number.value().toPlainString();
      case FactValue.Amount amount ->
          amount.money().amount().toPlainString() + " " + amount.money().currency();
      case FactValue.Bool bool -> bool.value() ? "yes" : "no";
    };
  }

  @Override
  public String toString() {
    return title;
  }

  static EmrRef patient() {
    return EmrRef.patient("700100");
  }

  static EmrRef practitioner(String id) {
    return EmrRef.of(RecordKind.PRACTITIONER, id);
  }

  static Money aud(String amount) {
    return new Money(new BigDecimal(amount), "AUD");
  }

  private static Catalogue.Treatment treatment(String id, String name) {
    return new Catalogue.Treatment(
        EmrRef.of(RecordKind.TREATMENT, id), name, null, null, null, 1, null, true, true);
  }

  private static Catalogue.Site site(String id, String name, ZoneId zone) {
    return new Catalogue.Site(EmrRef.of(RecordKind.SITE, id), name, zone, null, null, true, true);
  }

  /**
   * An appointment in the making: with Dr Mara Quill, Initial consult, Harbour Clinic unless said
   * otherwise.
   */
  static final class Visit {
    private final String id;
    private final Instant startsAt;
    private final Status status;
    private String practitioner = "55";
    private String treatment = "810";
    private String site = "31";
    private Instant bookedAt;
    private Instant cancelledAt;
    private String reason;
    private Instant archivedAt;
    private String groupName;
    private String movedFrom;

    private Visit(String id, String startsAt, Status status) {
      this.id = id;
      this.startsAt = Instant.parse(startsAt);
      this.status = status;
    }

    static Visit booked(String id, String startsAt) {
      return new Visit(id, startsAt, Status.BOOKED);
    }

    static Visit arrived(String id, String startsAt) {
      return new Visit(id, startsAt, Status.ARRIVED);
    }

    static Visit noShow(String id, String startsAt) {
      return new Visit(id, startsAt, Status.NO_SHOW);
    }

    static Visit of(String id, String startsAt, Status status) {
      return new Visit(id, startsAt, status);
    }

    static Visit cancelled(String id, String startsAt, String cancelledAt, String reason) {
      Visit visit = new Visit(id, startsAt, Status.CANCELLED);
      visit.cancelledAt = cancelledAt == null ? null : Instant.parse(cancelledAt);
      visit.reason = reason;
      return visit;
    }

    Visit with(String practitionerId, String treatmentId, String siteId) {
      practitioner = practitionerId;
      treatment = treatmentId;
      site = siteId;
      return this;
    }

    Visit bookedAt(String instant) {
      bookedAt = Instant.parse(instant);
      return this;
    }

    Visit archivedAt(String instant) {
      archivedAt = Instant.parse(instant);
      return this;
    }

    Visit group(String name) {
      groupName = name;
      return this;
    }

    Visit movedFrom(String other) {
      movedFrom = other;
      return this;
    }

    Appointment build() {
      return new Appointment(
          EmrRef.appointment(id),
          null,
          archivedAt,
          patient(),
          practitioner(practitioner),
          EmrRef.of(RecordKind.TREATMENT, treatment),
          EmrRef.of(RecordKind.SITE, site),
          null,
          startsAt,
          startsAt.plusSeconds(1800),
          status,
          bookedAt,
          cancelledAt,
          reason,
          groupName,
          null,
          movedFrom == null ? null : EmrRef.appointment(movedFrom),
          null,
          Map.of(),
          "{}");
    }
  }
}
