package io.clinicsync.insights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Appointment.Status;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Payment;
import io.clinicsync.canonical.Purchase;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.insights.FactSettings.MoneyBasis;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PatientFactsPropertyTests {

  private static final Instant NOW = Instant.parse("2026-04-04T15:45:00Z");

  @Property(tries = 300)
  void theOrderOfTheRecordsNeverMatters(
      @ForAll("patients") PatientRecords records, @ForAll Random random) {
    PatientRecords shuffled =
        new PatientRecords(
            records.patient(),
            shuffled(records.appointments(), random),
            shuffled(records.invoices(), random),
            shuffled(records.payments(), random),
            shuffled(records.purchases(), random),
            records.movedInPlace(),
            records.asOf());
    assertThat(facts(shuffled, NOW)).isEqualTo(facts(records, NOW));
    assertThat(facts(shuffled, NOW).hash()).isEqualTo(facts(records, NOW).hash());
  }

  @Property(tries = 300)
  void nothingChangesBeforeItIsDue(
      @ForAll("patients") PatientRecords records, @ForAll("shares") double share) {
    Facts facts = facts(records, NOW);
    Instant end =
        facts.dueAt() == null ? NOW.plus(Duration.ofDays(2000)) : facts.dueAt().minusNanos(1);
    Instant between = NOW.plusSeconds((long) (Duration.between(NOW, end).toSeconds() * share));
    assertThat(facts(records, end).hash()).isEqualTo(facts.hash());
    assertThat(facts(records, between).hash()).isEqualTo(facts.hash());
    assertThat(facts(records, between).dueAt()).isEqualTo(facts.dueAt());
  }

  @Property(tries = 300)
  void somethingChangesWhenItIsDue(@ForAll("patients") PatientRecords records) {
    Instant moment = NOW;
    for (int step = 0; step < 5; step++) {
      Facts facts = facts(records, moment);
      if (facts.dueAt() == null) {
        return;
      }
      assertThat(facts.dueAt()).isAfter(moment);
      assertThat(facts(records, facts.dueAt()).hash()).isNotEqualTo(facts.hash());
      moment = facts.dueAt();
    }
  }

  @Property(tries = 300)
  void thereIsExactlyOneStatusAndItFitsTheVisits(@ForAll("patients") PatientRecords records) {
    Facts facts = facts(records, NOW);
    String status = Story.shown(facts, "retention.status");
    assertThat(Arrays.stream(RetentionStatus.values()).map(RetentionStatus::word)).contains(status);
    boolean attended = !Story.shown(facts, "totals.visits").equals("0");
    boolean ahead = facts.find(FactPath.NEXT_VISIT_AT).isPresent();
    assertThat(status.equals("active_rebooked")).isEqualTo(attended && ahead);
    assertThat(Set.of("active", "at_risk", "lapsed", "lost").contains(status))
        .isEqualTo(attended && !ahead);
    assertThat(status.equals("new_booked")).isEqualTo(!attended && ahead);
  }

  @Property(tries = 300)
  void countsAreConsistent(@ForAll("patients") PatientRecords records) {
    Facts facts = facts(records, NOW);
    long unknown =
        records.appointments().stream().filter(each -> each.status() == Status.UNKNOWN).count();
    assertThat(
            count(facts, "arrived")
                + count(facts, "noShows")
                + count(facts, "cancelled")
                + count(facts, "booked"))
        .isBetween(count(facts, "allAppointments") - unknown, count(facts, "allAppointments"));
    assertThat(count(facts, "visits")).isLessThanOrEqualTo(count(facts, "arrived"));
    assertThat(count(facts, "lateCancelled")).isLessThanOrEqualTo(count(facts, "cancelled"));
    assertThat(count(facts, "upcoming")).isLessThanOrEqualTo(count(facts, "booked"));
    assertThat(count(facts, "appointments") + count(facts, "upcoming"))
        .isLessThanOrEqualTo(count(facts, "allAppointments"));
    assertThat(count(facts, "upcoming") > 0)
        .isEqualTo(facts.find(FactPath.NEXT_VISIT_AT).isPresent());
    facts
        .values()
        .forEach((path, value) -> assertThat(FactPath.typeOf(path)).contains(value.type()));
  }

  @Property(tries = 200)
  void appointmentsOfTwoEmrsCountAsIfTheyStoodInOne(
      @ForAll("patients") PatientRecords whole, @ForAll Random random) {
    List<Appointment> first = new ArrayList<>();
    List<Appointment> second = new ArrayList<>();
    for (Appointment each : whole.appointments()) {
      // What replaces another stands in the EMR of the other.
      boolean alone =
          each.movedFrom() == null
              && whole.appointments().stream()
                  .noneMatch(other -> each.ref().equals(other.movedFrom()));
      (alone && random.nextBoolean() ? second : first).add(each);
    }
    Facts combined = CombinedFacts.of(List.of(part(whole, first), part(whole, second)), NOW);
    Facts expected = facts(whole, NOW);
    for (FactPath path : FactPath.values()) {
      String name = path.path();
      if (name.startsWith("totals.")
          || name.startsWith("retention.")
          || name.endsWith(".startsAt")
          || name.equals("upcoming.cancelledAt")) {
        assertThat(combined.find(path)).as(name).isEqualTo(expected.find(path));
      }
    }
    assertThat(combined.dueAt()).isEqualTo(facts(withoutMoney(whole), NOW).dueAt());
  }

  private static PatientRecords withoutMoney(PatientRecords whole) {
    return new PatientRecords(
        whole.patient(),
        whole.appointments(),
        List.of(),
        List.of(),
        List.of(),
        whole.movedInPlace(),
        whole.asOf());
  }

  private static CombinedFacts.Part part(PatientRecords whole, List<Appointment> some) {
    Set<EmrRef> moved = new HashSet<>(whole.movedInPlace());
    moved.retainAll(some.stream().map(Appointment::ref).toList());
    return new CombinedFacts.Part(
        new PatientRecords(
            whole.patient(), some, List.of(), List.of(), List.of(), moved, whole.asOf()),
        Story.CATALOGUE,
        FactSettings.defaults(Story.HOBART, Locale.of("en", "AU"), "AUD", MoneyBasis.PAYMENTS));
  }

  @Property(tries = 100)
  void dataAsOfChangesNoHash(@ForAll("patients") PatientRecords records) {
    PatientRecords later =
        new PatientRecords(
            records.patient(),
            records.appointments(),
            records.invoices(),
            records.payments(),
            records.purchases(),
            records.movedInPlace(),
            NOW.plusSeconds(60));
    assertThat(facts(later, NOW).hash()).isEqualTo(facts(records, NOW).hash());
    assertThat(facts(later, NOW).find(FactPath.DATA_AS_OF)).isPresent();
  }

  @Example
  void aLifetimeOfAppointmentsIsWorkedOutInOneGo() {
    List<Appointment> many = new ArrayList<>();
    for (int index = 0; index < 50_000; index++) {
      many.add(
          Story.Visit.of(
                  "a" + index,
                  NOW.plus(Duration.ofMinutes(index - 40_000L)).toString(),
                  index <= 40_000 ? Status.ARRIVED : Status.BOOKED)
              .build());
    }
    PatientRecords nobody = Story.of("anybody").records();
    PatientRecords records =
        new PatientRecords(nobody.patient(), many, List.of(), List.of(), List.of(), Set.of(), null);
    // Anything worse than linear would take minutes.
    Facts facts = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> facts(records, NOW));
    assertThat(count(facts, "visits")).isEqualTo(40_001);
    assertThat(count(facts, "upcoming")).isEqualTo(9_999);
    assertThat(facts.dueAt()).isEqualTo(NOW.plus(Duration.ofMinutes(1)));
  }

  @Provide
  Arbitrary<Double> shares() {
    return Arbitraries.doubles().between(0, 1);
  }

  @Provide
  Arbitrary<PatientRecords> patients() {
    return Combinators.combine(
            appointment().list().ofMaxSize(8),
            invoice().list().ofMaxSize(4),
            payment().list().ofMaxSize(4),
            bundle().list().ofMaxSize(3),
            Arbitraries.integers().between(-1, 7))
        .as(
            (appointments, invoices, payments, bundles, moved) ->
                new PatientRecords(
                    Story.of("anybody").records().patient(),
                    numbered(appointments, moved),
                    numberedInvoices(invoices),
                    numberedPayments(payments),
                    numberedBundles(bundles),
                    Set.of(),
                    NOW));
  }

  // Coarse steps around now make equal moments, thresholds and month ends likely.
  private static Arbitrary<Instant> moment() {
    return Arbitraries.oneOf(
        Arbitraries.integers()
            .between(-30, 30)
            .map(step -> NOW.plus(Duration.ofMinutes(15L * step))),
        Arbitraries.integers().between(-400, 60).map(step -> NOW.plus(Duration.ofDays(step))));
  }

  private static Arbitrary<Appointment> appointment() {
    return Combinators.combine(
            moment(),
            Arbitraries.of(Status.class),
            moment().injectNull(0.3),
            moment().injectNull(0.85),
            Arbitraries.of("31", "32", "33"))
        .as(
            (startsAt, status, other, removedAt, site) ->
                new Appointment(
                    EmrRef.appointment("x"),
                    null,
                    removedAt,
                    Story.patient(),
                    Story.practitioner("55"),
                    EmrRef.of(RecordKind.TREATMENT, "810"),
                    EmrRef.of(RecordKind.SITE, site),
                    null,
                    startsAt,
                    null,
                    status,
                    other,
                    status == Status.CANCELLED ? other : null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    Map.of(),
                    "{}"));
  }

  private static List<Appointment> numbered(List<Appointment> drafts, int moved) {
    List<Appointment> result = new ArrayList<>();
    for (int index = 0; index < drafts.size(); index++) {
      Appointment draft = drafts.get(index);
      EmrRef from = index == moved && index > 0 ? EmrRef.appointment("a" + (index - 1)) : null;
      result.add(
          new Appointment(
              EmrRef.appointment("a" + index),
              null,
              draft.removedAt(),
              draft.patient(),
              draft.practitioner(),
              draft.treatment(),
              draft.site(),
              null,
              draft.startsAt(),
              null,
              draft.status(),
              draft.bookedAt(),
              draft.cancelledAt(),
              null,
              null,
              null,
              from,
              null,
              Map.of(),
              "{}"));
    }
    return result;
  }

  private static Arbitrary<Invoice> invoice() {
    return Combinators.combine(
            Arbitraries.of(Invoice.Status.class),
            Arbitraries.integers().between(0, 3),
            moment(),
            Arbitraries.integers().between(0, 3).injectNull(0.5))
        .as(
            (status, tens, at, paid) ->
                new Invoice(
                    EmrRef.of(RecordKind.INVOICE, "x"),
                    null,
                    null,
                    Story.patient(),
                    null,
                    null,
                    null,
                    null,
                    status,
                    Story.aud(tens + "0"),
                    null,
                    null,
                    null,
                    paid == null ? null : Story.aud(paid + "0"),
                    null,
                    at,
                    Map.of(),
                    "{}"));
  }

  private static List<Invoice> numberedInvoices(List<Invoice> drafts) {
    List<Invoice> result = new ArrayList<>();
    for (Invoice each : drafts) {
      result.add(
          new Invoice(
              EmrRef.of(RecordKind.INVOICE, "i" + result.size()),
              null,
              null,
              each.patient(),
              null,
              null,
              null,
              null,
              each.status(),
              each.total(),
              null,
              null,
              null,
              each.paidByPatient(),
              null,
              each.settledAt(),
              Map.of(),
              "{}"));
    }
    return result;
  }

  private static Arbitrary<Payment> payment() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 3),
            Arbitraries.of(true, false),
            Arbitraries.of(Payment.Payer.class),
            moment())
        .as(
            (tens, refund, payer, at) ->
                new Payment(
                    EmrRef.of(RecordKind.PAYMENT, "x"),
                    null,
                    null,
                    Story.patient(),
                    null,
                    Story.aud(tens + "0"),
                    refund,
                    payer,
                    at,
                    null,
                    Map.of(),
                    "{}"));
  }

  private static List<Payment> numberedPayments(List<Payment> drafts) {
    List<Payment> result = new ArrayList<>();
    for (Payment each : drafts) {
      result.add(
          new Payment(
              EmrRef.of(RecordKind.PAYMENT, "p" + result.size()),
              null,
              null,
              each.patient(),
              null,
              each.amount(),
              each.refund(),
              each.payer(),
              each.paidAt(),
              null,
              Map.of(),
              "{}"));
    }
    return result;
  }

  private static Arbitrary<Purchase> bundle() {
    return Combinators.combine(
            Arbitraries.integers().between(-5, 20).injectNull(0.3),
            Arbitraries.integers().between(0, 3))
        .as(
            (days, left) ->
                new Purchase(
                    EmrRef.of(RecordKind.PURCHASE, "x"),
                    null,
                    null,
                    Story.patient(),
                    Purchase.Type.PACKAGE,
                    "Visits",
                    Story.aud("1"),
                    null,
                    days == null ? null : LocalDate.of(2026, 4, 5).plusDays(days),
                    BigDecimal.valueOf(left),
                    Map.of(),
                    "{}"));
  }

  private static List<Purchase> numberedBundles(List<Purchase> drafts) {
    List<Purchase> result = new ArrayList<>();
    for (Purchase each : drafts) {
      result.add(
          new Purchase(
              EmrRef.of(RecordKind.PURCHASE, "b" + result.size()),
              null,
              null,
              each.patient(),
              each.type(),
              each.name(),
              each.price(),
              null,
              each.expiresOn(),
              each.remaining(),
              Map.of(),
              "{}"));
    }
    return result;
  }

  private static Facts facts(PatientRecords records, Instant at) {
    ZoneId zone = Story.HOBART;
    MoneyBasis basis =
        records.payments().size() % 2 == 0 ? MoneyBasis.PAYMENTS : MoneyBasis.PAID_INVOICES;
    FactSettings defaults = FactSettings.defaults(zone, Locale.of("en", "AU"), "AUD", basis);
    return PatientFacts.of(records, Story.NAMES, at, defaults);
  }

  private static long count(Facts facts, String name) {
    return Long.parseLong(Story.shown(facts, "totals." + name));
  }

  private static <T> List<T> shuffled(List<T> list, Random random) {
    List<T> result = new ArrayList<>(list);
    Collections.shuffle(result, random);
    return result;
  }
}
