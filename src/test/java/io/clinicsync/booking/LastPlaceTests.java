package io.clinicsync.booking;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.ApplicationTest;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.records.Records;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How a day fills up. */
@ApplicationTest
class LastPlaceTests {

  private static final EmrRef PRACTITIONER = EmrRef.of(RecordKind.PRACTITIONER, "p-1");
  private static final EmrRef CLASS = EmrRef.of(RecordKind.TREATMENT, "class");
  private static final ZoneId ZONE = ZoneId.of("Australia/Sydney");

  /** Ten in the morning of the third of March in Sydney, which is the day before in London. */
  private static final Instant TEN = Instant.parse("2031-03-02T23:00:00Z");

  private static final Duration HOUR = Duration.ofHours(1);

  @Autowired private java.time.Clock clock;
  @Autowired private org.springframework.context.ApplicationContext context;
  @Autowired private Clinics clinics;
  @Autowired private Connections connections;
  @Autowired private Tenancy tenancy;
  @Autowired private JdbcClient jdbc;
  @Autowired private Records records;
  @Autowired private Holds holds;
  @Autowired private DailyCap cap;

  private ClinicId clinic;
  private Connection connection;

  @BeforeEach
  void aClinic() {
    clinic = clinics.create(clinics.createOrganisation("Full"), "Full", ZONE, "AU", "AUD").id();
    connection =
        connections.add(
            clinic,
            new Connections.NewConnection(
                "cliniko", "api-key", "Full", Map.of("apiKey", "x-au1"), null, ZONE, "AUD"));
  }

  private static BookingPolicy most(int perDay) {
    BookingPolicy open = BookingPolicy.DEFAULT;
    return new BookingPolicy(
        true,
        0,
        365,
        0,
        0,
        perDay,
        open.patients(),
        true,
        true,
        true,
        true,
        24,
        open.insideWindow(),
        true);
  }

  private Attempt attempt() {
    return Attempt.holding(UUID.randomUUID(), clinic, connection.id());
  }

  private boolean hasRoom(int most, Instant start, @Nullable EmrRef joins, @Nullable String moves) {
    return cap.hasRoom(
        attempt(), new DailyCap.Place(connection, PRACTITIONER, start, joins, moves), most(most));
  }

  /** Who tries the next practitioner keeps its turn about the caller's id. */
  @Test
  void anotherPractitionersTimeIsTriedWithoutLosingTheTurnAboutAnId() {
    Attempt first = attempt();
    Attempt second = attempt();
    TimeRange span = new TimeRange(TEN, TEN.plus(HOUR));
    String about = "other:CALLER:appointment-1";
    holds.takeInTurn(first, about);
    assertThat(holds.take(first, Holds.practitioner(PRACTITIONER), span)).isTrue();
    assertThat(holds.take(first, Holds.seatsOf(PRACTITIONER, CLASS), span)).isTrue();
    assertThat(holds.take(first, Holds.classOf(PRACTITIONER, CLASS), span)).isTrue();
    holds.releaseTimes(first);
    assertThat(holds.take(second, about, span)).as("the turn about the id").isFalse();
    assertThat(holds.take(second, Holds.practitioner(PRACTITIONER), span)).isTrue();
    assertThat(holds.take(second, Holds.seatsOf(PRACTITIONER, CLASS), span)).isTrue();
    assertThat(holds.take(second, Holds.classOf(PRACTITIONER, CLASS), span)).isTrue();
    holds.release(first);
    assertThat(holds.take(second, about, span)).isTrue();
  }

  private void stands(
      String id, Instant start, @Nullable EmrRef treatment, @Nullable String group) {
    stands(id, start, treatment, group, Appointment.Status.BOOKED);
  }

  private void stands(
      String id,
      Instant start,
      @Nullable EmrRef treatment,
      @Nullable String group,
      Appointment.Status status) {
    Appointment appointment =
        new Appointment(
            EmrRef.appointment(id),
            TEN,
            null,
            EmrRef.patient("1"),
            PRACTITIONER,
            treatment,
            null,
            null,
            start,
            start.plus(HOUR),
            status,
            null,
            null,
            null,
            null,
            group,
            null,
            null,
            Map.of(),
            "{}");
    tenancy.inClinic(
        clinic,
        () -> {
          records.store(
              clinic, connection.id(), List.of(appointment), Records.Mode.QUIET, Duration.ZERO);
        });
  }

  @Test
  void whoTakesATimeLaterSeesEveryTimeThatWasTakenBefore() throws Exception {
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> slow =
          threads.submit(
              () ->
                  takes(
                      TEN,
                      () -> {
                        taken.countDown();
                        // The other one cannot come to its end before this one; if it can, it has.
                        await(second);
                      }));
      await(taken);
      Future<Boolean> quick = threads.submit(() -> takes(TEN.plus(HOUR), () -> {}));
      threads.submit(
          () -> {
            quick.get();
            second.countDown();
            return true;
          });
      assertThat(slow.get()).as("the first").isTrue();
      assertThat(quick.get()).as("the second").isFalse();
    }
    assertThat(
            tenancy.inClinic(
                clinic,
                () -> jdbc.sql("SELECT count(*) FROM booking_holds").query(Integer.class).single()))
        .as("who was refused holds nothing")
        .isEqualTo(1);
  }

  private boolean takes(Instant start, Runnable before) {
    Attempt attempt = attempt();
    return holds.take(
        attempt,
        Holds.practitioner(PRACTITIONER),
        new TimeRange(start, start.plus(HOUR)),
        () -> {
          before.run();
          return cap.hasRoom(
              attempt, new DailyCap.Place(connection, PRACTITIONER, start, null, null), most(1));
        });
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(1, TimeUnit.SECONDS);
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  @Test
  void aPlaceThatIsConfirmedBetweenTheTwoCountsIsStillTaken() {
    Attempt first = attempt();
    assertThat(
            holds.take(first, Holds.practitioner(PRACTITIONER), new TimeRange(TEN, TEN.plus(HOUR))))
        .isTrue();
    // The first one is confirmed just before what is under way is counted.
    JdbcClient raced =
        (JdbcClient)
            java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {JdbcClient.class},
                (proxy, method, arguments) -> {
                  if (arguments[0].toString().contains("AS others")) {
                    Thread other =
                        Thread.ofPlatform()
                            .start(
                                () ->
                                    tenancy.inClinic(
                                        clinic,
                                        () -> {
                                          stands("a-1", TEN, null, null);
                                          holds.release(first);
                                        }));
                    other.join();
                  }
                  return method.invoke(jdbc, arguments);
                });
    DailyCap counted =
        new DailyCap(
            tenancy, raced, context.getBean(io.clinicsync.records.PatientRecords.class), clock);
    Attempt second = attempt();
    boolean taken =
        holds.take(
            second,
            Holds.practitioner(PRACTITIONER),
            new TimeRange(TEN.plus(HOUR), TEN.plus(HOUR).plus(HOUR)),
            () ->
                counted.hasRoom(
                    second,
                    new DailyCap.Place(connection, PRACTITIONER, TEN.plus(HOUR), null, null),
                    most(1)));
    assertThat(taken).as("the day of one place has two").isFalse();
  }

  @Test
  void aClassThatIsBeingJoinedTakesAPlaceOfItsDay() {
    Attempt one = attempt();
    assertThat(
            holds.take(
                one,
                Holds.classOf(PRACTITIONER, CLASS),
                new TimeRange(TEN, TEN.plus(HOUR)),
                () ->
                    cap.hasRoom(
                        one,
                        new DailyCap.Place(connection, PRACTITIONER, TEN, CLASS, null),
                        most(1))))
        .isTrue();
    assertThat(hasRoom(1, TEN.plus(HOUR), null, null)).as("beside the seat under way").isFalse();
    assertThat(hasRoom(1, TEN, CLASS, null)).as("another seat of the same class").isTrue();
    stands("a-1", TEN, CLASS, "g-1");
    assertThat(hasRoom(2, TEN.plus(HOUR), null, null)).as("the class counts once").isTrue();
  }

  @Test
  void aClassIsOneEntryAndASeatInItIsNoneMore() {
    stands("a-1", TEN, CLASS, "g-1");
    stands("a-2", TEN, CLASS, "g-1");
    assertThat(hasRoom(2, TEN.plus(HOUR), null, null)).isTrue();
    assertThat(hasRoom(1, TEN.plus(HOUR), null, null)).isFalse();
    assertThat(hasRoom(1, TEN, CLASS, null)).as("a seat in that class").isTrue();
    assertThat(hasRoom(1, TEN.plus(HOUR), CLASS, null)).as("another class").isFalse();
  }

  @Test
  void aDayIsTheConnectionsAndOnlyWhatTakesPlaceCounts() {
    Instant midnight = TEN.minus(Duration.ofHours(10));
    stands("a-1", midnight.minus(Duration.ofMinutes(1)), null, null);
    stands("a-2", midnight.plus(Duration.ofDays(1)), null, null);
    stands("a-3", TEN, null, null, Appointment.Status.CANCELLED);
    stands("a-4", TEN, null, null, Appointment.Status.HELD);
    assertThat(hasRoom(1, TEN, null, null)).isTrue();
    stands("a-5", midnight, null, null, Appointment.Status.ARRIVED);
    assertThat(hasRoom(1, TEN, null, null)).isFalse();
    assertThat(hasRoom(0, TEN, null, null)).as("no limit").isTrue();
    assertThat(hasRoom(1, TEN, null, "a-5")).as("it is moved within its day").isTrue();
    assertThat(hasRoom(1, TEN, null, "a-1")).as("it is moved here").isFalse();
  }
}
