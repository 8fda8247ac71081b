package io.clinicsync.clinics;

import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlException;
import io.clinicsync.ghl.GhlGrant;
import io.clinicsync.ghl.GhlToken;
import io.clinicsync.ghl.GhlTokens;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import io.clinicsync.vault.Owner;
import io.clinicsync.vault.Vault;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The clinics' GoHighLevel sub-accounts and their tokens; one truth for all nodes [R23-R25]. */
@Component
public class GhlAccounts implements GhlTokens {

  private static final String ACCESS = "clinics_ghl_accounts.access";
  private static final String REFRESH = "clinics_ghl_accounts.refresh";

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final Vault vault;
  private final KnownHosts knownHosts;
  private final Clock clock;
  private final ApplicationEventPublisher events;

  GhlAccounts(
      Tenancy tenancy,
      JdbcClient jdbc,
      Vault vault,
      KnownHosts knownHosts,
      Clock clock,
      ApplicationEventPublisher events) {
    this.events = events;
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.vault = vault;
    this.knownHosts = knownHosts;
    this.clock = clock;
  }

  /** A clinic was connected to a sub-account. Published within the transaction that stores it. */
  public record GhlConnected(ClinicId clinic, String locationId) {}

  /** How a clinic's sub-account is doing. */
  public record GhlState(
      String locationId, String kind, String state, @Nullable String code, Instant since) {}

  /** The sub-account is connected to another clinic already. */
  public static class LocationTaken extends RuntimeException {
    @java.io.Serial private static final long serialVersionUID = 1L;
  }

  /**
   * Connects a clinic to a sub-account by a private integration token, replacing what was there.
   *
   * @param sandboxBase null for the vendor's own address
   * @throws LocationTaken when another clinic has this sub-account
   */
  public void connect(
      ClinicId clinic, String locationId, String privateToken, @Nullable URI sandboxBase) {
    store(clinic, locationId, base(sandboxBase), "PRIVATE", privateToken, null, null);
  }

  /** Connects a clinic by what the OAuth exchange gave. */
  public void connect(ClinicId clinic, GhlGrant grant, @Nullable URI sandboxBase) {
    String location = grant.locationId();
    if (location == null) {
      throw new IllegalArgumentException("An agency's grant names no sub-account");
    }
    store(
        clinic,
        location,
        base(sandboxBase),
        "OAUTH",
        grant.accessToken(),
        grant.refreshToken(),
        clock.instant().plus(grant.lifetime()));
  }

  /** The address a sub-account is reached at. */
  public URI base(@Nullable URI sandboxBase) {
    return sandboxBase == null ? GhlAccount.PUBLIC_BASE : knownHosts.sandbox(sandboxBase);
  }

  /**
   * The clinic's sub-account; empty when it has none and syncs to its own webhooks only, and while
   * our app is not installed there any more.
   */
  public Optional<GhlAccount> find(ClinicId clinic) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    "SELECT location_id, base_uri FROM clinics_ghl_accounts"
                        + " WHERE tenant_id = ? AND uninstalled_at IS NULL")
                .param(clinic.value())
                .query(
                    (row, number) ->
                        new GhlAccount(
                            clinic.value(),
                            row.getString("location_id"),
                            URI.create(row.getString("base_uri")),
                            false))
                .optional());
  }

  /** How the clinic's sub-account is doing; empty when it has none. */
  public Optional<GhlState> state(ClinicId clinic) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql("SELECT * FROM clinics_ghl_accounts WHERE tenant_id = ?")
                .param(clinic.value())
                .query(
                    (row, number) ->
                        new GhlState(
                            row.getString("location_id"),
                            row.getString("kind"),
                            row.getString("state"),
                            row.getString("state_code"),
                            row.getObject("state_since", OffsetDateTime.class).toInstant()))
                .optional());
  }

  /** Forgets the sub-account and its tokens; contacts stay as they are. */
  public boolean disconnect(ClinicId clinic) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql("DELETE FROM clinics_ghl_accounts WHERE tenant_id = ?")
                    .param(clinic.value())
                    .update()
                == 1);
  }

  /**
   * Our app was taken out of a sub-account: nothing is sent to it until the clinic connects it
   * again, and its state says why. Nothing is deleted. A sub-account that is connected by a private
   * token does not need the app, and one that was connected since is left as it is.
   *
   * @param at when GoHighLevel says it was
   * @return whether the clinic's sub-account is the one meant
   */
  public boolean uninstalled(ClinicId clinic, String locationId, Instant at) {
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                        """
                        UPDATE clinics_ghl_accounts SET uninstalled_at = :at, state = 'ACTION_NEEDED',
                          state_code = 'ghl_uninstalled', state_since = :now
                        WHERE tenant_id = :tenant AND location_id = :location AND kind = 'OAUTH'
                          AND connected_at < :at AND uninstalled_at IS NULL
                        """)
                    .param("at", utc(at))
                    .param("now", utc(clock.instant()))
                    .param("tenant", clinic.value())
                    .param("location", locationId)
                    .update()
                == 1);
  }

  /**
   * Notes that only the clinic can help, or that all is well again; a state that stands is not
   * written again.
   */
  public void report(ClinicId clinic, boolean healthy, @Nullable String code) {
    String state = healthy ? "HEALTHY" : "ACTION_NEEDED";
    tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    """
                    UPDATE clinics_ghl_accounts SET state = :state, state_code = :code, state_since = :now
                    WHERE tenant_id = :tenant AND uninstalled_at IS NULL
                      AND (state <> :state OR state_code IS DISTINCT FROM :code)
                    """)
                .param("state", state)
                .param("code", code, java.sql.Types.VARCHAR)
                .param("now", utc(clock.instant()))
                .param("tenant", clinic.value())
                .update());
  }

  @Override
  public GhlToken read(GhlAccount account) {
    ClinicId clinic = new ClinicId(account.tenant());
    Sealed sealed =
        tenancy
            .inClinic(clinic, () -> load(clinic))
            .orElseThrow(
                () ->
                    new GhlException(
                        GhlException.Kind.UNAUTHORISED, "The clinic has no GoHighLevel token"));
    return open(clinic, sealed);
  }

  @Override
  public boolean lease(GhlAccount account, long version, Duration hold) {
    return update(
        account,
        "refresh_lease_until = clock_timestamp() + make_interval(secs => "
            + hold.toMillis() / 1000.0
            + ")",
        version,
        "(refresh_lease_until IS NULL OR refresh_lease_until < clock_timestamp())");
  }

  @Override
  public void release(GhlAccount account, long version) {
    update(account, "refresh_lease_until = NULL", version, "true");
  }

  @Override
  public GhlToken store(GhlAccount account, long expectedVersion, GhlGrant grant) {
    ClinicId clinic = new ClinicId(account.tenant());
    byte[] access = seal(clinic, ACCESS, grant.accessToken());
    String refresh = grant.refreshToken();
    byte[] refreshSealed = refresh == null ? null : seal(clinic, REFRESH, refresh);
    tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    """
                    UPDATE clinics_ghl_accounts SET access_sealed = :access, refresh_sealed = :refresh, expires_at = :expires,
                      token_version = token_version + 1, refresh_lease_until = NULL, refresh_failed_at = NULL,
                      state = 'HEALTHY', state_code = NULL, state_since = :now
                    WHERE tenant_id = :tenant AND token_version = :version AND uninstalled_at IS NULL
                    """)
                .param("access", access)
                .param("refresh", refreshSealed)
                .param("expires", utc(clock.instant().plus(grant.lifetime())))
                .param("now", utc(clock.instant()))
                .param("tenant", clinic.value())
                .param("version", expectedVersion)
                .update());
    return read(account);
  }

  @Override
  public void refused(GhlAccount account, long version, Instant at, boolean reconnect) {
    ClinicId clinic = new ClinicId(account.tenant());
    tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    """
                    UPDATE clinics_ghl_accounts SET refresh_failed_at = :at, refresh_lease_until = NULL,
                      state = CASE WHEN :reconnect THEN 'ACTION_NEEDED' ELSE state END,
                      state_code = CASE WHEN :reconnect THEN 'ghl_reconnect' ELSE state_code END,
                      state_since = CASE WHEN :reconnect AND state <> 'ACTION_NEEDED' THEN :at ELSE state_since END
                    WHERE tenant_id = :tenant AND token_version = :version AND uninstalled_at IS NULL
                    """)
                .param("at", utc(at))
                .param("reconnect", reconnect)
                .param("tenant", clinic.value())
                .param("version", version)
                .update());
  }

  /** Agencies connect their sub-accounts one by one so far; none lends its token. */
  @Override
  public Optional<Agency> agency(GhlAccount account) {
    return Optional.empty();
  }

  private record Sealed(
      byte[] access,
      byte @Nullable [] refresh,
      @Nullable Instant expiresAt,
      long version,
      @Nullable Instant refusedAt,
      boolean reconnect) {}

  private Optional<Sealed> load(ClinicId clinic) {
    return jdbc.sql(
            "SELECT * FROM clinics_ghl_accounts WHERE tenant_id = ? AND uninstalled_at IS NULL")
        .param(clinic.value())
        .query(
            (row, number) ->
                new Sealed(
                    row.getBytes("access_sealed"),
                    row.getBytes("refresh_sealed"),
                    instant(row, "expires_at"),
                    row.getLong("token_version"),
                    instant(row, "refresh_failed_at"),
                    "ghl_reconnect".equals(row.getString("state_code"))))
        .optional();
  }

  private GhlToken open(ClinicId clinic, Sealed sealed) {
    byte[] refresh = sealed.refresh();
    return new GhlToken(
        vault.open(Owner.of(clinic), clinic.toString(), ACCESS, sealed.access()),
        refresh == null ? null : vault.open(Owner.of(clinic), clinic.toString(), REFRESH, refresh),
        sealed.expiresAt(),
        sealed.version(),
        sealed.refusedAt(),
        sealed.reconnect());
  }

  private void store(
      ClinicId clinic,
      String locationId,
      URI base,
      String kind,
      String access,
      @Nullable String refresh,
      @Nullable Instant expiresAt) {
    byte[] accessSealed = seal(clinic, ACCESS, access);
    byte[] refreshSealed = refresh == null ? null : seal(clinic, REFRESH, refresh);
    try {
      tenancy.inClinic(
          clinic,
          () -> {
            jdbc.sql(
                    """
                      INSERT INTO clinics_ghl_accounts AS a (tenant_id, location_id, base_uri, kind, access_sealed,
                        refresh_sealed, expires_at, token_version, state, state_since, connected_at)
                      VALUES (:tenant, :location, :base, :kind, :access, :refresh, :expires, 1, 'HEALTHY', :now, :now)
                      ON CONFLICT (tenant_id) DO UPDATE SET location_id = excluded.location_id,
                        base_uri = excluded.base_uri, kind = excluded.kind, access_sealed = excluded.access_sealed,
                        refresh_sealed = excluded.refresh_sealed, expires_at = excluded.expires_at,
                        token_version = a.token_version + 1, refresh_lease_until = NULL, refresh_failed_at = NULL,
                        state = 'HEALTHY', state_code = NULL, state_since = excluded.state_since,
                        connected_at = excluded.connected_at, uninstalled_at = NULL
                      """)
                .param("tenant", clinic.value())
                .param("location", locationId)
                .param("base", base.toString())
                .param("kind", kind)
                .param("access", accessSealed)
                .param("refresh", refreshSealed)
                .param("expires", utc(expiresAt))
                .param("now", utc(clock.instant()))
                .update();
            // Heard within this transaction: whoever must be written is queued with the connection
            // itself.
            events.publishEvent(new GhlConnected(clinic, locationId));
          });
    } catch (DuplicateKeyException taken) {
      throw new LocationTaken();
    }
  }

  private boolean update(GhlAccount account, String set, long version, String guard) {
    ClinicId clinic = new ClinicId(account.tenant());
    return tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                        "UPDATE clinics_ghl_accounts SET "
                            + set
                            + " WHERE tenant_id = ? AND token_version = ? AND "
                            + guard)
                    .params(clinic.value(), version)
                    .update()
                == 1);
  }

  private byte[] seal(ClinicId clinic, String column, String value) {
    return vault.seal(Owner.of(clinic), clinic.toString(), column, value);
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
    return value == null ? null : value.toInstant();
  }

  private static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }
}
