package io.clinicsync.sandbox;

import io.clinicsync.sandbox.cliniko.ClinikoSimulator;
import io.clinicsync.sandbox.ghl.GhlLocation;
import io.clinicsync.sandbox.ghl.GhlSimulator;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.Exchange;
import io.clinicsync.sandbox.server.Faults;
import io.clinicsync.sandbox.server.HttpListener;
import io.clinicsync.sandbox.server.Journal;
import io.clinicsync.sandbox.server.OperationLog;
import io.clinicsync.sandbox.server.Reply;
import io.clinicsync.sandbox.server.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * The simulated vendors on one local port: Cliniko under {@code /cliniko/v1}, GoHighLevel under
 * {@code /ghl}, control endpoints under {@code /_sandbox}. Never for production: its keys are
 * predictable and everything can be changed.
 */
public final class SandboxServer implements AutoCloseable {

  private final SandboxClock clock;
  private final OperationLog log = new OperationLog();
  private final Faults faults;
  private final Journal journal;
  private final ClinikoSimulator cliniko;
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
    this.cliniko = new ClinikoSimulator(clock.of("cliniko"), faults, log, journal, quotaFactor);
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
    if (path.startsWith("/cliniko/")) {
      return exchange.run(cliniko, request.at(path.substring("/cliniko".length())));
    }
    if (path.startsWith("/ghl/")) {
      return exchange.run(ghl, request.at(path.substring("/ghl".length())));
    }
    Answer answer = control.answer(request);
    return Reply.whole(answer);
  }

  public int port() {
    return listener.port();
  }

  /**
   * An account of a simulated vendor as a client needs it.
   *
   * @param base what the client takes as base address
   * @param id the account's name, or a location's id
   * @param secret API key or token; a simulator's, so no secret at all
   */
  public record Account(URI base, String id, String secret) {}

  /**
   * Creates a Cliniko account with a world of its own, placed around this moment; finds it again if
   * it is kept.
   */
  public Account clinikoAccount(String name, long seed, int patients, ZoneId zone, Instant now) {
    String key = cliniko.createAccount(name, seed, patients, zone, now).apiKey();
    return new Account(clinikoBase(), name, key);
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

  /** What a Cliniko client takes as base; the client appends {@code /v1}. */
  public URI clinikoBase() {
    return base().resolve("/cliniko");
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
    return cliniko;
  }

  public GhlSimulator ghl() {
    return ghl;
  }

  /** Forgets accounts, faults and the log, and returns to real time. */
  public void reset() {
    faults.clear();
    log.clear();
    cliniko.reset();
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
