package io.clinicsync.emr.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.Slot;
import io.clinicsync.emr.spi.BookingGateway.Move;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException.Kind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a connector says of a write that did not go well, and that it never sends one twice. */
interface BookingFailuresContract {

  TckStage stage();

  Set<Kind> NOT_THERE = Set.of(Kind.NOT_FOUND, Kind.REQUEST_REJECTED);

  @Test
  default void aBookingWhoseAnswerIsLostIsUnknownAndFoundAgain() {
    BookingDesk.at(stage())
        .ifPresent(
            desk -> {
              List<Consumer<FaultyProxy>> faults =
                  List.of(
                      FaultyProxy::loseAnswers,
                      FaultyProxy::cutAnswers,
                      FaultyProxy::truncateAnswers,
                      proxy -> proxy.answer(200, "text/html", "<html>vendor text</html>"),
                      proxy -> proxy.answer(201, "application/json", "{}"));
              for (int i = 0; i < faults.size(); i++) {
                loseAndFind(desk, i, faults.get(i));
              }
            });
  }

  private static void loseAndFind(BookingDesk desk, int number, Consumer<FaultyProxy> fault) {
    Slot time = desk.times.get(number);
    NewBooking booking = desk.booking(desk.patient(number), time, "First visit");
    BookingDesk.Attempt attempt = desk.new Attempt();
    desk.fresh();
    fault.accept(desk.stage.proxy().onWrites());
    assertThat(BookingDesk.kind(() -> desk.gateway.book(desk.account, booking, attempt)))
        .as("answer " + number)
        .isEqualTo(Kind.OUTCOME_UNKNOWN);
    assertThat(desk.writes()).as("sent once").isEqualTo(1);
    assertThat(desk.diary.holds()).as("holds left over").isEmpty();
    desk.fresh();
    Appointment found = desk.gateway.find(desk.account, booking, attempt).orElseThrow();
    assertThat(desk.live(booking.patient(), time.startsAt()))
        .extracting(SimulatedEmr.Entry::id)
        .containsExactly(found.ref().id().value());
    assertThat(desk.read(found.ref())).contains(found);
    assertThat(desk.writes()).isZero();
  }

  @Test
  default void whatAnAttemptDidNotBookIsNotFoundForIt() {
    BookingDesk.at(stage())
        .ifPresent(
            desk -> {
              Slot time = desk.times.getFirst();
              NewBooking booking = desk.booking(desk.patient(0), time, null);
              BookingDesk.Attempt attempt = desk.new Attempt();
              assertThat(desk.gateway.find(desk.account, booking, attempt)).isEmpty();
              Appointment booked = desk.gateway.book(desk.account, booking, attempt);
              assertThat(desk.gateway.find(desk.account, booking, desk.new Attempt()))
                  .as("another attempt for the same patient and time")
                  .isEmpty();
              assertThat(desk.gateway.find(desk.other, booking, attempt))
                  .as("another account")
                  .isEmpty();
              desk.cancel(booked);
              assertThat(desk.gateway.find(desk.account, booking, attempt))
                  .as("what is not live any more")
                  .isEmpty();
            });
  }

  @Test
  default void aRefusedWriteHasTheRightKindAndIsSentOnce() {
    BookingDesk.at(stage())
        .ifPresent(
            desk -> {
              Map<Integer, Kind> kinds =
                  Map.of(
                      422, Kind.REQUEST_REJECTED,
                      400, Kind.REQUEST_REJECTED,
                      403, Kind.PERMISSION_MISSING,
                      500, Kind.OUTCOME_UNKNOWN,
                      502, Kind.OUTCOME_UNKNOWN);
              kinds.forEach((status, kind) -> refused(desk, status, kind));
              // Last, since nothing is sent for a while after it.
              desk.fresh();
              desk.stage.proxy().onWrites().answer(429, "application/json", "{}");
              assertThat(BookingDesk.kind(() -> desk.book(0, desk.times.getFirst())))
                  .isEqualTo(Kind.RATE_LIMITED);
              assertThat(desk.writes()).isEqualTo(1);
            });
  }

  private static void refused(BookingDesk desk, int status, Kind kind) {
    desk.fresh();
    Appointment booked = desk.book(0, desk.times.getFirst());
    desk.fresh();
    desk.stage.proxy().onWrites().answer(status, "application/json", "{\"m\":\"vendor text\"}");
    assertThat(BookingDesk.kind(() -> desk.book(1, desk.times.get(1))))
        .as("booking, status " + status)
        .isEqualTo(kind);
    assertThat(desk.writes()).isEqualTo(1);
    assertThat(BookingDesk.kind(() -> desk.move(booked, desk.times.get(2))))
        .as("moving, status " + status)
        .isEqualTo(kind);
    assertThat(desk.writes()).isEqualTo(2);
    desk.fresh();
    desk.cancel(booked);
  }

  @Test
  default void aWriteThatCannotLeaveIsUnavailableAndNotDone() {
    BookingDesk.at(stage())
        .ifPresent(
            desk -> {
              Slot time = desk.times.getFirst();
              desk.stage.proxy().close();
              assertThat(BookingDesk.kind(() -> desk.book(0, time))).isEqualTo(Kind.UNAVAILABLE);
              assertThat(desk.live(desk.patient(0), time.startsAt())).isEmpty();
            });
  }

  @Test
  default void aMoveOrCancellationWhoseAnswerIsLostIsUnknownAndSentOnce() {
    BookingDesk.at(stage())
        .ifPresent(
            desk -> {
              Slot to = desk.times.get(1);
              Appointment booked = desk.book(0, desk.times.getFirst());
              desk.fresh();
              desk.stage.proxy().onWrites().loseAnswers();
              assertThat(BookingDesk.kind(() -> desk.move(booked, to)))
                  .isEqualTo(Kind.OUTCOME_UNKNOWN);
              assertThat(desk.writes()).isEqualTo(1);
              desk.fresh();
              if (desk.gateway.facts().movesInOneStep()) {
                assertThat(desk.read(booked.ref()))
                    .map(Appointment::startsAt)
                    .contains(to.startsAt());
              }
              desk.stage.proxy().onWrites().loseAnswers();
              assertThat(BookingDesk.kind(() -> desk.cancel(booked)))
                  .isEqualTo(Kind.OUTCOME_UNKNOWN);
              assertThat(desk.writes()).isEqualTo(1);
              desk.fresh();
              assertThat(desk.cancel(booked).status()).isEqualTo(Appointment.Status.CANCELLED);
              assertThat(desk.writes()).as("it was cancelled already").isZero();
            });
  }

  @Test
  default void aCancellationRefusedBecauseItIsDoneAlreadySucceeds() {
    BookingDesk.at(stage())
        .ifPresent(
            desk -> {
              for (int status : List.of(404, 422)) {
                Appointment booked = desk.book(0, desk.times.getFirst());
                desk.fresh();
                // The vendor does it and the answer says no, as when somebody was faster.
                desk.stage.proxy().onWrites().answer(status, "application/json", "{}");
                assertThat(desk.cancel(booked).status()).isEqualTo(Appointment.Status.CANCELLED);
                assertThat(desk.writes()).isEqualTo(1);
                desk.fresh();
              }
            });
  }

  @Test
  default void whatDoesNotExistIsRefusedAndNothingIsSentForAForeignId() {
    BookingDesk.at(stage())
        .ifPresent(
            desk -> {
              Slot time = desk.times.getFirst();
              for (String id : List.of("999999999999999999", "../users/1", "attendee-", "x")) {
                EmrRef nothing = EmrRef.appointment(id);
                Move move = new Move(time.startsAt(), time.endsAt(), null, null, false);
                assertThat(
                        BookingDesk.kind(
                            () ->
                                desk.gateway.reschedule(
                                    desk.account, nothing, move, desk.new Attempt())))
                    .isIn(NOT_THERE);
                assertThat(
                        BookingDesk.kind(
                            () ->
                                desk.gateway.cancel(
                                    desk.account,
                                    nothing,
                                    BookingDesk.because(),
                                    desk.new Attempt())))
                    .isIn(NOT_THERE);
                NewBooking nobody = desk.booking(EmrRef.patient(id), time, null);
                assertThat(
                        BookingDesk.kind(
                            () -> desk.gateway.book(desk.account, nobody, desk.new Attempt())))
                    .isIn(NOT_THERE);
              }
              assertThat(desk.diary.holds()).as("holds left over").isEmpty();
              assertThat(desk.stage.proxy().journal())
                  .noneMatch(call -> call.url().contains("users"));
            });
  }

  @Test
  default void twoAccountsNeverMix() {
    BookingDesk.at(stage())
        .ifPresent(
            desk -> {
              Slot time = desk.times.getFirst();
              Appointment booked = desk.book(0, time);
              Move move =
                  new Move(
                      desk.times.get(1).startsAt(), desk.times.get(1).endsAt(), null, null, false);
              EmrAccount other = desk.other;
              assertThat(
                      BookingDesk.kind(
                          () ->
                              desk.gateway.reschedule(
                                  other, booked.ref(), move, desk.new Attempt())))
                  .isIn(NOT_THERE);
              assertThat(
                      BookingDesk.kind(
                          () ->
                              desk.gateway.cancel(
                                  other, booked.ref(), BookingDesk.because(), desk.new Attempt())))
                  .isIn(NOT_THERE);
              NewBooking theirs = desk.booking(desk.patient(1), time, null);
              assertThat(
                      BookingDesk.kind(() -> desk.gateway.book(other, theirs, desk.new Attempt())))
                  .isIn(NOT_THERE);
              assertThat(desk.read(booked.ref())).contains(booked);
              assertThat(desk.gateway.busy(other, time.practitioner(), BookingDesk.span(time)))
                  .isEmpty();
              assertThat(desk.stage.second().truth().ids(RecordKind.APPOINTMENT))
                  .doesNotContain(booked.ref().id().value());
            });
  }
}
