package io.clinicsync.tenancy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The scope of the running work, and how it reaches the database session. */
final class TenantBinding {

  static final ScopedValue<TenantScope> CURRENT = ScopedValue.newInstance();

  private TenantBinding() {}

  static TenantScope required() {
    if (!CURRENT.isBound()) {
      throw new TenantScopeViolation(
          "Database work needs a clinic or an organisation; use Tenancy");
    }
    return CURRENT.get();
  }

  /** Local to the transaction, never to the session: the pool does not reset sessions [R40]. */
  static void bind(Connection connection, TenantScope scope) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT set_config('app.tenant', ?, true), set_config('app.tenants', ?, true), set_config('app.org', ?, true)")) {
      ClinicId writable = scope.writable();
      OrganisationId organisation = scope.organisation();
      statement.setString(1, writable == null ? "" : writable.toString());
      statement.setString(2, scope.readableAsArray());
      statement.setString(3, organisation == null ? "" : organisation.toString());
      statement.execute();
    }
  }
}
