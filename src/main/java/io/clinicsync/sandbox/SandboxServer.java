package io.clinicsync.sandbox;

import io.clinicsync.sandbox.cliniko.ClinikoSimulator;
import io.clinicsync.sandbox.ghl.GhlLocation;
import io.clinicsync.sandbox.ghl.GhlSimulator;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.server.Exchange;
import io.clinicsync.sandbox.server.Faults;
import io.clinicsync.sandbox.server.HttpListener;
import io.clinicsync.sandbox.server.Journal;
import io.clinicsync.sandbox.server.JsonOut;
import io.clinicsync.sandbox.server.OperationLog;
import io.clinicsync.sandbox.server.Reply;
import io.clinicsync.sandbox.server.Request;
import io.clinicsync.sandbox.server.SimulatedClinic;
import io.clinicsync.sandbox.server.SimulatorKit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The simulated vendors on one local port: each EMR under its id, GoHighLevel under {@code /ghl},
 * control endpoints under {@code /_sandbox}. Never for production: its keys are predictable and
 * everything can be changed.
 */
public final class SandboxServer implements AutoCloseable {

  private final SandboxClock clock;
  private final OperationLog log = new OperationLog();
  private final Faults faults;
  private final Journal journal;
  private final EmrSimulators emrs;
  private final GhlSimulator ghl;
  private final Exchange exchange;
  private final Control control;
  private final HttpListener listener;

  private SandboxServer(
      InetAddress address, int port, SandboxClock clock, double quotaFactor, Journal journal)
      throws IOException {
    this.clock = clock;
    this.journal = journal;
    this.faults = new Faults(clock);
    this.emrs =
        new EmrSimulators(id -> new SimulatorKit(clock.of(id), faults, log, journal, quotaFactor));
    this.ghl = new GhlSimulator(clock.of("ghl"), log, journal, quotaFactor);
    this.exchange = new Exchange(faults, log);
    this.control = new Control(this);
    Replay.of(journal, this, control);
    this.listener = new HttpListener(address, port, this::handle);
  }

  /**
   * Starts on the loopback address with real time and the vendors' real quotas. 0 picks a free
   * port.
   */
  public static SandboxServer start(int port) {
    return start(port, new SandboxClock(), 1.0);
  }

  /**
   * Starts on the loopback address.
   *
   * @param quotaFactor multiplies every vendor quota; 1 is the real one
   */
  public static SandboxServer start(int port, SandboxClock clock, double quotaFactor) {
    return start(InetAddress.getLoopbackAddress(), port, clock, quotaFactor);
  }

  /** Starts on a given address; anyone who reaches it can change everything. */
  public static SandboxServer start(
      InetAddress address, int port, SandboxClock clock, double quotaFactor) {
    return start(address, port, clock, quotaFactor, null);
  }

  /**
   * Starts where an earlier sandbox on the same folder stopped or was killed: accounts, records,
   * contacts, tokens and the clock are as they were; faults and the operation log are gone.
   *
   * @param data where every change is kept; null keeps nothing
   */
  public static SandboxServer start(
      InetAddress address, int port, SandboxClock clock, double quotaFactor, @Nullable Path data) {
    Journal journal = data == null ? Journal.off() : Journal.in(data);
    try {
      return new SandboxServer(address, port, clock, quotaFactor, journal);
    } catch (IOException taken) {
      journal.close();
      throw new UncheckedIOException("The sandbox cannot listen on port " + port, taken);
    }
  }

  private Reply handle(Request request) {
    String path = request.path();
    if (path.startsWith("/ghl/")) {
      return exchange.run(ghl, request.at(path.substring("/ghl".length())));
    }
    int slash = path.indexOf('/', 1);
    if (slash > 0 && emrs.has(path.substring(1, slash))) {
      EmrSimulator emr = emrs.require(path.substring(1, slash));
      return exchange.run(emr, request.at(path.substring(slash)));
    }
    Answer answer = control.answer(request);
    return Reply.whole(answer);
  }

  public int port() {
    return listener.port();
  }

  /**
   * A sub-account as a client needs it.
   *
   * @param base what the client takes as base address
   * @param secret its token; a simulator's, so no secret at all
   */
  public record Account(URI base, String id, String secret) {}

  /** An account of a simulated EMR and what a client takes as its base address. */
  public record EmrAccount(URI base, SimulatedClinic clinic) {}

  /** Opens an EMR account with a world of its own; finds it again if it is kept. */
  public EmrAccount open(String emr, EmrSimulator.Opening wanted) {
    EmrSimulator simulator = emrs.require(emr);
    boolean kept =
        journal.isOn()
            && simulator.clinics().stream().anyMatch(each -> each.name().equals(wanted.name()));
    if (!kept) {
      journal.add(
          new JsonOut(200)
              .open()
              .member("new", emr)
              .member("at", simulator.clock().instant())
              .member("name", wanted.name())
              .member("seed", wanted.seed())
              .member("size", wanted.size())
              .member("zone", wanted.zone().getId())
              .member("now", wanted.now())
              .close());
    }
    return new EmrAccount(emrBase(emr), simulator.open(wanted));
  }

  /** The simulated EMRs. */
  public List<EmrSimulator> emrs() {
    return emrs.all();
  }

  /**
   * The simulated EMR of this id.
   *
   * @throws IllegalArgumentException when there is none
   */
  public EmrSimulator emr(String id) {
    return emrs.require(id);
  }

  /** Whether an EMR of this id is simulated. */
  public boolean simulates(String id) {
    return emrs.has(id);
  }

  /**
   * The account of this name, of whatever EMR.
   *
   * @throws IllegalArgumentException when there is none
   */
  SimulatedClinic clinic(String name) {
    return emrs.all().stream()
        .flatMap(emr -> emr.clinics().stream())
        .filter(clinic -> clinic.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no account " + name));
  }

  /** Creates a GoHighLevel sub-account without contacts; finds it again if it is kept. */
  public Account ghlLocation(String name, String country, ZoneId zone) {
    GhlLocation location = ghl.createLocation(name, country, zone);
    return new Account(ghlBase(), location.id(), location.token());
  }

  /** The index page. */
  public URI base() {
    return URI.create("http://localhost:" + port());
  }

  /** What a client of this EMR takes as base. */
  public URI emrBase(String emr) {
    return base().resolve("/" + emr);
  }

  /** What a Cliniko client takes as base; the client appends {@code /v1}. */
  public URI clinikoBase() {
    return emrBase("cliniko");
  }

  /** What a GoHighLevel client takes as base. */
  public URI ghlBase() {
    return base().resolve("/ghl");
  }

  Journal journal() {
    return journal;
  }

  public SandboxClock clock() {
    return clock;
  }

  public OperationLog log() {
    return log;
  }

  public Faults faults() {
    return faults;
  }

  public ClinikoSimulator cliniko() {
    return (ClinikoSimulator) emrs.require("cliniko");
  }

  public GhlSimulator ghl() {
    return ghl;
  }

  /** Forgets accounts, faults and the log, and returns to real time. */
  public void reset() {
    faults.clear();
    log.clear();
    emrs.all().forEach(EmrSimulator::reset);
    ghl.reset();
    clock.reset();
    journal.clear();
  }

  @Override
  public void close() {
    listener.close();
    journal.close();
  }
}
