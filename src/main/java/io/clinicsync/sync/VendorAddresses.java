package io.clinicsync.sync;

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
 * The unguessable part of the addresses vendors call and clinics hand files to. Only hashes are
 * kept; a connection's two newest are live, so that one can be exchanged without losing a call.
 */
@Component
public class VendorAddresses {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Tenancy tenancy;
  private final JdbcClient jdbc;

  VendorAddresses(Tenancy tenancy, JdbcClient jdbc) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
  }

  /** Whose address a call came to. */
  public record Addressee(ClinicId clinic, ConnectionId connection) {}

  /**
   * A new secret, live at once since vendors try an address out while it is being registered; shown
   * once. Call {@link #settle} when the vendor has it, or {@link #withdraw} when it has not.
   */
  public String issue(Connection connection) {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    tenancy.inClinic(
        connection.clinic(),
        () -> {
          jdbc.sql(
                  "INSERT INTO sync_vendor_addresses (tenant_id, connection_id, secret_hash, created_at)"
                      + " VALUES (?, ?, ?, clock_timestamp())")
              .params(connection.clinic().value(), connection.id().value(), hash(secret))
              .update();
        });
    return secret;
  }

  /** The newest address is in use: it and the one before it stay, older ones end. */
  public void settle(Connection connection) {
    tenancy.inClinic(
        connection.clinic(),
        () -> {
          jdbc.sql(
                  """
                  DELETE FROM sync_vendor_addresses WHERE tenant_id = :tenant AND connection_id = :connection
                     AND secret_hash NOT IN (SELECT secret_hash FROM sync_vendor_addresses
                       WHERE tenant_id = :tenant AND connection_id = :connection ORDER BY created_at DESC LIMIT 2)
                  """)
              .param("tenant", connection.clinic().value())
              .param("connection", connection.id().value())
              .update();
        });
  }

  /** The vendor did not take the address; those before it stay. */
  public void withdraw(Connection connection, String secret) {
    tenancy.inClinic(
        connection.clinic(),
        () -> {
          jdbc.sql(
                  "DELETE FROM sync_vendor_addresses WHERE tenant_id = ? AND connection_id = ? AND secret_hash = ?")
              .params(connection.clinic().value(), connection.id().value(), hash(secret))
              .update();
        });
  }

  /** Whose secret this is; empty when it is nobody's. */
  public Optional<Addressee> find(String secret) {
    byte[] hash = hash(secret);
    return tenancy.resolve(
        () ->
            jdbc.sql("SELECT tenant, connection FROM app.resolve_vendor_address(?)")
                .param(hash)
                .query(
                    (row, number) ->
                        new Addressee(
                            new ClinicId(row.getObject("tenant", UUID.class)),
                            new ConnectionId(row.getObject("connection", UUID.class))))
                .optional());
  }

  static byte[] hash(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
