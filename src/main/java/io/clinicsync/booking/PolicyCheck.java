package io.clinicsync.booking;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.clinics.Connection;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/** Holds a request against what the clinic allows [BK-4, BK-5]. */
@Component
class PolicyCheck {

  private final Policies policies;
  private final PatientRecords records;
  private final Tenancy tenancy;
  private final Clock clock;

  PolicyCheck(Policies policies, PatientRecords records, Tenancy tenancy, Clock clock) {
    this.policies = policies;
    this.records = records;
    this.tenancy = tenancy;
    this.clock = clock;
  }

  /** Whether this treatment may be booked then by somebody; who it is may matter later. */
  void mayHold(BookingPolicy policy, Instant startsAt) {
    if (!policy.bookable()) {
      throw blocked("treatment", "The clinic does not offer this treatment for booking here.");
    }
    mayStart(policy, startsAt);
  }

  /** What holds for an appointment that stands. */
  BookingPolicy of(Connection connection, Appointment standing) {
    return policies.of(
        connection.clinic(),
        connection.id(),
        standing.treatment() == null ? null : standing.treatment().id().value());
  }

  /** What is to be booked, as far as the clinic's rules go. */
  record Wish(
      Connection connection,
      Catalogue.Treatment treatment,
      BookingPolicy rules,
      Instant startsAt) {}

  /**
   * Whether this may be booked.
   *
   * @param read the appointments of our copy, where they were read before
   * @param current reads an appointment in the EMR again, since our copy may be minutes old
   */
  void mayBook(
      Wish wish,
      Optional<Patient> known,
      Optional<List<Appointment>> read,
      Function<EmrRef, Optional<Appointment>> current) {
    Connection connection = wish.connection();
    Catalogue.Treatment treatment = wish.treatment();
    Instant startsAt = wish.startsAt();
    BookingPolicy policy = wish.rules();
    mayHold(policy, startsAt);
    List<Appointment> had =
        read.or(() -> known.map(patient -> appointments(connection, patient.ref().id())))
            .orElse(List.of());
    boolean isNew = had.stream().noneMatch(each -> each.status().counts());
    switch (policy.patients()) {
      case ANY -> {}
      case NEW_ONLY -> {
        if (!isNew) {
          throw blocked("treatment", "This treatment is for new patients only.");
        }
      }
      case RETURNING_ONLY -> {
        if (isNew) {
          throw blocked("treatment", "This treatment is for patients who have been here before.");
        }
      }
    }
    Instant now = clock.instant();
    for (Appointment each : had) {
      boolean same = each.startsAt().equals(startsAt);
      if (!treatment.ref().equals(each.treatment())
          || !each.status().isLive()
          || !each.startsAt().isAfter(now)
          || each.removedAt() != null
          || (!same && policy.duplicates())) {
        continue;
      }
      Appointment stands =
          current
              .apply(each.ref())
              .filter(there -> there.status().isLive() && there.removedAt() == null)
              .orElse(null);
      if (stands != null && stands.startsAt().equals(startsAt)) {
        throw new Stopped(
            BookingAnswer.confirmed(
                Code.ALREADY_BOOKED, "The patient has this appointment already.", stands));
      }
      if (stands != null && !policy.duplicates()) {
        throw blocked("treatment", "The patient has an appointment of this treatment ahead.");
      }
    }
  }

  /**
   * Whether an appointment may be moved or cancelled now.
   *
   * @return whether it is late, where that is allowed
   */
  boolean mayChange(Connection connection, Appointment appointment, boolean cancelling) {
    BookingPolicy policy =
        policies.of(
            connection.clinic(),
            connection.id(),
            appointment.treatment() == null ? null : appointment.treatment().id().value());
    if (cancelling ? !policy.cancel() : !policy.reschedule()) {
      throw blocked(
          "appointment",
          cancelling
              ? "The clinic wants to be called about cancellations."
              : "The clinic wants to be called about other times.");
    }
    boolean late =
        clock
            .instant()
            .isAfter(appointment.startsAt().minus(Duration.ofHours(policy.windowHours())));
    if (late && policy.insideWindow() == BookingPolicy.InsideWindow.REFUSE) {
      throw Stopped.field(
          Code.LATE_CANCEL,
          "appointment",
          "It is less than "
              + policy.windowHours()
              + " hours to the appointment; the clinic must be called.");
    }
    return late;
  }

  /** Whether an appointment may start then. */
  void mayStart(Connection connection, Appointment moved, Instant startsAt) {
    mayStart(
        policies.of(
            connection.clinic(),
            connection.id(),
            moved.treatment() == null ? null : moved.treatment().id().value()),
        startsAt);
  }

  private void mayStart(BookingPolicy policy, Instant startsAt) {
    Instant now = clock.instant();
    if (!startsAt.isAfter(now)) {
      throw Stopped.field(Code.POLICY_BLOCKED, "starts_at", "This time has passed.");
    }
    if (startsAt.isBefore(now.plus(Duration.ofMinutes(policy.noticeMinutes())))) {
      throw blocked(
          "starts_at", "The clinic wants " + policy.noticeMinutes() + " minutes' notice or more.");
    }
    if (startsAt.isAfter(now.plus(Duration.ofDays(policy.horizonDays())))) {
      throw blocked(
          "starts_at", "The clinic books at most " + policy.horizonDays() + " days ahead.");
    }
  }

  private List<Appointment> appointments(Connection connection, EmrId patient) {
    return tenancy.inClinic(
        connection.clinic(),
        () -> records.appointments(connection.clinic(), connection.id(), patient));
  }

  private static Stopped blocked(String field, String says) {
    return Stopped.field(Code.POLICY_BLOCKED, field, says);
  }
}
