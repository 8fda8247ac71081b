package io.clinicsync.demo;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** Tells on the console how the first syncs go, and closes with what a newcomer does next. */
@Component
@Profile("local")
class DemoProgress implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(DemoProgress.class);
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final Duration STEP = Duration.ofSeconds(2);

  /** So many steps without a new contact mean that nothing more is on its way. */
  private static final int QUIET_STEPS = 4;

  private final Connections connections;
  private final PatientRecords records;
  private final Tenancy tenancy;
  private final SandboxServer sandbox;
  private final DemoBooking booking;
  private volatile @Nullable Thread follower;
  private volatile boolean stopped;

  DemoProgress(
      Connections connections,
      PatientRecords records,
      Tenancy tenancy,
      SandboxServer sandbox,
      DemoBooking booking) {
    this.connections = connections;
    this.records = records;
    this.tenancy = tenancy;
    this.sandbox = sandbox;
    this.booking = booking;
  }

  /** How far one demo clinic is. */
  private record Standing(int patients, int appointments, int contacts, boolean loaded) {
    boolean looksComplete() {
      return loaded && contacts > 0;
    }
  }

  /** Follows the demo's first loads without holding up the start. */
  void follow(DemoFile demo) {
    boolean known =
        demo.connections().stream().map(this::standing).allMatch(Standing::looksComplete);
    if (known) {
      log.info("{}", block(demo, List.of()));
      return;
    }
    log.info("First syncs are running; the simulated vendors are at {}", demo.sandbox().index());
    follower = Thread.ofVirtual().name("demo-progress").start(() -> watch(demo));
  }

  private void watch(DemoFile demo) {
    DemoFile.DemoConnection small = demo.connections().getFirst();
    Map<String, Standing> before = new LinkedHashMap<>();
    int quiet = 0;
    long ends = System.nanoTime() + LONGEST.toNanos();
    try {
      while (!stopped && System.nanoTime() < ends) {
        Thread.sleep(STEP);
        Standing smallBefore = before.get(small.name());
        for (DemoFile.DemoConnection connection : demo.connections()) {
          Standing now = standing(connection);
          if (!now.equals(before.put(connection.name(), now))) {
            log.info("{}", line(connection, now));
          }
        }
        Standing now = before.get(small.name());
        quiet = now != null && now.loaded() && now.equals(smallBefore) ? quiet + 1 : 0;
        if (quiet >= QUIET_STEPS) {
          break;
        }
      }
    } catch (InterruptedException stopping) {
      return;
    } catch (RuntimeException failure) {
      log.warn("The first syncs cannot be followed any longer", failure);
    }
    List<String> running = new ArrayList<>();
    before.forEach(
        (name, standing) -> {
          if (!standing.looksComplete()) {
            running.add(name);
          }
        });
    log.info("{}", block(demo, running));
  }

  private Standing standing(DemoFile.DemoConnection demo) {
    ClinicId clinic = new ClinicId(UUID.fromString(demo.clinicId()));
    ConnectionId id = new ConnectionId(UUID.fromString(demo.connectionId()));
    Connection connection = connections.find(clinic, id).orElseThrow();
    boolean loaded =
        !connection.quietUntilLoaded() && connection.state() != ConnectionState.CONNECTING;
    int contacts = sandbox.ghl().location(demo.ghlLocationId()).contactIds().size();
    return tenancy.inClinic(
        clinic,
        () ->
            new Standing(
                records.count(clinic, id, RecordKind.PATIENT),
                records.count(clinic, id, RecordKind.APPOINTMENT),
                contacts,
                loaded));
  }

  private static String line(DemoFile.DemoConnection demo, Standing now) {
    return "%s: %,d patients and %,d appointments read%s, %,d of %,d contacts in GoHighLevel"
        .formatted(
            demo.name(),
            now.patients(),
            now.appointments(),
            now.loaded() ? "" : " so far",
            now.contacts(),
            now.patients());
  }

  private String block(DemoFile demo, List<String> running) {
    StringBuilder text = new StringBuilder("\n\n  ClinicSync is running.\n\n");
    text.append("  Address        ").append(demo.address()).append('\n');
    text.append("  API            ").append(demo.address()).append("/api\n");
    text.append("  Sandbox        ")
        .append(demo.sandbox().index())
        .append("   (the simulated vendors)\n");
    text.append("  Organisation   x-api-key: ").append(demo.organisationKey()).append('\n');
    demo.connections()
        .forEach(
            connection ->
                text.append("  ")
                    .append(connection.name())
                    .append(" (")
                    .append(connection.emr())
                    .append(")   x-api-key: ")
                    .append(connection.apiKey())
                    .append('\n'));
    DemoFile.DemoConnection first = demo.connections().getFirst();
    text.append("\n  Try:  curl -s -H 'x-api-key: ")
        .append(first.apiKey())
        .append("' '")
        .append(demo.address())
        .append("/api/v1/patients?limit=3'\n");
    booking
        .toTry(demo)
        .ifPresent(command -> text.append("\n  Book: ").append(command).append('\n'));
    if (!running.isEmpty()) {
      text.append("\n  Still loading: ").append(String.join(", ", running)).append('\n');
    }
    return text.toString();
  }

  @Override
  public void destroy() {
    stopped = true;
    Thread running = follower;
    if (running != null) {
      running.interrupt();
    }
  }
}
