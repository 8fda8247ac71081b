package io.clinicsync.sync;

import io.clinicsync.clinics.Connection;
import io.clinicsync.tenancy.SecretAddresses;
import io.clinicsync.tenancy.SecretAddresses.Addressee;
import io.clinicsync.tenancy.Tenancy;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The addresses vendors call and clinics hand files to. */
@Component
public class VendorAddresses {

  private final SecretAddresses secrets;

  VendorAddresses(Tenancy tenancy, JdbcClient jdbc) {
    this.secrets =
        new SecretAddresses(tenancy, jdbc, "sync_vendor_addresses", "app.resolve_vendor_address");
  }

  /**
   * A new secret, live at once since vendors try an address out while it is being registered; shown
   * once. Call {@link #settle} when the vendor has it, or {@link #withdraw} when it has not.
   */
  public String issue(Connection connection) {
    return secrets.issue(connection.clinic(), connection.id());
  }

  /** The newest address is in use: it and the one before it stay, older ones end. */
  public void settle(Connection connection) {
    secrets.settle(connection.clinic(), connection.id());
  }

  /** The vendor did not take the address; those before it stay. */
  public void withdraw(Connection connection, String secret) {
    secrets.withdraw(connection.clinic(), connection.id(), secret);
  }

  /** Whose secret this is; empty when it is nobody's. */
  public Optional<Addressee> find(String secret) {
    return secrets.find(secret);
  }
}
