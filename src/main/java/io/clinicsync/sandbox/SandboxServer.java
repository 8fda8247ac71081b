package io.clinicsync.sandbox;

import io.clinicsync.sandbox.cliniko.ClinikoSimulator;
import io.clinicsync.sandbox.ghl.GhlSimulator;
import io.clinicsync.sandbox.server.Answer;
import io.clinicsync.sandbox.server.Exchange;
import io.clinicsync.sandbox.server.Faults;
import io.clinicsync.sandbox.server.HttpListener;
import io.clinicsync.sandbox.server.OperationLog;
import io.clinicsync.sandbox.server.Reply;
import io.clinicsync.sandbox.server.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;

/**
 * The simulated vendors on one local port: Cliniko under {@code /cliniko/v1}, GoHighLevel under
 * {@code /ghl}, control endpoints under {@code /_sandbox}. Never for production: its keys are
 * predictable and everything can be changed.
 */
public final class SandboxServer implements AutoCloseable {

  private final SandboxClock clock;
  private final OperationLog log = new OperationLog();
  private final Faults faults;
  private final ClinikoSimulator cliniko;
  private final GhlSimulator ghl;
  private final Exchange exchange;
  private final Control control;
  private final HttpListener listener;

  private SandboxServer(InetAddress address, int port, SandboxClock clock, double quotaFactor)
      throws IOException {
    this.clock = clock;
    this.faults = new Faults(clock);
    this.cliniko = new ClinikoSimulator(clock.of("cliniko"), faults, log, quotaFactor);
    this.ghl = new GhlSimulator(clock.of("ghl"), log, quotaFactor);
    this.exchange = new Exchange(faults, log);
    this.control = new Control(this);
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
    try {
      return new SandboxServer(address, port, clock, quotaFactor);
    } catch (IOException taken) {
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

  /** The index page. */
  public URI base() {
    return URI.create("http://localhost:" + port());
  }

  /** What a Cliniko client takes as base, with {@code /v1}. */
  public URI clinikoBase() {
    return base().resolve("/cliniko/v1");
  }

  /** What a GoHighLevel client takes as base. */
  public URI ghlBase() {
    return base().resolve("/ghl");
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
  }

  @Override
  public void close() {
    listener.close();
  }
}
