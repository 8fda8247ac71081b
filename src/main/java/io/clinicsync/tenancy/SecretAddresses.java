package io.clinicsync.tenancy;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.Hashes;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The unguessable part of the addresses that others call a connection at. Only hashes are kept; a
 * connection's two newest are live, so that one can be exchanged without losing a call. Nothing is
 * remembered in memory: what ended is nobody's from that moment on.
 */
public final class SecretAddresses {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 32;

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final String table;
  private final String resolver;

  /**
   * Addresses of one kind.
   *
   * @param table a tenant's table with {@code connection_id}, {@code secret_hash} and {@code
   *     created_at}; a constant of the code
   * @param resolver the function that finds {@code tenant} and {@code connection} by a hash; a
   *     constant of the code
   */
  public SecretAddresses(Tenancy tenancy, JdbcClient jdbc, String table, String resolver) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.table = table;
    this.resolver = resolver;
  }

  /** Whose address a call came to. */
  public record Addressee(ClinicId clinic, ConnectionId connection) {}

  /**
   * A new secret, live at once and beside all others; shown once. {@link #settle} ends the older
   * ones, {@link #withdraw} this one.
   */
  public String issue(ClinicId clinic, ConnectionId connection) {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    update(
        clinic,
        "INSERT INTO "
            + table
            + " (tenant_id, connection_id, secret_hash, created_at) VALUES (?, ?, ?, clock_timestamp())",
        clinic.value(),
        connection.value(),
        Hashes.sha256(secret));
    return secret;
  }

  /** The newest address is in use: it and the one before it stay, older ones end. */
  public void settle(ClinicId clinic, ConnectionId connection) {
    update(
        clinic,
        "DELETE FROM "
            + table
            + " WHERE tenant_id = ? AND connection_id = ? AND secret_hash NOT IN (SELECT secret_hash FROM "
            + table
            + " WHERE tenant_id = ? AND connection_id = ? ORDER BY created_at DESC LIMIT 2)",
        clinic.value(),
        connection.value(),
        clinic.value(),
        connection.value());
  }

  /** This address ends; those before it stay. */
  public void withdraw(ClinicId clinic, ConnectionId connection, String secret) {
    update(
        clinic,
        "DELETE FROM " + table + " WHERE tenant_id = ? AND connection_id = ? AND secret_hash = ?",
        clinic.value(),
        connection.value(),
        Hashes.sha256(secret));
  }

  /** All of a connection's addresses end. */
  public void revoke(ClinicId clinic, ConnectionId connection) {
    update(
        clinic,
        "DELETE FROM " + table + " WHERE tenant_id = ? AND connection_id = ?",
        clinic.value(),
        connection.value());
  }

  /** Whose secret this is; empty when it is nobody's. */
  public Optional<Addressee> find(String secret) {
    byte[] hash = Hashes.sha256(secret);
    return tenancy.resolve(
        () ->
            jdbc.sql("SELECT tenant, connection FROM " + resolver + "(?)")
                .param(hash)
                .query(
                    (row, number) ->
                        new Addressee(
                            new ClinicId(row.getObject("tenant", UUID.class)),
                            new ConnectionId(row.getObject("connection", UUID.class))))
                .optional());
  }

  private void update(ClinicId clinic, String sql, Object... parameters) {
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql(sql).params(parameters).update();
        });
  }
}
