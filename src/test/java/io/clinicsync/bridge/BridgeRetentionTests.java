package io.clinicsync.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.ApplicationTest;
import io.clinicsync.bridge.Bridged.Stage;
import io.clinicsync.bridge.BridgedRows.Told;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.ghl.GhlEvent;
import io.clinicsync.sandbox.SandboxClock;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the bridge forgets, and when. */
@ApplicationTest
class BridgeRetentionTests {

  private static final ZoneId ZONE = ZoneId.of("Europe/London");
  private static final HookAnswer BOOKED = HookAnswer.done("booked", "It is booked.", "1");

  /** Time that tests push forward. */
  @TestConfiguration(proxyBeanMethods = false)
  static class Time {
    @Bean
    @Primary
    SandboxClock movableClock() {
      return new SandboxClock(Clock.systemUTC());
    }
  }

  @Autowired private Tenancy tenancy;
  @Autowired private Clinics clinics;
  @Autowired private Connections connections;
  @Autowired private BridgedRows rows;
  @Autowired private HookCalls calls;
  @Autowired private LookRows looks;
  @Autowired private BridgeRetention retention;
  @Autowired private SandboxClock clock;
  @Autowired private JdbcClient jdbc;

  private Connection connection;

  @BeforeEach
  void aConnection() {
    connection = connection();
  }

  @AfterEach
  void now() {
    clock.reset();
  }

  private Connection connection() {
    ClinicId clinic =
        clinics.create(clinics.createOrganisation("Org"), "Clinic", ZONE, "GB", "GBP").id();
    return connections.add(
        clinic,
        new Connections.NewConnection(
            "cliniko",
            "api-key",
            "Cliniko",
            Map.of("apiKey", "MS0-au1"),
            URI.create("http://localhost:1/cliniko"),
            ZONE,
            "GBP"));
  }

  private Bridged told(Connection of, String id, String state) {
    return ((Told.Ours) rows.tell(of, id, new Shown(state, "CAL1", "LOC1"), Choice.NONE)).row();
  }

  private void done(Connection of, String id, String state) {
    assertThat(rows.finish(told(of, id, state), Stage.DONE, BOOKED)).isPresent();
  }

  private static String live(Instant end) {
    return GhlStates.live(end.minus(Duration.ofHours(1)), end);
  }

  private List<String> kept(String table, Connection of) {
    return tenancy.inClinic(
        of.clinic(),
        () ->
            jdbc.sql("SELECT ghl_appointment_id FROM " + table + " ORDER BY 1")
                .query(String.class)
                .list());
  }

  private void after(Duration time) {
    clock.advance(time);
    retention.forget(connection.clinic());
  }

  @Test
  void whatIsOverForNinetyDaysIsForgottenAndWhatIsNotDoneIsKept() {
    Instant start = clock.instant();
    Connection other = connection();
    done(connection, "cancelled", GhlStates.CANCELLED);
    done(connection, "passed", live(start.plus(Duration.ofDays(1))));
    done(connection, "later", live(start.plus(Duration.ofDays(50))));
    told(connection, "open", live(start.plus(Duration.ofDays(1))));
    done(connection, "again", live(start.plus(Duration.ofDays(1))));
    tenancy.inClinic(
        connection.clinic(),
        () -> {
          jdbc.sql("UPDATE bridge_appointments SET again = true WHERE ghl_appointment_id = 'again'")
              .update();
        });
    done(other, "theirs", live(start.plus(Duration.ofDays(1))));
    assertThat(retention.clinics()).contains(connection.clinic(), other.clinic());

    after(Duration.ofDays(90).minusHours(1));
    assertThat(kept("bridge_appointments", connection))
        .containsExactly("again", "cancelled", "later", "open", "passed");
    after(Duration.ofHours(2));
    assertThat(kept("bridge_appointments", connection))
        .as("without a time, from its last change on")
        .containsExactly("again", "later", "open", "passed");
    after(Duration.ofDays(1));
    assertThat(kept("bridge_appointments", connection)).containsExactly("again", "later", "open");
    after(Duration.ofDays(365));
    assertThat(kept("bridge_appointments", connection)).containsExactly("again", "open");
    assertThat(kept("bridge_appointments", other)).containsExactly("theirs");
  }

  @Test
  void anAppointmentThatWasMovedCountsFromItsLatestTime() {
    Instant start = clock.instant();
    done(connection, "moved", live(start.plus(Duration.ofDays(1))));
    Bridged moved = told(connection, "moved", live(start.plus(Duration.ofDays(40))));
    assertThat(rows.finish(moved, Stage.DONE, BOOKED)).isPresent();
    done(connection, "cancelled", live(start.plus(Duration.ofDays(40))));
    Bridged cancelled = told(connection, "cancelled", GhlStates.CANCELLED);
    assertThat(rows.finish(cancelled, Stage.DONE, BOOKED)).isPresent();
    done(connection, "late", live(start.plus(Duration.ofDays(1))));
    clock.advance(Duration.ofDays(41));
    Bridged late = told(connection, "late", GhlStates.CANCELLED);
    assertThat(rows.finish(late, Stage.DONE, BOOKED)).isPresent();
    after(Duration.ofDays(88));
    assertThat(kept("bridge_appointments", connection))
        .containsExactly("cancelled", "late", "moved");
    after(Duration.ofDays(3));
    assertThat(kept("bridge_appointments", connection)).isEmpty();
  }

  @Test
  void callsAreForgottenAfterThirtyDaysHoweverMany() {
    tenancy.inClinic(
        connection.clinic(),
        () -> {
          jdbc.sql(
                  "INSERT INTO bridge_calls (tenant_id, called_at, path, ghl_appointment_id, code)"
                      + " SELECT ?, ?, '/bookAppt', n::text, 'booked' FROM generate_series(1, 1203) n")
              .params(
                  connection.clinic().value(), clock.instant().atOffset(java.time.ZoneOffset.UTC))
              .update();
        });
    clock.advance(Duration.ofDays(20));
    calls.add(connection.clinic(), "/bookAppt", connection.id(), "new", "booked");
    after(Duration.ofDays(9));
    assertThat(kept("bridge_calls", connection)).hasSize(1204);
    after(Duration.ofDays(2));
    assertThat(kept("bridge_calls", connection)).containsExactly("new");
  }

  @Test
  void whatALookCameToNothingWithIsForgottenToo() {
    Instant soon = clock.instant().plus(Duration.ofDays(2));
    looks.remember(
        connection.clinic(),
        new GhlEvent(
            "looked", "CAL1", null, null, "confirmed", soon, null, null, null, null, false, soon));
    after(Duration.ofDays(89));
    assertThat(kept("bridge_looks", connection)).containsExactly("looked");
    after(Duration.ofDays(2));
    assertThat(kept("bridge_looks", connection)).isEmpty();
  }
}
