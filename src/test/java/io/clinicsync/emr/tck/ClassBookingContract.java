package io.clinicsync.emr.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.BookingGateway.Busy;
import io.clinicsync.emr.spi.BookingGateway.Move;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.EmrException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** How a connector takes seats in classes, where its vendor has any. */
interface ClassBookingContract {

  TckStage stage();

  private void withClass(BiConsumer<BookingDesk, SimulatedEmr.ClassAhead> test) {
    BookingDesk.at(stage())
        .ifPresent(desk -> desk.diary.classAhead().ifPresent(ahead -> test.accept(desk, ahead)));
  }

  private static NewBooking seat(EmrRef patient, SimulatedEmr.ClassAhead ahead, Instant startsAt) {
    return new NewBooking(
        patient,
        ahead.practitioner(),
        ahead.treatment(),
        ahead.site(),
        null,
        startsAt,
        startsAt.plus(Duration.between(ahead.startsAt(), ahead.endsAt())),
        ahead.seats(),
        null);
  }

  /** Who has no seat in the class yet. */
  private static List<EmrRef> others(BookingDesk desk, SimulatedEmr.ClassAhead ahead) {
    return desk.diary.patients().stream()
        .filter(patient -> desk.live(patient, ahead.startsAt()).isEmpty())
        .limit(ahead.seatsLeft() + 1L)
        .toList();
  }

  @Test
  default void seatsAreTakenUntilTheClassIsFull() {
    withClass(
        (desk, ahead) -> {
          List<EmrRef> patients = others(desk, ahead);
          for (EmrRef patient : patients.subList(0, ahead.seatsLeft())) {
            desk.fresh();
            NewBooking seat = seat(patient, ahead, ahead.startsAt());
            Appointment joined = desk.gateway.book(desk.account, seat, desk.new Attempt());
            assertThat(desk.writes()).isEqualTo(1);
            assertThat(joined.patient()).isEqualTo(patient);
            assertThat(joined.startsAt()).isEqualTo(ahead.startsAt());
            assertThat(joined.booking()).isNotBlank();
            assertThat(desk.read(joined.ref())).contains(joined);
            assertThat(desk.live(patient, ahead.startsAt())).hasSize(1);
          }
          desk.fresh();
          NewBooking late = seat(patients.getLast(), ahead, ahead.startsAt());
          assertThat(
                  BookingDesk.kind(() -> desk.gateway.book(desk.account, late, desk.new Attempt())))
              .isEqualTo(Kind.SLOT_TAKEN);
          assertThat(desk.live(patients.getLast(), ahead.startsAt())).isEmpty();
        });
  }

  @Test
  default void whereNoClassIsNoneIsMadeAndNobodySitsTwice() {
    withClass(
        (desk, ahead) -> {
          EmrRef patient = others(desk, ahead).getFirst();
          NewBooking none = seat(patient, ahead, ahead.startsAt().plus(Duration.ofMinutes(7)));
          assertThat(
                  BookingDesk.kind(() -> desk.gateway.book(desk.account, none, desk.new Attempt())))
              .isEqualTo(Kind.REQUEST_REJECTED);
          assertThat(desk.writes()).isZero();
          NewBooking seat = seat(patient, ahead, ahead.startsAt());
          desk.gateway.book(desk.account, seat, desk.new Attempt());
          assertThat(
                  BookingDesk.kind(() -> desk.gateway.book(desk.account, seat, desk.new Attempt())))
              .isEqualTo(Kind.REQUEST_REJECTED);
          assertThat(desk.live(patient, ahead.startsAt())).hasSize(1);
        });
  }

  @Test
  default void aSeatWhoseAnswerIsLostIsFoundAgain() {
    withClass(
        (desk, ahead) -> {
          EmrRef patient = others(desk, ahead).getFirst();
          NewBooking seat = seat(patient, ahead, ahead.startsAt());
          BookingDesk.Attempt attempt = desk.new Attempt();
          assertThat(desk.gateway.find(desk.account, seat, attempt)).isEmpty();
          desk.stage.proxy().onWrites().loseAnswers();
          assertThat(BookingDesk.kind(() -> desk.gateway.book(desk.account, seat, attempt)))
              .isEqualTo(Kind.OUTCOME_UNKNOWN);
          assertThat(desk.writes()).isEqualTo(1);
          desk.fresh();
          Appointment found = desk.gateway.find(desk.account, seat, attempt).orElseThrow();
          assertThat(desk.read(found.ref())).contains(found);
          assertThat(desk.live(patient, ahead.startsAt()))
              .extracting(SimulatedEmr.Entry::id)
              .containsExactly(found.ref().id().value());
          assertThat(desk.gateway.find(desk.account, seat, desk.new Attempt())).isEmpty();
        });
  }

  @Test
  default void aParticipantIsCancelledAloneAndNeverMoved() {
    withClass(
        (desk, ahead) -> {
          EmrRef patient = others(desk, ahead).getFirst();
          NewBooking seat = seat(patient, ahead, ahead.startsAt());
          Appointment joined = desk.gateway.book(desk.account, seat, desk.new Attempt());
          desk.fresh();
          Move move =
              new Move(
                  ahead.startsAt().plus(Duration.ofDays(1)),
                  ahead.endsAt().plus(Duration.ofDays(1)),
                  null,
                  null,
                  false);
          assertThat(
                  BookingDesk.kind(
                      () ->
                          desk.gateway.reschedule(
                              desk.account, joined.ref(), move, desk.new Attempt())))
              .isEqualTo(Kind.REQUEST_REJECTED);
          assertThat(desk.writes()).isZero();
          Appointment cancelled = desk.cancel(joined);
          assertThat(cancelled.status()).isEqualTo(Appointment.Status.CANCELLED);
          assertThat(desk.cancel(joined)).isEqualTo(cancelled);
          assertThat(desk.writes()).isEqualTo(1);
          assertThat(desk.live(patient, ahead.startsAt())).isEmpty();
          if (!desk.gateway.facts().refusesOverlaps()) {
            TimeRange span = new TimeRange(ahead.startsAt(), ahead.endsAt());
            assertThat(desk.gateway.busy(desk.account, ahead.practitioner(), span))
                .as("the class still stands")
                .anyMatch(
                    busy ->
                        busy.kind() == Busy.Kind.CLASS
                            && ahead.treatment().equals(busy.treatment()));
          }
        });
  }
}
