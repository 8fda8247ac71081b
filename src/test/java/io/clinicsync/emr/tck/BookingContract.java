package io.clinicsync.emr.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Slot;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.BookingGateway.Busy;
import io.clinicsync.emr.spi.BookingGateway.Cancellation;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.EmrException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a connector writes appointments when all goes well. */
interface BookingContract {

  TckStage stage();

  @Test
  default void aConnectorBooksExactlyWhereItsVendorLetsIt() {
    assertThat(stage().capability(BookingGateway.class).isPresent())
        .isEqualTo(stage().first().truth().diary().isPresent());
  }

  @Test
  default void whatIsBookedIsReadAsItWasConfirmedAndItsTimeIsGone() {
    BookingDesk.at(stage())
        .ifPresent(
            desk -> {
              Slot time = desk.times.getFirst();
              assertThat(desk.isOpen(time)).isTrue();
              Appointment booked = desk.book(0, time);
              assertThat(booked.status().isLive()).isTrue();
              assertThat(booked.patient()).isEqualTo(desk.patient(0));
              assertThat(booked.practitioner()).isEqualTo(time.practitioner());
              assertThat(booked.treatment()).isEqualTo(time.treatment());
              assertThat(booked.site()).isEqualTo(time.site());
              assertThat(booked.startsAt()).isEqualTo(time.startsAt());
              assertThat(booked.endsAt()).isEqualTo(time.endsAt());
              assertThat(desk.read(booked.ref())).contains(booked);
              assertThat(desk.live(desk.patient(0), time.startsAt()))
                  .extracting(SimulatedEmr.Entry::id)
                  .containsExactly(booked.ref().id().value());
              assertThat(desk.diary.holds()).as("holds left over").isEmpty();
              assertThat(desk.isOpen(time)).isFalse();
              if (!desk.gateway.facts().refusesOverlaps()) {
                assertThat(
                        desk.gateway.busy(
                            desk.account, time.practitioner(), BookingDesk.span(time)))
                    .filteredOn(busy -> busy.ref().equals(booked.ref().id().value()))
                    .singleElement()
                    .satisfies(
                        busy -> {
                          assertThat(busy.kind()).isEqualTo(Busy.Kind.APPOINTMENT);
                          assertThat(busy.span()).isEqualTo(BookingDesk.span(time));
                        });
              }
            });
  }

  @Test
  default void anEndOtherThanTheTreatmentsIsKept() {
    BookingDesk.at(stage())
        .ifPresent(
            desk -> {
              Slot time = desk.times.getFirst();
              Instant end = desk.times.get(1).endsAt();
              NewBooking longer =
                  new NewBooking(
                      desk.patient(0),
                      time.practitioner(),
                      time.treatment(),
                      time.site(),
                      time.room(),
                      time.startsAt(),
                      end,
                      1,
                      null);
              if (desk.diary.gaps().contains(SimulatedEmr.Gap.ENDS_OF_THEIR_OWN)) {
                refusesAnotherEnd(desk, longer);
                return;
              }
              Appointment booked = desk.gateway.book(desk.account, longer, desk.new Attempt());
              assertThat(desk.live(desk.patient(0), time.startsAt()))
                  .extracting(SimulatedEmr.Entry::endsAt)
                  .containsExactly(end);
              Slot to = desk.times.get(3);
              Instant then = desk.times.get(4).endsAt();
              BookingGateway.Move move =
                  new BookingGateway.Move(to.startsAt(), then, null, null, false);
              Appointment moved =
                  desk.gateway.reschedule(desk.account, booked.ref(), move, desk.new Attempt());
              assertThat(moved.endsAt()).isEqualTo(then);
              assertThat(desk.live(desk.patient(0), to.startsAt()))
                  .extracting(SimulatedEmr.Entry::endsAt)
                  .containsExactly(then);
            });
  }

  private static void refusesAnotherEnd(BookingDesk desk, NewBooking longer) {
    assertThat(BookingDesk.kind(() -> desk.gateway.book(desk.account, longer, desk.new Attempt())))
        .isEqualTo(Kind.REQUEST_REJECTED);
    assertThat(desk.writes()).isZero();
    Appointment booked = desk.book(0, desk.times.getFirst());
    desk.fresh();
    Slot to = desk.times.get(3);
    BookingGateway.Move move =
        new BookingGateway.Move(to.startsAt(), desk.times.get(4).endsAt(), null, null, false);
    assertThat(
            BookingDesk.kind(
                () ->
                    desk.gateway.reschedule(desk.account, booked.ref(), move, desk.new Attempt())))
        .isEqualTo(Kind.REQUEST_REJECTED);
    assertThat(desk.writes()).isZero();
    assertThat(desk.read(booked.ref())).contains(booked);
  }

  @Test
  default void oneBookingCommitsOnceAndLeavesItsNoteBefore() {
    BookingDesk.at(stage())
        .ifPresent(
            desk -> {
              Slot time = desk.times.getFirst();
              BookingDesk.Attempt attempt = desk.new Attempt();
              NewBooking booking = desk.booking(desk.patient(0), time, "Prefers the morning");
              Appointment booked = desk.gateway.book(desk.account, booking, attempt);
              assertThat(desk.writes()).isEqualTo(1);
              if (desk.diary.gaps().contains(SimulatedEmr.Gap.NEEDS_NO_NOTE)) {
                assertThat(attempt.note()).isEmpty();
              } else {
                assertThat(attempt.note()).isPresent();
                assertThat(attempt.writesBefore()).as("writes before the note").isZero();
              }
              boolean noted = !desk.diary.gaps().contains(SimulatedEmr.Gap.BOOKING_NOTES);
              assertThat(desk.live(desk.patient(0), time.startsAt()))
                  .singleElement()
                  .matches(entry -> entry.text().contains("Prefers the morning") == noted, "note");
              assertThat(desk.gateway.find(desk.account, booking, attempt)).contains(booked);
              assertThat(desk.writes()).as("looking writes nothing").isEqualTo(1);
            });
  }

  @Test
  default void aTakenTimeIsAsTheFactsSay() {
    BookingDesk.at(stage())
        .ifPresent(
            desk -> {
              Slot time = desk.times.getFirst();
              Appointment first = desk.book(0, time);
              boolean relied = desk.gateway.facts().refusesOverlaps();
              if (relied || desk.diary.refusesOverlaps()) {
                assertThat(BookingDesk.kind(() -> desk.book(1, time))).isEqualTo(Kind.SLOT_TAKEN);
                assertThat(desk.live(desk.patient(1), time.startsAt())).isEmpty();
                if (!relied) {
                  assertThat(desk.busy(time)).containsExactly(first.ref().id().value());
                }
              } else {
                Appointment second = desk.book(1, time);
                assertThat(desk.busy(time))
                    .contains(first.ref().id().value(), second.ref().id().value());
                desk.cancel(second);
                assertThat(desk.busy(time))
                    .contains(first.ref().id().value())
                    .doesNotContain(second.ref().id().value());
              }
              assertThat(desk.busy(desk.times.get(2))).doesNotContain(first.ref().id().value());
            });
  }

  @Test
  default void aMoveKeepsTheIdentityTheFactsPromiseAndFreesTheOldTime() {
    BookingDesk.at(stage())
        .ifPresent(
            desk -> {
              Slot from = desk.times.getFirst();
              Slot to = desk.times.get(2);
              Appointment booked = desk.book(0, from);
              desk.fresh();
              Appointment moved = desk.move(booked, to);
              boolean oneStep = desk.gateway.facts().movesInOneStep();
              assertThat(desk.writes()).isEqualTo(oneStep ? 1 : 2);
              assertThat(moved.ref().equals(booked.ref())).isEqualTo(oneStep);
              assertThat(moved.startsAt()).isEqualTo(to.startsAt());
              assertThat(moved.endsAt()).isEqualTo(to.endsAt());
              assertThat(moved.patient()).isEqualTo(booked.patient());
              assertThat(moved.practitioner()).isEqualTo(booked.practitioner());
              assertThat(moved.site()).isEqualTo(booked.site());
              assertThat(moved.treatment()).isEqualTo(booked.treatment());
              assertThat(desk.read(moved.ref())).contains(moved);
              assertThat(desk.live(desk.patient(0), from.startsAt())).isEmpty();
              assertThat(desk.live(desk.patient(0), to.startsAt())).hasSize(1);
              assertThat(desk.isOpen(from)).isTrue();
              assertThat(desk.isOpen(to)).isFalse();
            });
  }

  @Test
  default void cancellingTwiceIsFineAndNothingIsDeleted() {
    BookingDesk.at(stage())
        .ifPresent(
            desk -> {
              int number = 0;
              for (Cancellation.Reason reason : Cancellation.Reason.values()) {
                cancelTwice(desk, number++, reason);
              }
            });
  }

  private static void cancelTwice(BookingDesk desk, int number, Cancellation.Reason reason) {
    EmrRef patient = desk.patient(number);
    Slot time = desk.times.get(number);
    Appointment booked = desk.book(number, time);
    Cancellation how = new Cancellation(reason, "Rang the desk", false, false);
    desk.fresh();
    Appointment cancelled =
        desk.gateway.cancel(desk.account, booked.ref(), how, desk.new Attempt());
    assertThat(desk.writes()).isEqualTo(1);
    assertThat(cancelled.ref()).isEqualTo(booked.ref());
    assertThat(cancelled.status()).isEqualTo(Appointment.Status.CANCELLED);
    assertThat(desk.read(booked.ref())).contains(cancelled);
    // Time passes, so that a second cancellation would show.
    desk.stage.simulator().pass(Duration.ofMinutes(5));
    Appointment again = desk.gateway.cancel(desk.account, booked.ref(), how, desk.new Attempt());
    assertThat(again).as("a second time changes nothing").isEqualTo(cancelled);
    assertThat(desk.diary.of(patient))
        .filteredOn(entry -> entry.id().equals(booked.ref().id().value()))
        .singleElement()
        .matches(SimulatedEmr.Entry::cancelled);
    assertThat(desk.isOpen(time)).isTrue();
  }

  @Test
  default void whatIsCancelledIsNotMoved() {
    BookingDesk.at(stage())
        .ifPresent(
            desk -> {
              Appointment booked = desk.book(0, desk.times.getFirst());
              desk.cancel(booked);
              desk.fresh();
              assertThat(BookingDesk.kind(() -> desk.move(booked, desk.times.get(1))))
                  .isEqualTo(Kind.REQUEST_REJECTED);
              assertThat(desk.writes()).isZero();
              List<SimulatedEmr.Entry> there =
                  desk.live(desk.patient(0), desk.times.get(1).startsAt());
              assertThat(there).isEmpty();
            });
  }
}
