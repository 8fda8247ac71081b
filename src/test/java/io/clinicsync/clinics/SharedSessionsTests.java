package io.clinicsync.clinics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrSession;
import io.clinicsync.emr.spi.EmrSessions;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.sync.SyncTest;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import io.clinicsync.vault.Vault;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Two nodes share the sessions of one connection through the real database [R23]. */
@SyncTest
class SharedSessionsTests {

  private static final ZoneId ZONE = ZoneId.of("Australia/Sydney");
  private static final URI BASE = URI.create("http://localhost/nowhere");

  @Autowired private Tenancy tenancy;
  @Autowired private SessionRows rows;
  @Autowired private Vault vault;
  @Autowired private Clinics clinics;
  @Autowired private Connections connections;
  @Autowired private SharedSessions own;
  @Autowired private JdbcClient jdbc;

  private ClinicId clinic;

  @BeforeEach
  void aClinic() {
    clinic =
        clinics.create(clinics.createOrganisation("Sessions"), "Sessions", ZONE, "AU", "AUD").id();
  }

  private Connections.NewConnection wanted() {
    Map<String, String> key = Map.of("apiKey", "MS0xMjM0-au1");
    return new Connections.NewConnection("cliniko", "api-key", "Clinic", key, BASE, ZONE, "AUD");
  }

  private EmrAccount account(ConnectionId id) {
    return new EmrAccount(
        clinic.value(), id, "api-key", BASE, ZONE, "AUD", new Credentials(Map.of()), Urgency.SYNC);
  }

  private SharedSessions node() {
    return new SharedSessions(tenancy, rows, vault);
  }

  @Test
  void twentyWorkersOnTwoNodesRenewOnceAndAllUseTheSame() throws Exception {
    EmrAccount account = account(connections.add(clinic, wanted()).id());
    List<SharedSessions> nodes = List.of(node(), node());
    EmrSession stale = nodes.getFirst().alone(account, "token", holder -> holder.keep("old", null));
    AtomicInteger renewals = new AtomicInteger();
    List<Future<EmrSession>> got = new ArrayList<>();
    try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        SharedSessions node = nodes.get(i % 2);
        got.add(
            workers.submit(
                () ->
                    node.renewed(
                        account,
                        "token",
                        stale,
                        holder -> holder.keep("new " + renewals.incrementAndGet(), null))));
      }
    }
    for (Future<EmrSession> each : got) {
      assertThat(each.get().value()).isEqualTo("new 1");
    }
    assertThat(renewals).hasValue(1);
  }

  @Test
  void aHolderThatWasOvertakenKeepsNothing() {
    EmrAccount account = account(connections.add(clinic, wanted()).id());
    SharedSessions paused = node();
    assertThatThrownBy(
            () ->
                paused.alone(
                    account,
                    "jar",
                    holder -> {
                      lapse();
                      node().alone(account, "jar", other -> other.keep("newer", null));
                      return holder.keep("stale", null);
                    }))
        .isInstanceOfSatisfying(
            EmrException.class,
            refused -> assertThat(refused.kind()).isEqualTo(EmrException.Kind.UNAVAILABLE));
    assertThat(node().find(account, "jar").orElseThrow().value()).isEqualTo("newer");
  }

  private void lapse() {
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql(
                  "UPDATE clinics_sessions SET held_until = clock_timestamp() - interval '1 second'")
              .update();
        });
  }

  @Test
  void workThatTakesLongHoldsOnAndLetsGoAtItsEnd() {
    EmrAccount account = account(connections.add(clinic, wanted()).id());
    SharedSessions slow = new SharedSessions(tenancy, rows, vault, Duration.ofMillis(50));
    slow.alone(
        account,
        "jar",
        holder -> {
          lapse();
          Awaitility.await()
              .atMost(Duration.ofSeconds(20))
              .untilAsserted(() -> assertThat(held()).isEqualTo("held"));
          return null;
        });
    assertThat(held()).isEqualTo("free");
  }

  private String held() {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    "SELECT CASE WHEN held_until > clock_timestamp() THEN 'held' ELSE 'free' END FROM clinics_sessions")
                .query(String.class)
                .single());
  }

  @Test
  void whatWasSignedInWhileTryingIsKeptWhenTheConnectionIs() {
    Connections.NewConnection wanted = wanted();
    EmrAccount account = account(wanted.triedAs());
    own.alone(account, "jar", holder -> holder.keep("signed in", null));
    assertThat(node().find(account, "jar")).as("in memory of one node only").isEmpty();
    connections.add(clinic, wanted);
    assertThat(node().find(account, "jar").orElseThrow().value()).isEqualTo("signed in");
  }

  @Test
  void sessionsEndWithTheirCredentials() {
    Connection connection = connections.add(clinic, wanted());
    EmrAccount account = account(connection.id());
    own.alone(account, "jar", holder -> holder.keep("signed in", null));
    connections.replaceCredentials(connection, wanted(), null);
    assertThat(own.find(account, "jar")).isEmpty();
    own.alone(account, "jar", holder -> holder.keep("again", null));
    connections.revoke(clinic, connection.id());
    assertThat(own.find(account, "jar")).isEmpty();
  }

  @Test
  void whatWasAgreedAboutCallsToUsOutlivesTheCredentialsButNotTheConnection() {
    Connection connection = connections.add(clinic, wanted());
    EmrAccount account = account(connection.id());
    own.alone(account, EmrSessions.LISTENING, holder -> holder.keep("secret", null));
    connections.replaceCredentials(connection, wanted(), null);
    assertThat(node().find(account, EmrSessions.LISTENING).orElseThrow().value())
        .isEqualTo("secret");
    connections.revoke(clinic, connection.id());
    assertThat(node().find(account, EmrSessions.LISTENING)).isEmpty();
  }

  @Test
  void whatARunReportsAfterwardsDoesNotBringARevokedConnectionBack() {
    Connection connection = connections.add(clinic, wanted());
    connections.revoke(clinic, connection.id());
    connections.report(clinic, connection.id(), ConnectionState.HEALTHY, null);
    connections.signedIn(clinic, connection.id());
    assertThat(connections.find(clinic, connection.id()).orElseThrow().state())
        .isEqualTo(ConnectionState.REVOKED);
    connections.replaceCredentials(connection, wanted(), null);
    assertThat(connections.find(clinic, connection.id()).orElseThrow().state())
        .isEqualTo(ConnectionState.CONNECTING);
  }

  @Test
  void neitherTheDatabaseNorAnotherClinicNorATextShowsTheValue() {
    EmrAccount account = account(connections.add(clinic, wanted()).id());
    own.<EmrSession>alone(account, "token", holder -> holder.keep("Canary-Token", null));
    String stored =
        tenancy.inClinic(
            clinic,
            () ->
                jdbc.sql("SELECT s::text || encode(s.sealed, 'escape') FROM clinics_sessions s")
                    .query(String.class)
                    .single());
    assertThat(stored).doesNotContain("Canary-Token");
    assertThat(own.find(account, "token").orElseThrow().toString()).doesNotContain("Canary");
    ClinicId other =
        clinics.create(clinics.createOrganisation("Other"), "Other", ZONE, "AU", "AUD").id();
    EmrAccount foreign =
        new EmrAccount(
            other.value(),
            account.id(),
            "api-key",
            BASE,
            ZONE,
            "AUD",
            new Credentials(Map.of()),
            Urgency.SYNC);
    assertThat(node().find(foreign, "token")).isEmpty();
    EmrSessions.Holder[] held = new EmrSessions.Holder[1];
    node()
        .<Boolean>alone(
            foreign,
            "token",
            holder -> {
              held[0] = holder;
              return holder.current().isEmpty();
            });
    assertThat(held[0].current()).isEmpty();
  }
}
