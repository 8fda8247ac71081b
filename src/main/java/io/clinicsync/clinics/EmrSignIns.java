package io.clinicsync.clinics;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.Hashes;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.OAuthSignIn;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import io.clinicsync.vault.Owner;
import io.clinicsync.vault.Vault;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Signing in at an EMR's own page: single-use states bound to a connection and a caller, PKCE, and
 * the grant kept in the connection's sessions [R46].
 */
@Component
public class EmrSignIns {

  private static final Duration LIFETIME = Duration.ofMinutes(10);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String COLUMN = "clinics_sign_ins.verifier_sealed";

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final Vault vault;
  private final Connections connections;
  private final Connectors connectors;
  private final Clock clock;

  EmrSignIns(
      Tenancy tenancy,
      JdbcClient jdbc,
      Vault vault,
      Connections connections,
      Connectors connectors,
      Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.vault = vault;
    this.connections = connections;
    this.connectors = connectors;
    this.clock = clock;
  }

  /**
   * Who began: what a person allowed at the EMR counts only while their key is live.
   *
   * @param ofOrganisation says whose key it is
   */
  public record Beginner(ClinicId clinic, UUID key, boolean ofOrganisation) {}

  /**
   * Begins; empty when this connection's way needs no such sign-in.
   *
   * @param redirect where the EMR sends the person back to
   * @return the address to open within ten minutes
   */
  public Optional<URI> begin(Connection connection, Beginner beginner, URI redirect) {
    EmrAccount account = connections.account(connection, Urgency.BOOKING);
    return connectors
        .capability(connection.emr(), account, OAuthSignIn.class)
        .map(
            signIn -> {
              String state = random();
              String verifier = random();
              keep(connection, beginner, state, verifier);
              return signIn.authorize(account, redirect, state, challenge(verifier));
            });
  }

  private void keep(Connection connection, Beginner beginner, String state, String verifier) {
    ClinicId clinic = connection.clinic();
    byte[] hash = Hashes.sha256(state);
    byte[] sealed = vault.seal(Owner.of(clinic), connection.id().toString(), COLUMN, verifier);
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql("DELETE FROM clinics_sign_ins WHERE tenant_id = ? AND expires_at < ?")
              .params(clinic.value(), clock.instant().atOffset(ZoneOffset.UTC))
              .update();
          jdbc.sql(
                  """
                  INSERT INTO clinics_sign_ins
                    (tenant_id, state_hash, connection_id, verifier_sealed, key_id, of_organisation, expires_at)
                  VALUES (?, ?, ?, ?, ?, ?, ?)
                  """)
              .params(
                  clinic.value(),
                  hash,
                  connection.id().value(),
                  sealed,
                  beginner.key(),
                  beginner.ofOrganisation(),
                  clock.instant().plus(LIFETIME).atOffset(ZoneOffset.UTC))
              .update();
        });
  }

  private record Begun(Beginner by, ConnectionId connection, byte[] sealed) {
    ClinicId clinic() {
      return by.clinic();
    }
  }

  /**
   * Finishes: uses the state up, redeems the code and wakes the connection. Empty when the state is
   * unknown, used or too old, or who began may not finish any more.
   *
   * @throws EmrException when the EMR does not accept the code
   */
  public Optional<Connection> finish(
      String state, String code, URI redirect, Predicate<Beginner> mayFinish) {
    return useUp(state)
        .filter(begun -> mayFinish.test(begun.by()))
        .flatMap(
            begun ->
                connections
                    .find(begun.clinic(), begun.connection())
                    .map(
                        found -> {
                          String verifier =
                              vault.open(
                                  Owner.of(begun.clinic()),
                                  begun.connection().toString(),
                                  COLUMN,
                                  begun.sealed());
                          EmrAccount account = connections.account(found, Urgency.BOOKING);
                          connectors
                              .capability(found.emr(), account, OAuthSignIn.class)
                              .orElseThrow(
                                  () ->
                                      new EmrException(
                                          EmrException.Kind.REQUEST_REJECTED,
                                          "This way needs no sign-in"))
                              .redeem(account, redirect, code, verifier);
                          connections.signedIn(found.clinic(), found.id());
                          return found;
                        }));
  }

  private Optional<Begun> useUp(String state) {
    byte[] hash = Hashes.sha256(state);
    Optional<ClinicId> clinic =
        tenancy.resolve(
            () ->
                jdbc.sql("SELECT app.resolve_sign_in(?) AS tenant")
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
                            DELETE FROM clinics_sign_ins WHERE tenant_id = ? AND state_hash = ?
                            RETURNING connection_id, verifier_sealed, key_id, of_organisation, expires_at > ? AS live
                            """)
                        .params(id.value(), hash, clock.instant().atOffset(ZoneOffset.UTC))
                        .query(
                            (row, number) ->
                                row.getBoolean("live")
                                    ? Optional.of(
                                        new Begun(
                                            new Beginner(
                                                id,
                                                row.getObject("key_id", UUID.class),
                                                row.getBoolean("of_organisation")),
                                            new ConnectionId(
                                                row.getObject("connection_id", UUID.class)),
                                            row.getBytes("verifier_sealed")))
                                    : Optional.<Begun>empty())
                        .optional()
                        .flatMap(found -> found)));
  }

  private static String random() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String challenge(String verifier) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Hashes.sha256(verifier));
  }
}
