package io.clinicsync.emr.halaxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Slot;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.AvailabilityProvider;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.BookingGateway.Busy;
import io.clinicsync.emr.spi.BookingGateway.Cancellation;
import io.clinicsync.emr.spi.BookingGateway.Move;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.tck.SimulatedEmr.ClassAhead;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is Halaxy's own about places in groups. */
class HalaxyGroupTests {

  private static final Instant START = Instant.parse("2026-11-02T20:00:00Z");
  private static final Cancellation BECAUSE =
      new Cancellation(Cancellation.Reason.SICK, "Rang", false, false);

  private final HalaxyStage stage = new HalaxyStage();
  private final BookingGateway bookings = stage.capability(BookingGateway.class);

  @AfterEach
  void close() {
    stage.close();
  }

  @Test
  void aGroupIsNotMovedForTheOnlyOneInIt() {
    ClassAhead ahead =
        new HalaxyDiary(stage.clinic, stage.halaxy.clock()).classAhead().orElseThrow();
    String id =
        stage
            .clinic
            .clinic()
            .edits()
            .book(
                stage.patient(0).id().value(),
                stage.role(0).path("id").asText(),
                ahead.treatment().id().value(),
                START);
    assertThat(
            HalaxyStage.kind(
                () ->
                    bookings.reschedule(
                        stage.account,
                        EmrRef.appointment(id),
                        new Move(
                            START.plusSeconds(3600), START.plusSeconds(7200), null, null, false),
                        new HalaxyAttempt("a"))))
        .isEqualTo(Kind.REQUEST_REJECTED);
    assertThat(stage.writes()).isEmpty();
    assertThat(
            bookings.busy(
                stage.account,
                stage.practitioner(),
                new TimeRange(START, START.plus(Duration.ofMinutes(30)))))
        .extracting(Busy::kind, Busy::treatment)
        .containsExactly(tuple(Busy.Kind.CLASS, ahead.treatment()));
  }

  @Test
  void ofAGroupOnlyOnesOwnPartIsTouchedAndTakenOnce() {
    HalaxyDiary diary = new HalaxyDiary(stage.clinic, stage.halaxy.clock());
    ClassAhead ahead = diary.classAhead().orElseThrow();
    AvailabilityProvider times = stage.capability(AvailabilityProvider.class);
    AvailabilityProvider.SlotQuery query =
        new AvailabilityProvider.SlotQuery(
            ahead.practitioner(),
            ahead.treatment(),
            ahead.site(),
            new TimeRange(ahead.startsAt(), ahead.startsAt().plusSeconds(60)));
    assertThat(times.openSlots(stage.account, query))
        .extracting(Slot::startsAt, Slot::seatsLeft)
        .containsExactly(tuple(ahead.startsAt(), ahead.seatsLeft()));
    EmrRef newcomer =
        diary.patients().stream()
            .filter(
                each ->
                    diary.of(each).stream().noneMatch(e -> e.startsAt().equals(ahead.startsAt())))
            .findFirst()
            .orElseThrow();
    NewBooking seat =
        new NewBooking(
            newcomer,
            ahead.practitioner(),
            ahead.treatment(),
            ahead.site(),
            null,
            ahead.startsAt(),
            ahead.endsAt(),
            ahead.seats(),
            null);
    Appointment joined = bookings.book(stage.account, seat, new HalaxyAttempt("a"));
    JsonNode before = stage.row(joined);
    assertThat(times.openSlots(stage.account, query))
        .allMatch(slot -> slot.seatsLeft() == ahead.seatsLeft() - 1);
    bookings.cancel(stage.account, joined.ref(), BECAUSE, new HalaxyAttempt("b"));
    JsonNode after = stage.row(joined);
    assertThat(after.path("participant")).hasSameSizeAs(before.path("participant"));
    assertThat(HalaxyStage.sent(stage.writes().getLast()).path("participant")).hasSize(1);
    for (String each : SimulatedHalaxy.Account.patients(before)) {
      if (!each.equals(newcomer.id().value())) {
        assertThat(HalaxyDiary.status(after, each)).isEqualTo(HalaxyDiary.status(before, each));
      }
    }
    assertThat(HalaxyStage.kind(() -> bookings.book(stage.account, seat, new HalaxyAttempt("c"))))
        .as("one's part that was cancelled is not taken again")
        .isEqualTo(Kind.REQUEST_REJECTED);
    HalaxyAttempt attempt = new HalaxyAttempt("d");
    attempt.note("joins:../" + joined.booking());
    assertThat(bookings.find(stage.account, seat, attempt)).isEmpty();
  }

  @Test
  void aGroupIsOverbookedWhenMoreAreInItThanItTakes() {
    HalaxyDiary diary = new HalaxyDiary(stage.clinic, stage.halaxy.clock());
    ClassAhead ahead = diary.classAhead().orElseThrow();
    List<EmrRef> outside =
        diary.patients().stream()
            .filter(
                each ->
                    diary.of(each).stream().noneMatch(e -> e.startsAt().equals(ahead.startsAt())))
            .toList();
    NewBooking seat =
        new NewBooking(
            outside.getFirst(),
            ahead.practitioner(),
            ahead.treatment(),
            ahead.site(),
            null,
            ahead.startsAt(),
            ahead.endsAt(),
            ahead.seats(),
            null);
    Appointment joined = bookings.book(stage.account, seat, new HalaxyAttempt("a"));
    String group = joined.ref().id().value().split("/", 2)[0];
    for (EmrRef each : outside.subList(1, ahead.seatsLeft())) {
      stage.clinic.clinic().edits().join(group, each.id().value());
    }
    assertThat(bookings.isOverbooked(stage.account, seat, joined)).as("full").isFalse();
    String last = outside.get(ahead.seatsLeft()).id().value();
    stage.clinic.clinic().edits().join(group, last);
    assertThat(bookings.isOverbooked(stage.account, seat, joined)).isTrue();
    stage.clinic.clinic().edits().status("cancel", group, last, "cancelled");
    assertThat(bookings.isOverbooked(stage.account, seat, joined)).as("who left").isFalse();
  }
}
