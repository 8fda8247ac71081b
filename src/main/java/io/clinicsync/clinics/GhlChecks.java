package io.clinicsync.clinics;

import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlApi;
import io.clinicsync.ghl.GhlException;
import io.clinicsync.ghl.GhlGrant;
import io.clinicsync.ghl.GhlLocation;
import io.clinicsync.ghl.GhlOAuth;
import io.clinicsync.ghl.GhlToken;
import io.clinicsync.ghl.GhlTokens;
import io.clinicsync.http.OutboundHttp;
import io.clinicsync.http.Permits;
import io.clinicsync.tenancy.ClinicId;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Tries a GoHighLevel token against the live sub-account before anything is stored. */
@Component
public class GhlChecks {

  private final OutboundHttp http;
  private final Permits permits;
  private final ObjectProvider<GhlOAuth> oauth;
  private final GhlAccounts accounts;
  private final Clock clock;

  GhlChecks(
      OutboundHttp http,
      Permits permits,
      ObjectProvider<GhlOAuth> oauth,
      GhlAccounts accounts,
      Clock clock) {
    this.http = http;
    this.permits = permits;
    this.oauth = oauth;
    this.accounts = accounts;
    this.clock = clock;
  }

  /**
   * The sub-account as the token sees it.
   *
   * @param sandboxBase null for the vendor's own address
   * @throws GhlException UNAUTHORISED, MISSING_SCOPE or WRONG_LOCATION when the token does not fit
   * @throws IllegalArgumentException when the address is no sandbox allowed here
   */
  public GhlLocation check(
      ClinicId clinic, String locationId, String token, @Nullable URI sandboxBase) {
    GhlAccount account =
        new GhlAccount(clinic.value(), locationId, accounts.base(sandboxBase), true);
    GhlLocation location =
        new GhlApi(http, permits, new OneToken(token), oauth.getObject(), clock).location(account);
    if (!location.id().equals(locationId)) {
      throw new GhlException(
          GhlException.Kind.WRONG_LOCATION, "The token reaches another sub-account");
    }
    return location;
  }

  /** Lends the token under trial to one call; there is nothing to renew or store. */
  private record OneToken(String token) implements GhlTokens {

    @Override
    public GhlToken read(GhlAccount account) {
      return new GhlToken(token, null, null, 0, null, false);
    }

    @Override
    public boolean lease(GhlAccount account, long version, Duration hold) {
      return true; // so that a rejected token is reported at once instead of being waited for
    }

    @Override
    public void release(GhlAccount account, long version) {}

    @Override
    public GhlToken store(GhlAccount account, long expectedVersion, GhlGrant grant) {
      return read(account);
    }

    @Override
    public void refused(GhlAccount account, long version, Instant at, boolean reconnect) {}

    @Override
    public Optional<Agency> agency(GhlAccount account) {
      return Optional.empty();
    }

    @Override
    public String toString() {
      return "OneToken";
    }
  }
}
