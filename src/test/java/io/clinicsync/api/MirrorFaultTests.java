package io.clinicsync.api;

import static io.clinicsync.api.MirroredCalendar.awaits;
import static io.clinicsync.api.MirroredCalendar.end;
import static io.clinicsync.api.MirroredCalendar.span;
import static io.clinicsync.api.MirroredCalendar.start;
import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.ApplicationTest;
import io.clinicsync.bridge.Mirror;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import io.clinicsync.sandbox.server.Faults;
import io.clinicsync.sandbox.server.LogEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quartz.Job;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** The mirror while GoHighLevel fails, loses answers or refuses, over HTTP. */
@ApplicationTest
@ResourceLock(ApiStage.FAULTS)
@Order(15)
class MirrorFaultTests {

  private static final String CREATE = "/calendars/events/block-slots$";

  @Autowired private ApplicationContext context;

  private MirroredCalendar calendar;
  private Faults faults;

  @BeforeEach
  void aMirroredCalendar() {
    calendar = new MirroredCalendar(context);
    faults = calendar.clinic.stage.sandbox().faults();
    calendar.map(true);
    calendar.shown();
  }

  @AfterEach
  void healthy() {
    faults.clear();
  }

  private Fault here(Fault fault) {
    return fault.onAccount(calendar.location.id());
  }

  private Map<String, Object> mirror() {
    return calendar.rows("SELECT * FROM bridge_mirrors").getFirst();
  }

  private List<String> blocksOf(int opening) {
    return calendar.blocked().stream()
        .filter(span(calendar.openings.get(opening))::equals)
        .toList();
  }

  @ParameterizedTest
  @EnumSource(
      value = FaultKind.class,
      names = {"LOST_ANSWER", "APPLIED_BUT_422", "HTML", "CUT_BODY"})
  void aBlockWhoseAnswerIsLostIsFoundAndNotMadeTwice(FaultKind lost) {
    faults.set(here(Fault.of(lost).onMethod("POST").onPath(CREATE).times(1)));
    calendar.book(0, "ana");
    awaits(
        () ->
            assertThat(calendar.rows("SELECT * FROM bridge_blocks WHERE tries > 0 OR NOT sure"))
                .hasSize(1));
    calendar.settled();
    assertThat(blocksOf(0)).as("it was made").hasSize(1);
    String made = calendar.block(0).id();

    calendar.hasten();
    calendar.shown();
    assertThat(blocksOf(0)).hasSize(1);
    assertThat(calendar.block(0).id()).isEqualTo(made);
    assertThat(calendar.rows("SELECT * FROM bridge_blocks WHERE NOT sure OR tries > 0")).isEmpty();
    assertThat(mirror()).containsEntry("tries", 0);
  }

  @Test
  void aBlockThatWasNeverMadeIsMadeOnce() {
    faults.set(here(Fault.status(502).onMethod("POST").onPath(CREATE).times(1)));
    calendar.book(0, "ana");
    awaits(() -> assertThat(mirror()).containsEntry("code", "ghl_outcome_unknown"));
    assertThat(blocksOf(0)).isEmpty();
    calendar.hasten();
    assertThat(blocksOf(0)).as("it may be listed late").isEmpty();
    assertThat(
            calendar.rows(
                "SELECT * FROM bridge_blocks WHERE missed AND due_at BETWEEN clock_timestamp() + interval '4 minutes'"
                    + " AND clock_timestamp() + interval '5 minutes'"))
        .hasSize(1);
    calendar.hasten();
    calendar.shown();
    assertThat(blocksOf(0)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBlockWhoseAnswerIsLostAndThatIsListedLateIsNeitherDoubledNorLeft(boolean wanted) {
    faults.set(here(Fault.of(FaultKind.LOST_ANSWER).onMethod("POST").onPath(CREATE).times(1)));
    String booking = calendar.book(0, "ana");
    awaits(() -> assertThat(mirror()).containsEntry("code", "ghl_outcome_unknown"));
    calendar.settled();
    assertThat(blocksOf(0)).hasSize(1);
    if (!wanted) {
      calendar.cancel(booking);
    }
    faults.set(
        here(Fault.of(FaultKind.EMPTY_LIST).onMethod("GET").onPath("/blocked-slots").times(1)));
    long mark = calendar.mark();
    calendar.hasten();
    assertThat(calendar.calls(mark)).as("looked for, and not listed").hasSize(1);
    assertThat(blocksOf(0)).hasSize(1);
    calendar.hasten();
    calendar.shown();
    assertThat(blocksOf(0)).hasSize(wanted ? 1 : 0);
    assertThat(calendar.rows("SELECT * FROM bridge_blocks WHERE NOT sure OR tries > 0")).isEmpty();
  }

  @Test
  void aBlockWhoseAnswerIsLostAndThatIsNotWantedAnyMoreIsTakenOut() {
    faults.set(here(Fault.of(FaultKind.LOST_ANSWER).onMethod("POST").onPath(CREATE).times(1)));
    String booking = calendar.book(0, "ana");
    awaits(() -> assertThat(mirror()).containsEntry("code", "ghl_outcome_unknown"));
    assertThat(blocksOf(0)).hasSize(1);
    calendar.cancel(booking);
    calendar.hasten();
    calendar.shown();
    assertThat(blocksOf(0)).isEmpty();
  }

  @Test
  void aMoveWhoseAnswerIsLostIsMadeAgainAlsoBack() {
    String booking = calendar.book(0, "ana");
    calendar.shown();
    faults.set(
        here(Fault.of(FaultKind.LOST_ANSWER).onMethod("PUT").onPath("/block-slots/").times(3)));
    calendar.move(booking, 1);
    awaits(() -> assertThat(mirror()).containsEntry("code", "ghl_unavailable"));
    assertThat(blocksOf(1)).as("it was moved").hasSize(1);
    faults.clear();
    calendar.move(booking, 0);
    calendar.hasten();
    calendar.shown();
    assertThat(blocksOf(0)).hasSize(1);
  }

  @Test
  void whileGoHighLevelIsAwayItIsTriedSeldomAndToldAfterTenTimes() {
    faults.set(here(Fault.status(503).onPath("/calendars/")));
    long mark = calendar.mark();
    calendar.book(0, "ana");
    awaits(() -> assertThat(mirror()).containsEntry("tries", 1));
    int calls = calendar.calls(mark).size();
    for (int wake = 0; wake < 20; wake++) {
      calendar.clinic.stage.bean(Mirror.class).work(calendar.clinic.id());
    }
    assertThat(calendar.calls(mark)).as("no hot loop").hasSize(calls);

    for (int tries = 2; tries <= 10; tries++) {
      assertThat(calendar.errors()).isEmpty();
      calendar.hasten();
      assertThat(mirror()).containsEntry("tries", tries);
    }
    assertThat(calendar.errors()).hasSize(1);
    assertThat(calendar.errors().getFirst()).startsWith("ghl_");
    assertThat(
            calendar.rows(
                "SELECT * FROM bridge_mirrors WHERE due_at > clock_timestamp() + interval '9 minutes'"
                    + " AND due_at < clock_timestamp() + interval '11 minutes'"))
        .hasSize(1);

    faults.clear();
    awaits(
        () -> {
          calendar.hasten();
          assertThat(calendar.blocked()).isEqualTo(calendar.taken());
        });
    assertThat(calendar.errors()).isEmpty();
  }

  @Test
  void aMissingScopeIsToldAsSuch() {
    calendar.location.withhold(Set.of("calendars/events.write"));
    calendar.book(0, "ana");
    awaits(() -> assertThat(mirror()).containsEntry("code", "ghl_missing_scope"));
    calendar.clinic.sql("UPDATE bridge_mirrors SET tries = 9");
    calendar.hasten();
    assertThat(calendar.errors()).containsExactly("ghl_missing_scope");
    calendar.location.withhold(Set.of());
    calendar.hasten();
    calendar.shown();
    assertThat(calendar.errors()).isEmpty();
  }

  @Test
  void aRefusedBlockHoldsUpNoOther() {
    String first = calendar.book(0, "ana");
    String second = calendar.book(1, "bea");
    calendar.shown();
    String refused = calendar.block(0).id();
    faults.set(here(Fault.status(422).onPath("/block-slots/" + refused)));
    calendar.move(first, 2);
    awaits(
        () -> assertThat(calendar.rows("SELECT * FROM bridge_blocks WHERE tries = 1")).hasSize(1));
    calendar.settled();
    calendar.cancel(second);
    awaits(() -> assertThat(calendar.offered(1)).as("goes on").isNotEmpty());
    assertThat(mirror()).containsEntry("tries", 0);
    assertThat(calendar.errors()).isEmpty();
    calendar.clinic.sql("UPDATE bridge_blocks SET tries = 9 WHERE tries > 0");
    calendar.hasten();
    assertThat(calendar.errors()).containsExactly("mirror_refused");
    faults.clear();
    calendar.hasten();
    calendar.shown();
    assertThat(calendar.errors()).isEmpty();
  }

  @Test
  void aBlockThatIsStoredWithOtherTimesHoldsUpNoOther() {
    String first = calendar.book(0, "ana");
    calendar.shown();
    String stored = calendar.block(0).id();
    for (String time : List.of("startTime", "endTime")) {
      faults.set(
          here(
              Fault.of(FaultKind.DROP_FIELD)
                  .field(time)
                  .onMethod("PUT")
                  .onPath("/block-slots/" + stored)));
    }
    calendar.move(first, 2);
    awaits(
        () -> assertThat(calendar.rows("SELECT * FROM bridge_blocks WHERE tries = 1")).hasSize(1));
    calendar.settled();
    calendar.book(1, "bea");
    awaits(() -> assertThat(calendar.offered(1)).as("goes on").isEmpty());
    assertThat(mirror()).containsEntry("tries", 0);
    faults.clear();
    calendar.hasten();
    calendar.shown();
  }

  @Test
  void aCalendarThatIsNotThereCostsThreeCallsATry() {
    for (int opening = 0; opening < 4; opening++) {
      calendar.book(opening, List.of("ana", "bea", "cleo", "dina").get(opening));
    }
    calendar.shown();
    long mark = calendar.mark();
    String path = calendar.calendarPath("NoSuchCalendar000000");
    assertThat(
            calendar
                .clinic
                .organisation
                .put(
                    path, "{\"practitioner\": \"" + calendar.practitioner + "\", \"mirror\": true}")
                .status())
        .isEqualTo(200);
    awaits(
        () ->
            assertThat(
                    calendar.rows(
                        "SELECT * FROM bridge_mirrors WHERE code = 'mirror_refused' AND tries = 1"))
                .hasSize(1));
    assertThat(calendar.calls(mark)).hasSize(3);
    assertThat(calendar.clinic.organisation.delete(path).status()).isEqualTo(204);
    calendar.hasten();
    assertThat(calendar.rows("SELECT * FROM bridge_blocks WHERE calendar_id LIKE 'NoSuch%'"))
        .isEmpty();
    calendar.shown();
  }

  @Test
  void manyWorkersMakeOneBlock() throws Exception {
    faults.set(here(Fault.of(FaultKind.LATENCY).amount(300).onPath(CREATE)));
    calendar.book(0, "ana");
    List<Callable<Boolean>> workers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      workers.add(
          () -> {
            calendar.clinic.stage.bean(Mirror.class).work(calendar.clinic.id());
            return true;
          });
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.invokeAll(workers);
    }
    calendar.shown();
    assertThat(blocksOf(0)).hasSize(1);
  }

  @Test
  void whoeverWasOvertakenWritesNothing() {
    faults.set(here(Fault.of(FaultKind.LATENCY).amount(1500).onMethod("POST").onPath(CREATE)));
    calendar.book(0, "ana");
    awaits(
        () ->
            assertThat(calendar.rows("SELECT * FROM bridge_blocks WHERE event_id IS NULL"))
                .hasSize(1));
    // Another node takes the calendar over while the answer is awaited.
    calendar.clinic.sql(
        "UPDATE bridge_mirrors SET turn = turn + 1, claimed_until = clock_timestamp() + interval '1 minute'");
    awaits(() -> assertThat(blocksOf(0)).hasSize(1));
    Awaitility.await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(calendar.rows("SELECT * FROM bridge_blocks WHERE event_id IS NULL"))
                    .as("not the late one's to write")
                    .hasSize(1));
    faults.clear();
    long writes =
        calendar.calls(0).stream().filter(each -> each.kind() == LogEntry.Kind.WRITE).count();
    calendar.clinic.sql(
        "UPDATE bridge_mirrors SET claimed_until = NULL, due_at = clock_timestamp() + interval '1 hour'");
    calendar.hasten();
    calendar.shown();
    assertThat(blocksOf(0)).hasSize(1);
    assertThat(calendar.calls(0).stream().filter(each -> each.kind() == LogEntry.Kind.WRITE))
        .as("found, not made again")
        .hasSize((int) writes);
  }

  @Test
  void aBlockThatAPersonMadeOverOursIsLeft() {
    String booking = calendar.book(0, "ana");
    calendar.shown();
    String theirs =
        calendar
            .location
            .edits()
            .block("Busy", start(calendar.openings.get(0)), end(calendar.openings.get(0)));
    calendar.cancel(booking);
    calendar.shown();
    assertThat(calendar.location.edits().blocks()).extracting(each -> each.id()).contains(theirs);
    assertThat(calendar.offered(0)).isEmpty();
  }

  @Test
  void whatNoWakeToldOfIsFoundBySweep() throws Exception {
    calendar.book(0, "ana");
    calendar.shown();
    calendar.clinic.sql(
        "UPDATE bridge_blocks SET sure = false WHERE event_id = ?", calendar.block(0).id());
    long mark = calendar.mark();
    sweep();
    calendar.clinic.sql("UPDATE bridge_mirrors SET due_at = clock_timestamp()");
    sweep();
    awaits(() -> assertThat(calendar.calls(mark)).hasSize(1));
    calendar.settled();
    assertThat(calendar.rows("SELECT * FROM bridge_blocks WHERE NOT sure")).isEmpty();
  }

  /** What Quartz does every few seconds. */
  private void sweep() throws Exception {
    Job job =
        (Job)
            context
                .getAutowireCapableBeanFactory()
                .createBean(Class.forName("io.clinicsync.bridge.MirrorWorker$SweepJob"));
    job.execute(null);
  }
}
