package io.clinicsync.clinics;

import io.clinicsync.canonical.Hashes;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Sign-ins at GoHighLevel that were begun and not finished: single-use states, bound to clinic and
 * caller [R46].
 */
@Component
public class GhlConsents {

  private static final Duration LIFETIME = Duration.ofMinutes(10);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final Clock clock;

  GhlConsents(Tenancy tenancy, JdbcClient jdbc, Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * Who began.
   *
   * @param key the caller's key; {@code ofOrganisation} says whose it is
   */
  public record Begun(ClinicId clinic, UUID key, boolean ofOrganisation) {}

  /** A new state for the sign-in page, good for ten minutes. Only its hash is kept. */
  public String begin(ClinicId clinic, UUID key, boolean ofOrganisation) {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    String state = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql("DELETE FROM clinics_oauth_states WHERE tenant_id = ? AND expires_at < ?")
              .params(clinic.value(), clock.instant().atOffset(ZoneOffset.UTC))
              .update();
          jdbc.sql(
                  "INSERT INTO clinics_oauth_states (tenant_id, state_hash, key_id, of_organisation, expires_at) VALUES (?, ?, ?, ?, ?)")
              .params(
                  clinic.value(),
                  Hashes.sha256(state),
                  key,
                  ofOrganisation,
                  clock.instant().plus(LIFETIME).atOffset(ZoneOffset.UTC))
              .update();
        });
    return state;
  }

  /** Uses a state up; empty when it is unknown, used or too old. */
  public Optional<Begun> finish(String state) {
    byte[] hash = Hashes.sha256(state);
    Optional<ClinicId> clinic =
        tenancy.resolve(
            () ->
                jdbc.sql("SELECT app.resolve_oauth_state(?) AS tenant")
                    .param(hash)
                    .query(
                        (row, number) ->
                            Optional.ofNullable(row.getObject("tenant", UUID.class))
                                .map(ClinicId::new))
                    .single());
    return clinic.flatMap(
        id ->
            tenancy.inClinic(
                id,
                () ->
                    jdbc.sql(
                            """
                            DELETE FROM clinics_oauth_states WHERE tenant_id = ? AND state_hash = ?
                            RETURNING key_id, of_organisation, expires_at > ? AS live
                            """)
                        .params(id.value(), hash, clock.instant().atOffset(ZoneOffset.UTC))
                        .query(
                            (row, number) ->
                                row.getBoolean("live")
                                    ? Optional.of(
                                        new Begun(
                                            id,
                                            row.getObject("key_id", UUID.class),
                                            row.getBoolean("of_organisation")))
                                    : Optional.<Begun>empty())
                        .optional()
                        .flatMap(found -> found)));
  }
}
