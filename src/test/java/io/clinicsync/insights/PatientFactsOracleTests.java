package io.clinicsync.insights;

import static io.clinicsync.insights.Story.Visit.arrived;
import static io.clinicsync.insights.Story.Visit.booked;
import static io.clinicsync.insights.Story.Visit.cancelled;
import static io.clinicsync.insights.Story.Visit.noShow;
import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.Appointment.Status;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Payment.Payer;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.insights.FactSettings.MoneyBasis;
import io.clinicsync.insights.FactSettings.Thresholds;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Patients whose facts were worked out by hand from the written rules. Noon on Tuesday 10 March
 * 2026 in Hobart (UTC+11) unless a story says otherwise.
 */
class PatientFactsOracleTests {

  private static final FactSettings PAYMENTS =
      FactSettings.defaults(Story.HOBART, Locale.of("en", "AU"), "AUD", MoneyBasis.PAYMENTS);

  @ParameterizedTest
  @MethodSource({
    "bookings",
    "cancellations",
    "oddAppointments",
    "people",
    "nights",
    "money",
    "otherEmrs",
    "daysGoneBy"
  })
  void factsAreWhatAPersonWorkedOut(Story story) {
    Facts facts = story.facts();
    Map<String, String> actual = new LinkedHashMap<>();
    story.expected.keySet().forEach(path -> actual.put(path, Story.shown(facts, path)));
    assertThat(actual).isEqualTo(story.expected);
  }

  @Test
  void thereAreAtLeastThirtyPatients() {
    assertThat(
            Stream.of(
                    bookings(),
                    cancellations(),
                    oddAppointments(),
                    people(),
                    nights(),
                    money(),
                    daysGoneBy())
                .flatMap(stories -> stories))
        .hasSizeGreaterThanOrEqualTo(30);
  }

  /** What the payloads of other EMRs ask for beyond Cliniko's. */
  static Stream<Story> otherEmrs() {
    return Stream.of(
        Story.of("one attended, one missed later, one cancelled before, one booked")
            .has(arrived("1", "2026-02-24T01:00:00Z"))
            .has(noShow("2", "2026-03-03T01:00:00Z"))
            .has(cancelled("3", "2026-02-01T01:00:00Z", "2026-01-31T00:00:00Z", "ill"))
            .has(booked("4", "2026-03-12T00:00:00Z"))
            .expect("upcoming.state", "booked")
            .expect("last.state", "no_show")
            .expect("lastNoShow.startsAt", "2026-03-03T01:00:00Z")
            .expect("lastCancelled.startsAt", "2026-02-01T01:00:00Z")
            .expect("lastCancelled.cancelledAt", "2026-01-31T00:00:00Z")
            .expect("lastVisit.startsAt", "2026-02-24T01:00:00Z")
            .expect("current.id", "4")
            .expect("current.upcoming", "yes")
            .expect("current.cancelled", "no"),
        Story.of("nothing ahead: the current one is the latest that has begun, cancelled or not")
            .has(arrived("1", "2026-02-24T01:00:00Z"))
            .has(cancelled("2", "2026-03-01T01:00:00Z", "2026-02-27T00:00:00Z", null))
            .expect("current.id", "2")
            .expect("current.state", "cancelled")
            .expect("current.cancelled", "yes")
            .expect("current.upcoming", "no"),
        Story.of("invoices that say what was paid of them count with that, paid up or not")
            .with(
                FactSettings.defaults(
                    Story.HOBART, Locale.of("en", "AU"), "AUD", MoneyBasis.PAID_INVOICES))
            .paidInPart("i1", Invoice.Status.OPEN, "120", "50", "70", "2026-02-01")
            .paidInPart("i2", Invoice.Status.PAID, "80", "80", "0", "2026-03-01")
            .paidInPart("i3", Invoice.Status.VOID, "999", "0", "0", "2026-03-05")
            .expect("money.spent", "130 AUD")
            .expect("money.paidByPatient", "130 AUD")
            .expect("money.owed", "70 AUD")
            .expect("money.billed", "200 AUD")
            .expect("lastInvoice.number", "i3")
            .expect("lastInvoice.status", "void")
            .expect("lastInvoice.issuedOn", "2026-03-05"));
  }

  static Stream<Story> bookings() {
    return Stream.of(
        Story.of("never had an appointment: a prospect with known zeros and unknown dates")
            .expect("retention.status", "prospect")
            .expect("retention.active", "no")
            .expect("patient.id", "700100")
            .expect("patient.firstName", "Ava")
            .expect("patient.fullName", "Ava Reed")
            .expect("patient.birthDate", "1991-04-30")
            .expect("patient.phone", "0491 570 156")
            .expect("patient.state", "TAS")
            .expect("consent.emailMarketing", "yes")
            .expect("consent.smsMarketing", "-")
            .expect("totals.appointments", "0")
            .expect("totals.upcoming", "0")
            .expect("totals.visits", "0")
            .expect("money.spent", "0 AUD")
            .expect("upcoming.startsAt", "-")
            .expect("last.startsAt", "-")
            .expect("last.didNotArrive", "-")
            .expect("lastEvent.name", "-")
            .expect("package.remaining", "-")
            .expect("due", "-"),
        Story.of("booked a first visit for Thursday half past nine")
            .has(booked("1", "2026-03-11T22:30:00Z").bookedAt("2026-03-09T04:00:00Z"))
            .expect("retention.status", "new_booked")
            .expect("retention.active", "yes")
            .expect("upcoming.id", "1")
            .expect("upcoming.startsAt", "2026-03-11T22:30:00Z")
            .expect("upcoming.text", "Thursday 12 March 2026 at 9:30 am")
            .expect("upcoming.reminderAt", "2026-03-11T22:00:00Z")
            .expect("upcoming.practitionerName", "Dr Mara Quill")
            .expect("upcoming.siteName", "Harbour Clinic")
            .expect("upcoming.name", "Initial consult")
            .expect("upcoming.type", "Initial consult")
            .expect("upcoming.cancelledAt", "-")
            .expect("nextVisit.startsAt", "2026-03-11T22:30:00Z")
            .expect("nextVisit.practitionerName", "Dr Mara Quill")
            .expect("totals.appointments", "0")
            .expect("totals.allAppointments", "1")
            .expect("totals.upcoming", "1")
            .expect("totals.booked", "1")
            .expect("lastEvent.name", "booked")
            .expect("lastEvent.at", "2026-03-09T04:00:00Z")
            .expect("due", "2026-03-11T22:30:00Z"),
        Story.of("came yesterday for the first time, nothing ahead")
            .has(arrived("1", "2026-03-08T23:00:00Z"))
            .expect("retention.status", "active")
            .expect("firstVisit.startsAt", "2026-03-08T23:00:00Z")
            .expect("lastVisit.startsAt", "2026-03-08T23:00:00Z")
            .expect("lastVisit.text", "Monday 9 March 2026 at 10:00 am")
            .expect("lastVisit.treatmentName", "Initial consult")
            .expect("last.startsAt", "2026-03-08T23:00:00Z")
            .expect("last.didNotArrive", "no")
            .expect("nextVisit.startsAt", "-")
            .expect("totals.appointments", "1")
            .expect("totals.visits", "1")
            .expect("lastEvent.name", "attended")
            .expect("due", "2026-03-23T16:00:00Z"), // 9 March + 15 days at 03:00
        Story.of(
                "came twice and has two ahead: first, last and next each with their own people and places")
            .has(arrived("1", "2026-01-12T23:00:00Z").with("56", "810", "33"))
            .has(arrived("2", "2026-02-16T23:00:00Z").with("55", "811", "31"))
            .has(booked("3", "2026-03-16T23:00:00Z").with("56", "811", "33"))
            .has(Story.Visit.of("4", "2026-03-23T23:00:00Z", Status.CONFIRMED))
            .expect("retention.status", "active_rebooked")
            .expect("firstVisit.practitionerName", "Tom Ruiz")
            .expect("firstVisit.siteName", "Annex")
            .expect("lastVisit.practitionerName", "Dr Mara Quill")
            .expect("lastVisit.treatmentName", "Follow-up")
            .expect("nextVisit.practitionerName", "Tom Ruiz")
            .expect("nextVisit.siteName", "Annex")
            .expect("nextVisit.text", "Tuesday 17 March 2026 at 10:00 am")
            .expect("totals.upcoming", "2")
            .expect("totals.booked", "2")
            .expect("totals.arrived", "2")
            .expect("totals.appointments", "2")
            .expect("totals.allAppointments", "4")
            .expect("due", "2026-03-16T23:00:00Z"),
        Story.of("starts this very moment: no longer upcoming, begun, not yet final")
            .has(booked("1", "2026-03-10T01:00:00Z"))
            .expect("upcoming.startsAt", "-")
            .expect("totals.upcoming", "0")
            .expect("totals.appointments", "1")
            .expect("last.startsAt", "-")
            .expect("retention.status", "never_attended")
            .expect("due", "-"),
        Story.of("an American clinic writes its dates the American way")
            .with(FactSettings.defaults(Story.HOBART, Locale.US, "USD", MoneyBasis.NONE))
            .has(booked("1", "2026-03-11T22:30:00Z"))
            .expect("upcoming.text", "Thursday, March 12, 2026 at 9:30 AM")
            .expect("money.spent", "-")
            .expect("money.owed", "-"));
  }

  static Stream<Story> cancellations() {
    return Stream.of(
        Story.of(
                "only a cancelled one ahead: shown as upcoming with its cancellation, never as the next visit")
            .has(cancelled("1", "2026-03-12T00:00:00Z", "2026-03-09T00:00:00Z", "Sick"))
            .expect("upcoming.startsAt", "2026-03-12T00:00:00Z")
            .expect("upcoming.cancelledAt", "2026-03-09T00:00:00Z")
            .expect("upcoming.cancellationReason", "Sick")
            .expect("upcoming.reminderAt", "-")
            .expect("nextVisit.startsAt", "-")
            .expect("totals.upcoming", "0")
            .expect("totals.cancelled", "1")
            .expect("totals.lateCancelled", "0")
            .expect("totals.appointments", "0")
            .expect("retention.status", "never_attended")
            .expect("lastEvent.name", "cancelled")
            .expect("due", "2026-03-12T00:00:00Z"),
        Story.of("two cancelled ahead: the one cancelled last is shown although it starts later")
            .has(cancelled("1", "2026-03-12T00:00:00Z", "2026-03-08T00:00:00Z", "Work"))
            .has(cancelled("2", "2026-03-20T00:00:00Z", "2026-03-09T00:00:00Z", "Away"))
            .expect("upcoming.id", "2")
            .expect("upcoming.cancellationReason", "Away")
            .expect("totals.cancelled", "2")
            .expect("due", "2026-03-12T00:00:00Z"),
        Story.of("a live one ahead beats an earlier cancelled one")
            .has(cancelled("1", "2026-03-12T00:00:00Z", "2026-03-09T00:00:00Z", "Sick"))
            .has(booked("2", "2026-03-20T00:00:00Z"))
            .expect("upcoming.id", "2")
            .expect("upcoming.cancelledAt", "-")
            .expect("upcoming.cancellationReason", "-")
            .expect("upcoming.reminderAt", "2026-03-19T23:30:00Z")
            .expect("totals.upcoming", "1")
            .expect("retention.status", "new_booked"),
        Story.of("cancelled three hours before the start: late")
            .has(cancelled("1", "2026-03-09T03:00:00Z", "2026-03-09T00:00:00Z", "Other"))
            .expect("totals.lateCancelled", "1")
            .expect("totals.cancelled", "1")
            .expect("lastEvent.name", "late_cancelled")
            .expect("lastEvent.at", "2026-03-09T00:00:00Z"),
        Story.of("cancelled exactly a day before the start: not late")
            .has(cancelled("1", "2026-03-09T03:00:00Z", "2026-03-08T03:00:00Z", "Other"))
            .expect("totals.lateCancelled", "0")
            .expect("lastEvent.name", "cancelled"),
        Story.of(
                "attended in January, cancelled last week: the cancelled one is the last, the visit stays the last visit")
            .has(arrived("1", "2026-01-12T23:00:00Z"))
            .has(cancelled("2", "2026-03-04T00:00:00Z", "2026-03-01T00:00:00Z", "Feeling better"))
            .expect("last.id", "2")
            .expect("last.cancelledAt", "2026-03-01T00:00:00Z")
            .expect("last.cancellationReason", "Feeling better")
            .expect("last.didNotArrive", "no")
            .expect("lastVisit.startsAt", "2026-01-12T23:00:00Z")
            .expect("totals.appointments", "1")
            .expect("totals.allAppointments", "2")
            .expect("upcoming.startsAt", "-")
            .expect("retention.status", "at_risk"), // 13 January to 10 March: 56 days
        Story.of("did not arrive on Friday")
            .has(noShow("1", "2026-03-05T23:00:00Z"))
            .expect("last.didNotArrive", "yes")
            .expect("last.cancelledAt", "-")
            .expect("totals.noShows", "1")
            .expect("totals.appointments", "1")
            .expect("totals.visits", "0")
            .expect("lastVisit.startsAt", "-")
            .expect("retention.status", "never_attended")
            .expect("retention.active", "no")
            .expect("lastEvent.name", "no_show"),
        Story.of("the desk undid an arrival: booked again, in the past, and in no final state")
            .has(booked("1", "2026-03-05T23:00:00Z"))
            .expect("last.startsAt", "-")
            .expect("last.didNotArrive", "-")
            .expect("totals.arrived", "0")
            .expect("totals.booked", "1")
            .expect("totals.appointments", "1")
            .expect("retention.status", "never_attended"));
  }

  static Stream<Story> oddAppointments() {
    return Stream.of(
        Story.of("a class: its own name, and the treatment as type")
            .has(
                booked("1", "2026-03-12T00:00:00Z")
                    .with("55", "812", "31")
                    .group("Morning Pilates"))
            .expect("upcoming.name", "Morning Pilates")
            .expect("upcoming.type", "Class slot")
            .expect("nextVisit.treatmentName", "Class slot"),
        Story.of("an archived appointment is nothing at all")
            .has(booked("1", "2026-03-12T00:00:00Z").archivedAt("2026-03-09T00:00:00Z"))
            .expect("upcoming.startsAt", "-")
            .expect("totals.allAppointments", "0")
            .expect("retention.status", "prospect")
            .expect("due", "-"),
        Story.of("a hold and a never-booked slot are nothing at all")
            .has(Story.Visit.of("1", "2026-03-12T00:00:00Z", Status.HELD))
            .has(Story.Visit.of("2", "2026-03-02T00:00:00Z", Status.NEVER_BOOKED))
            .expect("upcoming.startsAt", "-")
            .expect("last.startsAt", "-")
            .expect("totals.allAppointments", "0")
            .expect("totals.appointments", "0")
            .expect("retention.status", "prospect")
            .expect("due", "-"),
        Story.of(
                "moved by rebooking: the new one counts, once, and as rescheduled; the old one is no cancellation")
            .has(cancelled("1", "2026-03-12T00:00:00Z", "2026-03-09T00:00:00Z", "Moved"))
            .has(
                booked("2", "2026-03-19T00:00:00Z").movedFrom("1").bookedAt("2026-03-09T00:00:00Z"))
            .expect("upcoming.id", "2")
            .expect("totals.allAppointments", "1")
            .expect("totals.cancelled", "0")
            .expect("totals.booked", "1")
            .expect("totals.rescheduled", "1")
            .expect("lastEvent.name", "rescheduled")
            .expect("due", "2026-03-19T00:00:00Z"),
        Story.of("moved in place, then attended: arrived once and rescheduled once")
            .has(arrived("1", "2026-03-08T23:00:00Z"))
            .movedInPlace("1")
            .expect("totals.arrived", "1")
            .expect("totals.rescheduled", "1")
            .expect("totals.allAppointments", "1"),
        Story.of("ticked as arrived before it began: neither upcoming nor yet a visit")
            .has(arrived("1", "2026-03-10T01:30:00Z"))
            .expect("upcoming.startsAt", "-")
            .expect("nextVisit.startsAt", "-")
            .expect("lastVisit.startsAt", "-")
            .expect("totals.visits", "0")
            .expect("totals.arrived", "1")
            .expect("retention.status", "never_attended")
            .expect("due", "2026-03-10T01:30:00Z"),
        Story.of("a status nobody knows is counted and never guessed")
            .has(Story.Visit.of("1", "2026-03-02T00:00:00Z", Status.UNKNOWN))
            .has(Story.Visit.of("2", "2026-03-20T00:00:00Z", Status.UNKNOWN))
            .expect("totals.appointments", "1")
            .expect("totals.allAppointments", "2")
            .expect("last.startsAt", "-")
            .expect("upcoming.startsAt", "-")
            .expect("totals.upcoming", "0")
            .expect("due", "2026-03-20T00:00:00Z"));
  }

  static Stream<Story> people() {
    return Stream.of(
        Story.of("archived with a booking left over: archived comes first")
            .archived("2026-03-01T00:00:00Z")
            .has(booked("1", "2026-03-12T00:00:00Z"))
            .expect("retention.status", "archived")
            .expect("retention.active", "no")
            .expect("patient.archivedAt", "2026-03-01T00:00:00Z"),
        Story.of("merged away into another patient")
            .archived("2026-03-01T00:00:00Z")
            .mergedInto("700200")
            .expect("retention.status", "archived")
            .expect("patient.mergedInto", "700200"),
        Story.of("deceased beats discharged and archived")
            .standing(true, true)
            .archived("2026-03-01T00:00:00Z")
            .has(arrived("1", "2026-03-08T23:00:00Z"))
            .expect("retention.status", "deceased")
            .expect("retention.active", "no")
            .expect("patient.deceased", "yes")
            .expect("due", "-"),
        Story.of("discharged beats archived")
            .standing(false, true)
            .archived("2026-03-01T00:00:00Z")
            .expect("retention.status", "discharged"));
  }

  static Stream<Story> nights() {
    return Stream.of(
        Story.of("autumn night: half past two comes twice, the first of them is upcoming")
            .at("2026-04-04T14:00:00Z")
            .has(booked("1", "2026-04-04T16:30:00Z"))
            .has(booked("2", "2026-04-04T15:30:00Z"))
            .expect("upcoming.id", "2")
            .expect("upcoming.text", "Sunday 5 April 2026 at 2:30 am")
            .expect("upcoming.reminderAt", "2026-04-04T15:00:00Z")
            .expect("totals.upcoming", "2")
            .expect("due", "2026-04-04T15:30:00Z"),
        Story.of("between the two half past twos of the autumn night only the second is ahead")
            .at("2026-04-04T16:00:00Z")
            .has(booked("1", "2026-04-04T16:30:00Z"))
            .has(arrived("2", "2026-04-04T15:30:00Z"))
            .expect("upcoming.id", "1")
            .expect("upcoming.text", "Sunday 5 April 2026 at 2:30 am")
            .expect("lastVisit.text", "Sunday 5 April 2026 at 2:30 am")
            .expect("upcoming.reminderAt", "2026-04-04T16:00:00Z"),
        Story.of("spring night: an hour is missing, the reminder is still half an hour earlier")
            .at("2026-10-03T15:00:00Z")
            .has(booked("1", "2026-10-03T16:00:00Z"))
            .expect("upcoming.text", "Sunday 4 October 2026 at 3:00 am")
            .expect("upcoming.reminderAt", "2026-10-03T15:30:00Z")
            .expect("due", "2026-10-03T16:00:00Z"),
        Story.of(
                "seen on the autumn night: three o'clock of the right day is one hour later in UTC")
            .at("2026-03-30T00:00:00Z")
            .has(
                arrived(
                    "1",
                    "2026-03-20T23:00:00Z")) // Saturday 21 March; at risk from 5 April, 03:00 at
            // UTC+10
            .expect("retention.status", "active")
            .expect("due", "2026-04-04T17:00:00Z"),
        Story.of("a site in Perth shows Perth's time")
            .has(booked("1", "2026-03-11T16:30:00Z").with("55", "810", "32"))
            .expect("upcoming.text", "Thursday 12 March 2026 at 12:30 am")
            .expect("upcoming.siteName", "Perth Rooms"));
  }

  static Stream<Story> money() {
    return Stream.of(
        Story.of("half an hour into March and one minute before: the month is the clinic's")
            .invoice("1", Invoice.Status.PAID, "100.00", "2026-02-28T13:30:00Z")
            .invoice("2", Invoice.Status.PAID, "200.00", "2026-02-28T12:59:00Z")
            .expect("money.spent", "300 AUD")
            .expect("money.spentThisMonth", "100 AUD")
            .expect("money.owed", "0 AUD")
            .expect("due", "2026-03-31T13:00:00Z"),
        Story.of("credit, void and written-off invoices are neither revenue nor owed")
            .invoice("1", Invoice.Status.PAID, "100", "2026-01-15T00:00:00Z")
            .invoice("2", Invoice.Status.CREDIT, "-40", "2026-03-02T00:00:00Z")
            .invoice("3", Invoice.Status.VOID, "70", "2026-03-02T00:00:00Z")
            .invoice("4", Invoice.Status.CLOSED, "55", "2026-03-02T00:00:00Z")
            .expect("money.spent", "100 AUD")
            .expect("money.spentThisMonth", "0 AUD")
            .expect("money.owed", "0 AUD")
            .expect("due", "-"),
        Story.of("two open invoices from an EMR that does not say who owes")
            .invoice("1", Invoice.Status.OPEN, "80.50", null)
            .invoice("2", Invoice.Status.OPEN, "19.50", null)
            .expect("money.spent", "0 AUD")
            .expect("money.owed", "100 AUD")
            .expect("money.owedByPatient", "-")
            .expect("money.owedByThirdParty", "-"),
        Story.of("patient and insurer paid, a part came back, and both still owe")
            .with(PAYMENTS)
            .payment("1", "100", false, Payer.PATIENT, "2026-02-10T00:00:00Z")
            .payment("2", "50", false, Payer.THIRD_PARTY, "2026-03-03T00:00:00Z")
            .payment("3", "30", true, Payer.PATIENT, "2026-03-04T00:00:00Z")
            .invoice("1", Invoice.Status.OPEN, "90", null, "25", "10.50")
            .invoice("2", Invoice.Status.PAID, "150", "2026-03-03T00:00:00Z", "0", "0")
            .expect("money.spent", "120 AUD")
            .expect("money.spentThisMonth", "20 AUD")
            .expect("money.paidByPatient", "70 AUD")
            .expect("money.paidByThirdParty", "50 AUD")
            .expect("money.owed", "35.5 AUD")
            .expect("money.owedByPatient", "25 AUD")
            .expect("money.owedByThirdParty", "10.5 AUD")
            .expect("due", "2026-03-31T13:00:00Z"),
        Story.of(
                "two packages: one ran out of time on Monday, the other has three visits until Friday")
            .bundle("1", "Ten visits", "2026-03-09", "4")
            .bundle("2", "Five visits", "2026-03-13", "3")
            .expect("package.remaining", "3")
            .expect("package.name", "Five visits")
            .expect("package.expiresOn", "2026-03-13")
            .expect("due", "2026-03-13T16:00:00Z"), // Saturday 14 March, 03:00
        Story.of("the only package has expired: nothing is left, and that is known")
            .bundle("1", "Ten visits", "2026-03-09", "4")
            .expect("package.remaining", "0")
            .expect("package.name", "-")
            .expect("package.expiresOn", "-"));
  }

  static Stream<Story> daysGoneBy() {
    return Stream.of(
        Story.of("fourteen days ago is still active, until three in the morning")
            .has(arrived("1", "2026-02-24T01:00:00Z"))
            .expect("retention.status", "active")
            .expect("due", "2026-03-10T16:00:00Z"),
        Story.of("fifteen days ago, but it is only half past two in the morning: still active")
            .at("2026-03-10T15:30:00Z")
            .has(arrived("1", "2026-02-24T01:00:00Z"))
            .expect("retention.status", "active")
            .expect("due", "2026-03-10T16:00:00Z"),
        Story.of("fifteen days ago at three o'clock sharp: at risk")
            .at("2026-03-10T16:00:00Z")
            .has(arrived("1", "2026-02-24T01:00:00Z"))
            .expect("retention.status", "at_risk")
            .expect("retention.active", "yes")
            .expect(
                "due", "2026-05-25T17:00:00Z"), // 24 February + 91 days = 26 May, 03:00 at UTC+10
        Story.of("ninety days ago is at risk")
            .has(arrived("1", "2025-12-10T01:00:00Z"))
            .expect("retention.status", "at_risk"),
        Story.of("ninety-one days ago is lapsed")
            .has(arrived("1", "2025-12-09T01:00:00Z"))
            .expect("retention.status", "lapsed")
            .expect("retention.active", "no"),
        Story.of("a year to the day is lapsed, and tomorrow it is lost")
            .has(arrived("1", "2025-03-10T01:00:00Z"))
            .expect("retention.status", "lapsed")
            .expect("due", "2026-03-10T16:00:00Z"),
        Story.of("a year and a day is lost, for good")
            .has(arrived("1", "2025-03-09T01:00:00Z"))
            .expect("retention.status", "lost")
            .expect("due", "-"),
        Story.of("lost, but booked again: a future booking beats every day count")
            .has(arrived("1", "2024-03-09T01:00:00Z"))
            .has(booked("2", "2026-03-12T00:00:00Z"))
            .expect("retention.status", "active_rebooked")
            .expect("retention.active", "yes")
            .expect("retention.reactivatedAt", "-")
            .expect("due", "2026-03-12T00:00:00Z"),
        Story.of("came back after 91 days, and again since: reactivated by the first of the two")
            .has(arrived("1", "2025-11-01T01:00:00Z"))
            .has(arrived("2", "2026-01-31T01:00:00Z"))
            .has(arrived("3", "2026-03-06T01:00:00Z"))
            .expect("retention.reactivatedAt", "2026-01-31T01:00:00Z")
            .expect("retention.status", "active"),
        Story.of("came back after exactly 90 days: never lapsed, so not reactivated")
            .has(arrived("1", "2025-11-01T01:00:00Z"))
            .has(arrived("2", "2026-01-30T01:00:00Z"))
            .expect("retention.reactivatedAt", "-"),
        Story.of("follow-ups have longer thresholds in this clinic")
            .with(
                new FactSettings(
                    Story.HOBART,
                    Locale.of("en", "AU"),
                    "AUD",
                    MoneyBasis.NONE,
                    Thresholds.DEFAULT,
                    Map.of(EmrRef.of(RecordKind.TREATMENT, "811"), new Thresholds(60, 200, 400)),
                    Duration.ofHours(2),
                    Duration.ofHours(24),
                    true))
            .has(arrived("1", "2026-02-09T01:00:00Z").with("55", "811", "31"))
            .expect("retention.status", "active") // 29 days
            .expect("retention.daysSinceLastVisit", "29")
            .expect("due", "2026-03-10T16:00:00Z")); // the day counter moves on
  }
}
