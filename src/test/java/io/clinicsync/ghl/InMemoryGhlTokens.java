package io.clinicsync.ghl;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** One sub-account's token with the leases and versions that the database gives in earnest. */
final class InMemoryGhlTokens implements GhlTokens {

  private final InstantSource clock;
  private GhlToken token;
  private Instant leasedUntil = Instant.MIN;
  private Agency agency;
  private boolean crashBeforeStoring;
  int stored;
  int refusals;

  InMemoryGhlTokens(InstantSource clock, String access, String refresh, Instant expiresAt) {
    this.clock = clock;
    this.token = new GhlToken(access, refresh, expiresAt, 1, null, false);
  }

  synchronized InMemoryGhlTokens agency(String company, String access) {
    agency = new Agency(company, access);
    return this;
  }

  /**
   * The next answer of the token endpoint is lost with the process: it is neither stored nor is the
   * lease given back.
   */
  synchronized void crashBeforeStoring() {
    crashBeforeStoring = true;
  }

  @Override
  public synchronized GhlToken read(GhlAccount account) {
    return token;
  }

  @Override
  public synchronized boolean lease(GhlAccount account, long version, Duration hold) {
    if (token.version() != version || clock.instant().isBefore(leasedUntil)) {
      return false;
    }
    leasedUntil = clock.instant().plus(hold);
    return true;
  }

  @Override
  public synchronized void release(GhlAccount account, long version) {
    if (crashBeforeStoring) {
      crashBeforeStoring = false;
      return;
    }
    leasedUntil = Instant.MIN;
  }

  @Override
  public synchronized GhlToken store(GhlAccount account, long expectedVersion, GhlGrant grant) {
    if (crashBeforeStoring) {
      throw new IllegalStateException("The process died here");
    }
    if (token.version() == expectedVersion) {
      stored++;
      Instant expiresAt = clock.instant().plus(grant.lifetime());
      token =
          new GhlToken(
              grant.accessToken(),
              grant.refreshToken(),
              expiresAt,
              expectedVersion + 1,
              null,
              false);
    }
    return token;
  }

  @Override
  public synchronized void refused(
      GhlAccount account, long version, Instant at, boolean reconnect) {
    if (token.version() == version) {
      refusals++;
      token =
          new GhlToken(
              token.accessToken(), token.refreshToken(), token.expiresAt(), version, at, reconnect);
    }
  }

  @Override
  public synchronized Optional<Agency> agency(GhlAccount account) {
    return Optional.ofNullable(agency);
  }
}
