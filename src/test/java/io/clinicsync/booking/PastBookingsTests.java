package io.clinicsync.booking;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.ApplicationTest;
import io.clinicsync.booking.Attempt.Operation;
import io.clinicsync.booking.AttemptKeys.Begun;
import io.clinicsync.booking.BookingRequests.OtherId;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.records.Records;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.CrossTenantReads;
import io.clinicsync.tenancy.Tenancy;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is forgotten and when, on a clock of its own. */
@ApplicationTest
class PastBookingsTests {

  private static final Instant BEGUN = Instant.parse("2027-01-10T01:00:00Z");
  private static final Instant STARTS = Instant.parse("2027-01-20T01:00:00Z");
  private static final Instant ENDS = STARTS.plus(Duration.ofMinutes(30));
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final EmrRef PRACTITIONER = EmrRef.of(RecordKind.PRACTITIONER, "p-1");

  @Autowired private Clinics clinics;
  @Autowired private Connections connections;
  @Autowired private Tenancy tenancy;
  @Autowired private JdbcClient jdbc;
  @Autowired private JdbcTemplate template;
  @Autowired private CrossTenantReads crossTenant;
  @Autowired private AttemptRows rows;
  @Autowired private PatientRecords patientRecords;
  @Autowired private Records records;

  private final SetClock clock = new SetClock();
  private ClinicId clinic;
  private ConnectionId connection;
  private AttemptKeys keys;
  private Attempts attempts;
  private OtherIds otherIds;
  private PastBookings past;

  private static final class SetClock extends Clock {

    private Instant now = BEGUN;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  @BeforeEach
  void aClinic() {
    clinic = another();
    connection = connection(clinic);
    keys = new AttemptKeys(tenancy, jdbc, rows, clock);
    attempts = new Attempts(tenancy, jdbc, keys, rows, clock);
    otherIds = new OtherIds(tenancy, jdbc, patientRecords, clock);
    past = new PastBookings(tenancy, jdbc, crossTenant, clock);
  }

  private ClinicId another() {
    ZoneId zone = ZoneId.of("Australia/Sydney");
    return clinics.create(clinics.createOrganisation("Past"), "Past", zone, "AU", "AUD").id();
  }

  private ConnectionId connection(ClinicId of) {
    ZoneId zone = ZoneId.of("Australia/Sydney");
    return connections
        .add(
            of,
            new Connections.NewConnection(
                "cliniko", "api-key", "Past", Map.of("apiKey", "x-au1"), null, zone, "AUD"))
        .id();
  }

  private static AttemptKeys.Key key(String text, @Nullable OtherId other) {
    return new AttemptKeys.Key(
        "given:" + text, false, text.getBytes(StandardCharsets.UTF_8), UUID.randomUUID(), other);
  }

  private Begun begin(String key) {
    return keys.begin(clinic, connection, Operation.BOOK, key(key, null));
  }

  private static Attempt ours(Begun begun) {
    return ((Begun.Ours) begun).attempt();
  }

  private static NewBooking booking(Instant start) {
    return new NewBooking(
        EmrRef.patient("1"),
        PRACTITIONER,
        EmrRef.of(RecordKind.TREATMENT, "t-1"),
        EmrRef.of(RecordKind.SITE, "s-1"),
        null,
        start,
        start.plus(Duration.ofMinutes(30)),
        1,
        null);
  }

  private static Appointment appointment(String id, Instant start) {
    return new Appointment(
        EmrRef.appointment(id),
        BEGUN,
        null,
        EmrRef.patient("1"),
        PRACTITIONER,
        null,
        null,
        null,
        start,
        start.plus(Duration.ofMinutes(30)),
        Appointment.Status.BOOKED,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        Map.of(),
        "{\"start\": \"" + start + "\"}");
  }

  /** An attempt that booked an appointment, as the EMR confirmed it. */
  private UUID booked(String key, String appointment) {
    Attempt writing = attempts.writing(ours(begin(key)), booking(STARTS), null, null, false);
    attempts.finish(
        writing,
        BookingAnswer.confirmed(Code.BOOKED, "Booked.", appointment(appointment, STARTS)),
        new Trace());
    return writing.id();
  }

  private void held(String appointment, Instant start) {
    tenancy.inClinic(
        clinic,
        () -> {
          records.store(
              clinic,
              connection,
              List.of(appointment(appointment, start)),
              Records.Mode.QUIET,
              Duration.ZERO);
        });
  }

  private void forgetAt(Instant when) {
    clock.now = when;
    past.forget(clinic);
  }

  private int count(String what) {
    return tenancy.inClinic(
        clinic, () -> jdbc.sql("SELECT count(*) FROM " + what).query(Integer.class).single());
  }

  private int sql(String statement) {
    return tenancy.inClinic(clinic, () -> jdbc.sql(statement).update());
  }

  @Test
  void aKeyAnswersUntilThirtyDaysAfterItsAppointmentAndIsFreeThen() {
    UUID attempt = booked("one", "a-1");
    forgetAt(BEGUN.plus(PastBookings.ATTEMPTS).plus(MINUTE));
    assertThat(begin("one"))
        .isInstanceOfSatisfying(
            Begun.Answered.class, same -> assertThat(same.answer().attempt()).isEqualTo(attempt));
    forgetAt(ENDS.plus(PastBookings.ATTEMPTS).minus(MINUTE));
    assertThat(begin("one")).isInstanceOf(Begun.Answered.class);
    assertThat(past.clinicsToForget()).doesNotContain(clinic);
    clock.now = ENDS.plus(PastBookings.ATTEMPTS).plus(MINUTE);
    assertThat(past.clinicsToForget()).contains(clinic);
    past.forget(clinic);
    assertThat(count("booking_attempts")).isZero();
    assertThat(begin("one")).isInstanceOf(Begun.Ours.class);
  }

  @Test
  void whatEndedLaterThanItsAppointmentStaysThirtyDaysFromThen() {
    Attempt late = attempts.writing(ours(begin("late")), booking(STARTS), null, null, false);
    clock.now = ENDS.plus(Duration.ofDays(9));
    attempts.finish(late, Overlaps.TAKEN, new Trace());
    forgetAt(ENDS.plus(PastBookings.ATTEMPTS).plus(MINUTE));
    assertThat(count("booking_attempts")).isEqualTo(1);
    forgetAt(ENDS.plus(Duration.ofDays(39)).plus(MINUTE));
    assertThat(count("booking_attempts")).isZero();
  }

  @Test
  void anAttemptThatIsOpenStaysHoweverOldItIs() {
    begin("begun");
    Attempt writing = attempts.writing(ours(begin("sent")), booking(STARTS), null, null, false);
    attempts.toSettle(writing, Attempt.State.UNKNOWN, null);
    forgetAt(ENDS.plus(Duration.ofDays(4000)));
    assertThat(count("booking_attempts")).isEqualTo(2);
    assertThat(begin("sent")).isInstanceOf(Begun.Elsewhere.class);
  }

  @Test
  void whatSpeaksOfAnAppointmentAheadStaysWhereverItWentAndUnderWhateverId() {
    UUID movedByStaff = booked("staff", "a-1");
    UUID movedAnew = booked("anew", "a-2");
    UUID seenOnly = booked("seen", "a-3");
    booked("gone", "a-4");
    sql(
        "UPDATE booking_attempts SET starts_at = NULL, ends_at = NULL, appointment_id = NULL,"
            + " answer = jsonb_set(answer, '{appointment,startsAt}', '\"2027-06-01T01:00:00Z\"')"
            + " WHERE id = '"
            + seenOnly
            + "'");
    Instant june = Instant.parse("2027-06-01T01:00:00Z");
    held("a-1", june);
    held("a-3", STARTS);
    held("a-4", STARTS);
    held("a-22", june);
    tenancy.inClinic(clinic, () -> otherIds.moved(ours(begin("moving")), "a-2", "a-22"));
    sql("DELETE FROM booking_attempts WHERE state = 'STARTED'");
    forgetAt(june);
    assertThat(
            tenancy.inClinic(
                clinic,
                () ->
                    jdbc.sql("SELECT id FROM booking_attempts")
                        .query((row, number) -> row.getObject(1, UUID.class))
                        .list()))
        .containsExactlyInAnyOrder(movedByStaff, movedAnew, seenOnly);
    forgetAt(june.plus(PastBookings.ATTEMPTS).plus(Duration.ofHours(1)));
    assertThat(count("booking_attempts")).isZero();
  }

  @Test
  void anIdGoesOnlyWhenItsAppointmentIsPastAndNobodyNamedItForLong() {
    OtherId mine = new OtherId(OtherId.Of.CALLER, "mine-1");
    Attempt attempt = ours(keys.begin(clinic, connection, Operation.BOOK, key("a", mine)));
    held("a-1", STARTS);
    held("a-9", BEGUN.plus(Duration.ofDays(900)));
    tenancy.inClinic(
        clinic,
        () -> {
          otherIds.keep(attempt, "a-1");
          otherIds.moved(attempt, "a-0", "a-9");
        });
    clock.now = BEGUN.plus(Duration.ofDays(300));
    assertThat(otherIds.appointment(clinic, connection, mine)).contains("a-1");
    forgetAt(BEGUN.plus(Duration.ofDays(690)));
    assertThat(count("booking_other_ids")).as("named since, and ahead").isEqualTo(2);
    clock.now = BEGUN.plus(Duration.ofDays(701));
    assertThat(past.clinicsToForget()).contains(clinic);
    past.forget(clinic);
    assertThat(otherIds.appointment(clinic, connection, mine)).isEmpty();
    assertThat(count("booking_other_ids WHERE other_id = 'a-0'")).as("ahead").isEqualTo(1);
    forgetAt(BEGUN.plus(Duration.ofDays(901)));
    assertThat(count("booking_other_ids")).isZero();
  }

  @Test
  void anIdThatSomebodyMeantIsNamed() {
    Attempt attempt = ours(begin("a"));
    held("a-9", STARTS);
    tenancy.inClinic(clinic, () -> otherIds.moved(attempt, "a-0", "a-9"));
    clock.now = BEGUN.plus(Duration.ofDays(399));
    assertThat(otherIds.meant(connections.find(clinic, connection).orElseThrow(), "a-0"))
        .isEqualTo("a-9");
    forgetAt(BEGUN.plus(Duration.ofDays(700)));
    assertThat(count("booking_other_ids")).isEqualTo(1);
    forgetAt(BEGUN.plus(Duration.ofDays(800)));
    assertThat(count("booking_other_ids")).isZero();
  }

  @Test
  void holdsThatNobodyLetGoGoADayAfterTheyAreOver() {
    Holds holds = new Holds(tenancy, jdbc, template, new ConnectionTurns(), clock);
    CallerHolds callers = new CallerHolds(tenancy, jdbc, clock);
    Attempt holder = Attempt.holding(UUID.randomUUID(), clinic, connection);
    UUID caller = UUID.randomUUID();
    holds.take(holder, Holds.practitioner(PRACTITIONER), new TimeRange(STARTS, ENDS));
    Instant over = BEGUN.plus(Duration.ofMinutes(5));
    callers.keep(
        clinic,
        connection,
        caller,
        new CallerHolds.Kept(holder.id(), "p-1", "t-1", "s-1", STARTS, ENDS, over));
    forgetAt(over.plus(PastBookings.HOLDS).minus(MINUTE));
    assertThat(count("booking_holds")).isEqualTo(1);
    assertThat(callers.find(clinic, connection, caller, holder.id())).isPresent();
    assertThat(past.clinicsToForget()).doesNotContain(clinic);
    clock.now = over.plus(PastBookings.HOLDS).plus(MINUTE);
    assertThat(past.clinicsToForget()).contains(clinic);
    past.forget(clinic);
    assertThat(count("booking_holds")).isZero();
    assertThat(count("booking_kept_times")).isZero();
  }

  @Test
  void manyGoInBatchesAndAnotherClinicsStay() {
    booked("one", "a-1");
    sql(
        "INSERT INTO booking_attempts (tenant_id, id, connection_id, operation, derived, request_hash, state, trace,"
            + " created_at, updated_at) SELECT tenant_id, gen_random_uuid(), connection_id, operation, derived,"
            + " request_hash, state, trace, created_at, updated_at FROM booking_attempts, generate_series(1, 1200)");
    ClinicId first = clinic;
    ClinicId second = another();
    clinic = second;
    connection = connection(second);
    booked("one", "a-1");
    clinic = first;
    forgetAt(ENDS.plus(PastBookings.ATTEMPTS).plus(MINUTE));
    assertThat(count("booking_attempts")).isZero();
    assertThat(past.clinicsToForget()).doesNotContain(first).contains(second);
    clinic = second;
    assertThat(count("booking_attempts")).isEqualTo(1);
  }
}
