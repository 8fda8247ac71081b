package io.clinicsync.bridge;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Connection;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Finds whose call it is: by the sub-account a bare call names, or by the unguessable address of
 * the recommended form. Only hashes of those are kept; a connection's two newest are live, so that
 * workflows can be changed over one by one.
 */
@Component
public class HookAddresses {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Tenancy tenancy;
  private final JdbcClient jdbc;

  HookAddresses(Tenancy tenancy, JdbcClient jdbc) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
  }

  /** Whose address a call came to. */
  public record Addressee(ClinicId clinic, ConnectionId connection) {}

  /** A new secret; shown once. The one before it stays live, older ones end. */
  public String issue(Connection connection) {
    byte[] bytes = new byte[24];
    RANDOM.nextBytes(bytes);
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    tenancy.inClinic(
        connection.clinic(),
        () -> {
          jdbc.sql(
                  "INSERT INTO bridge_addresses (tenant_id, connection_id, secret_hash, created_at)"
                      + " VALUES (?, ?, ?, clock_timestamp())")
              .params(connection.clinic().value(), connection.id().value(), hash(secret))
              .update();
          jdbc.sql(
                  """
                  DELETE FROM bridge_addresses WHERE tenant_id = :tenant AND connection_id = :connection
                    AND secret_hash NOT IN (SELECT secret_hash FROM bridge_addresses
                      WHERE tenant_id = :tenant AND connection_id = :connection ORDER BY created_at DESC LIMIT 2)
                  """)
              .param("tenant", connection.clinic().value())
              .param("connection", connection.id().value())
              .update();
        });
    return secret;
  }

  /** Whose secret this is; empty when it is nobody's. */
  public Optional<Addressee> find(String secret) {
    byte[] hash = hash(secret);
    return tenancy.resolve(
        () ->
            jdbc.sql("SELECT tenant, connection FROM app.resolve_hook_address(?)")
                .param(hash)
                .query(
                    (row, number) ->
                        new Addressee(
                            new ClinicId(row.getObject("tenant", UUID.class)),
                            new ConnectionId(row.getObject("connection", UUID.class))))
                .optional());
  }

  /** The clinic whose sub-account this is; empty when it is nobody's. */
  Optional<ClinicId> clinic(String locationId) {
    return tenancy.resolve(
        () ->
            jdbc.sql("SELECT app.resolve_ghl_location(?)")
                .param(locationId)
                .query((row, number) -> Optional.ofNullable(row.getObject(1, UUID.class)))
                .single()
                .map(ClinicId::new));
  }

  private static byte[] hash(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
