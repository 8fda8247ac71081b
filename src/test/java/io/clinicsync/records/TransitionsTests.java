package io.clinicsync.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Appointment.Status;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.records.Transition.Before;
import io.clinicsync.records.Transition.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Before and after of an appointment, and what that says happened. */
class TransitionsTests {

  private static final Instant NOW = Instant.parse("2026-06-10T01:00:00Z");
  private static final Instant TOMORROW = NOW.plus(Duration.ofHours(30));
  private static final Instant LATER = NOW.plus(Duration.ofHours(60));
  private static final Duration NOTICE = Duration.ofHours(24);

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          BOOKED, CONFIRMED, -
          CONFIRMED, BOOKED, -
          BOOKED, ARRIVED, ATTENDED
          CONFIRMED, ARRIVED, ATTENDED
          NO_SHOW, ARRIVED, ATTENDED
          CANCELLED, ARRIVED, ATTENDED
          BOOKED, NO_SHOW, NO_SHOW
          ARRIVED, NO_SHOW, NO_SHOW
          ARRIVED, BOOKED, UNATTENDED
          NO_SHOW, BOOKED, UNATTENDED
          NO_SHOW, CONFIRMED, UNATTENDED
          BOOKED, CANCELLED, CANCELLED
          ARRIVED, CANCELLED, CANCELLED
          CANCELLED, BOOKED, UNCANCELLED
          CANCELLED, CONFIRMED, UNCANCELLED
          CANCELLED, NO_SHOW, NO_SHOW
          HELD, BOOKED, BOOKED
          HELD, CONFIRMED, BOOKED
          HELD, CANCELLED, -
          NEVER_BOOKED, BOOKED, BOOKED
          BOOKED, HELD, -
          BOOKED, NEVER_BOOKED, -
          BOOKED, UNKNOWN, -
          UNKNOWN, BOOKED, -
          UNKNOWN, ARRIVED, ATTENDED
          """)
  void aChangeOfStatusIsAtMostOneTransition(Status before, Status after, @Nullable Type expected) {
    var found = Transition.between(new Before(before, LATER, false), at(after, LATER), NOTICE, NOW);
    assertThat(found.map(Transition::type).orElse(null)).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.class,
      names = {"HELD", "NEVER_BOOKED"},
      mode = EnumSource.Mode.EXCLUDE)
  void theSameAgainIsNothing(Status status) {
    assertThat(
            Transition.between(
                new Before(status, TOMORROW, false), at(status, TOMORROW), NOTICE, NOW))
        .isEmpty();
  }

  @Test
  void aMoveIsOneReschedulingThatKnowsWhereItStood() {
    for (Status status : new Status[] {Status.BOOKED, Status.CONFIRMED}) {
      Transition move =
          Transition.between(new Before(status, TOMORROW, false), at(status, LATER), NOTICE, NOW)
              .orElseThrow();
      assertThat(move.type()).isEqualTo(Type.RESCHEDULED);
      assertThat(move.previousStart()).isEqualTo(TOMORROW);
    }
  }

  @Test
  void aMoveThatIsConfirmedInTheSameBreathIsStillAMove() {
    Transition move =
        Transition.between(
                new Before(Status.BOOKED, TOMORROW, false),
                at(Status.CONFIRMED, LATER),
                NOTICE,
                NOW)
            .orElseThrow();
    assertThat(move.type()).isEqualTo(Type.RESCHEDULED);
    assertThat(move.previousStart()).isEqualTo(TOMORROW);
  }

  @Test
  void aPastVisitWhoseTimeIsCorrectedDidNotMove() {
    assertThat(
            Transition.between(
                new Before(Status.ARRIVED, TOMORROW, false),
                at(Status.ARRIVED, LATER),
                NOTICE,
                NOW))
        .isEmpty();
  }

  @Test
  void noticeDecidesWhetherACancellationIsLateAndItsBoundaryIsInTime() {
    assertThat(cancelledBefore(NOTICE.plusSeconds(1))).isEqualTo(Type.CANCELLED);
    assertThat(cancelledBefore(NOTICE)).isEqualTo(Type.CANCELLED);
    assertThat(cancelledBefore(NOTICE.minusSeconds(1))).isEqualTo(Type.LATE_CANCELLED);
    assertThat(cancelledBefore(Duration.ofHours(-1))).isEqualTo(Type.LATE_CANCELLED);
  }

  private static Type cancelledBefore(Duration notice) {
    return Transition.between(
            new Before(Status.BOOKED, TOMORROW, false),
            appointment(Status.CANCELLED, TOMORROW, null, TOMORROW.minus(notice)),
            NOTICE,
            NOW)
        .orElseThrow()
        .type();
  }

  @Test
  void whatIsMetForTheFirstTimeWasBookedOnlyIfItLiesAhead() {
    assertThat(
            Transition.between(null, at(Status.BOOKED, TOMORROW), NOTICE, NOW).orElseThrow().type())
        .isEqualTo(Type.BOOKED);
    assertThat(Transition.between(null, at(Status.BOOKED, NOW.minusSeconds(1)), NOTICE, NOW))
        .isEmpty();
    assertThat(Transition.between(null, at(Status.CANCELLED, TOMORROW), NOTICE, NOW)).isEmpty();
    assertThat(Transition.between(null, at(Status.ARRIVED, NOW.minusSeconds(900)), NOTICE, NOW))
        .isEmpty();
    assertThat(Transition.between(null, at(Status.HELD, TOMORROW), NOTICE, NOW)).isEmpty();
  }

  @Test
  void archivingALiveAppointmentIsSaidOnceAndOfOthersNotAtAll() {
    Appointment gone = appointment(Status.BOOKED, TOMORROW, NOW, null);
    assertThat(
            Transition.between(new Before(Status.BOOKED, TOMORROW, false), gone, NOTICE, NOW)
                .orElseThrow()
                .type())
        .isEqualTo(Type.ARCHIVED);
    assertThat(Transition.between(new Before(Status.BOOKED, TOMORROW, true), gone, NOTICE, NOW))
        .isEmpty();
    Appointment visit = appointment(Status.ARRIVED, TOMORROW, NOW, null);
    assertThat(Transition.between(new Before(Status.ARRIVED, TOMORROW, false), visit, NOTICE, NOW))
        .isEmpty();
  }

  private static Appointment at(Status status, Instant start) {
    return appointment(status, start, null, status == Status.CANCELLED ? NOW : null);
  }

  private static Appointment appointment(
      Status status, Instant start, @Nullable Instant removedAt, @Nullable Instant cancelledAt) {
    return new Appointment(
        EmrRef.appointment("a1"),
        NOW,
        removedAt,
        EmrRef.patient("p1"),
        null,
        null,
        null,
        null,
        start,
        start.plus(Duration.ofMinutes(30)),
        status,
        null,
        cancelledAt,
        null,
        null,
        null,
        null,
        null,
        Map.of(),
        "{}");
  }
}
