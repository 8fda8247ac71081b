package io.clinicsync.ghl;

import io.clinicsync.ghl.GhlException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Renews tokens, one at a time per sub-account over all nodes [R23]. A refresh token works once, so
 * a lost race or a lost answer must never turn into a second use; a refusal is believed only when
 * it repeats with the version unchanged [R24].
 */
final class GhlRenewal {

  /** How long a holder may take; longer than the deadline of its call. */
  static final Duration HOLD = Duration.ofSeconds(60);

  /** Two refusals within this time count as one. */
  static final Duration SPACING = Duration.ofMinutes(1);

  private static final Duration EARLY = Duration.ofSeconds(60);
  private static final Duration STEP = Duration.ofMillis(50);
  private static final int STEPS = 600;

  private final GhlTokens tokens;
  private final GhlOAuth oauth;
  private final InstantSource clock;
  private final Pause pause;

  GhlRenewal(GhlTokens tokens, GhlOAuth oauth, InstantSource clock, Pause pause) {
    this.tokens = tokens;
    this.oauth = oauth;
    this.clock = clock;
    this.pause = pause;
  }

  /** The token to use now; renewed first when it is about to expire. */
  GhlToken current(GhlAccount account) {
    GhlToken token = tokens.read(account);
    refuseIfLost(token);
    refuseIfJustRefused(token);
    Instant expiresAt = token.expiresAt();
    if (expiresAt != null && !clock.instant().isBefore(expiresAt.minus(EARLY))) {
      return renewed(account, token);
    }
    return token;
  }

  /** A token other than the rejected one; somebody else's renewal counts. */
  GhlToken renewed(GhlAccount account, GhlToken rejected) {
    for (int step = 0; step < STEPS; step++) {
      GhlToken stored = tokens.read(account);
      if (stored.version() != rejected.version()) {
        return stored;
      }
      refuseIfLost(stored);
      refuseIfJustRefused(stored);
      if (tokens.lease(account, stored.version(), HOLD)) {
        try {
          return renew(account, stored.version());
        } finally {
          tokens.release(account, stored.version());
        }
      }
      pause.take(STEP);
    }
    throw new GhlException(
        Kind.UNAVAILABLE, "The token is being renewed elsewhere and that takes too long");
  }

  private GhlToken renew(GhlAccount account, long version) {
    GhlToken stored = tokens.read(account);
    if (stored.version() != version) {
      return stored;
    }
    // The holder before us may have been refused between our read and our lease.
    refuseIfLost(stored);
    refuseIfJustRefused(stored);
    try {
      return tokens.store(account, version, grant(account, stored.refreshToken()));
    } catch (GhlException failure) {
      if (failure.kind() != Kind.UNAUTHORISED) {
        throw failure;
      }
      GhlToken now = tokens.read(account);
      if (now.version() != version) {
        return now;
      }
      boolean again = now.refusedAt() != null;
      tokens.refused(account, version, clock.instant(), again);
      throw failure;
    }
  }

  private GhlGrant grant(GhlAccount account, @Nullable String refreshToken) {
    if (refreshToken != null) {
      return oauth.refresh(account, refreshToken);
    }
    Optional<GhlTokens.Agency> agency = tokens.agency(account);
    if (agency.isPresent()) {
      return oauth.locationToken(account, agency.get());
    }
    throw new GhlException(
        Kind.UNAUTHORISED, "A private integration token was refused; a new one must be pasted");
  }

  private static void refuseIfLost(GhlToken token) {
    if (token.reconnect()) {
      throw new GhlException(Kind.UNAUTHORISED, "GoHighLevel must be connected again");
    }
  }

  private void refuseIfJustRefused(GhlToken token) {
    Instant refusedAt = token.refusedAt();
    if (refusedAt != null && clock.instant().isBefore(refusedAt.plus(SPACING))) {
      Duration wait = Duration.between(clock.instant(), refusedAt.plus(SPACING));
      throw new GhlException(
          Kind.UNAUTHORISED, "Renewing the token was refused a moment ago", wait, null);
    }
  }

  /** Waits a little; a port, so that tests need no clock. */
  interface Pause {
    void take(Duration time);
  }
}
