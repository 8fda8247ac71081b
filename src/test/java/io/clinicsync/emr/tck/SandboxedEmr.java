package io.clinicsync.emr.tck;

import io.clinicsync.VendorSpecs;
import io.clinicsync.sandbox.SandboxClock;
import io.clinicsync.sandbox.SandboxServer;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.server.Faults;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** A vendor of the sandbox on a server of its own, with a clock that stands still unless pushed. */
public abstract class SandboxedEmr implements SimulatedEmr {

  protected final SandboxClock clock = new SandboxClock();
  private final SandboxServer server;
  private final String emr;

  protected SandboxedEmr(String emr, Instant now) {
    this.emr = emr;
    clock.freezeAt(now);
    server = SandboxServer.start(0, clock, 1);
  }

  protected final EmrSimulator simulator() {
    return server.emr(emr);
  }

  protected final EmrSimulator.Opening opening(String name, int patients, ZoneId zone) {
    return new EmrSimulator.Opening(name, name.hashCode(), patients, zone, clock.instant());
  }

  @Override
  public final URI origin() {
    return server.base();
  }

  @Override
  public String path() {
    return "/" + emr;
  }

  @Override
  public Optional<VendorSpecs> specs() {
    return Optional.empty();
  }

  @Override
  public final Optional<Faults> faults() {
    return Optional.of(server.faults());
  }

  @Override
  public final Clock clock() {
    return clock;
  }

  @Override
  public void pass(Duration time) {
    clock.advance(time);
  }

  @Override
  public void close() {
    server.close();
  }
}
