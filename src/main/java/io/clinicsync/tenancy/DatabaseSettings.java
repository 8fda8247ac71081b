package io.clinicsync.tenancy;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the database is and the three credentials to it.
 *
 * @param url a PostgreSQL JDBC address without credentials
 * @param owner runs migrations only
 * @param app serves; must own nothing and not bypass row security
 * @param system reads the listed cross-tenant sweeps
 * @param poolSize connections of the serving pool
 */
@ConfigurationProperties("clinicsync.database")
record DatabaseSettings(
    @Nullable String url,
    @DefaultValue Login owner,
    @DefaultValue Login app,
    @DefaultValue Login system,
    @DefaultValue("16") int poolSize) {

  /** A role's user name and password. */
  record Login(@Nullable String user, @Nullable String password) {

    @Override
    public String toString() {
      return "Login[" + user + "]";
    }
  }
}
