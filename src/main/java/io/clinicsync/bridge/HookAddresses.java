package io.clinicsync.bridge;

import io.clinicsync.clinics.Connection;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.SecretAddresses;
import io.clinicsync.tenancy.SecretAddresses.Addressee;
import io.clinicsync.tenancy.Tenancy;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Finds whose call it is: by the sub-account a bare call names, or by the unguessable address of
 * the recommended form.
 */
@Component
public class HookAddresses {

  private final SecretAddresses secrets;
  private final Tenancy tenancy;
  private final JdbcClient jdbc;

  HookAddresses(Tenancy tenancy, JdbcClient jdbc) {
    this.secrets =
        new SecretAddresses(tenancy, jdbc, "bridge_addresses", "app.resolve_hook_address");
    this.tenancy = tenancy;
    this.jdbc = jdbc;
  }

  /** A new secret; shown once. The one before it stays live, older ones end. */
  public String issue(Connection connection) {
    return tenancy.inClinic(
        connection.clinic(),
        () -> {
          String secret = secrets.issue(connection.clinic(), connection.id());
          secrets.settle(connection.clinic(), connection.id());
          return secret;
        });
  }

  /** All addresses of a connection end at once; none is fine. */
  public void revoke(Connection connection) {
    secrets.revoke(connection.clinic(), connection.id());
  }

  /** Whose secret this is; empty when it is nobody's. */
  public Optional<Addressee> find(String secret) {
    return secrets.find(secret);
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
}
