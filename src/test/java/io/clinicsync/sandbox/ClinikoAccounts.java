package io.clinicsync.sandbox;

import io.clinicsync.sandbox.server.EmrSimulator;
import java.time.Instant;
import java.time.ZoneId;

/** Simulated Cliniko accounts as tests need them: an address and a key. */
public final class ClinikoAccounts {

  private ClinikoAccounts() {}

  /** Opens an account; finds it again if it is kept. */
  public static SandboxServer.Account open(
      SandboxServer sandbox, String name, long seed, int patients, ZoneId zone, Instant now) {
    SandboxServer.EmrAccount opened =
        sandbox.open("cliniko", new EmrSimulator.Opening(name, seed, patients, zone, now));
    String key = opened.clinic().credentials().get("api-key").get("apiKey");
    return new SandboxServer.Account(opened.base(), name, key);
  }
}
