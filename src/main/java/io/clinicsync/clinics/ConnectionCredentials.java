package io.clinicsync.clinics;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.vault.Owner;
import io.clinicsync.vault.Vault;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The sealed credential fields of connections. Sealing and opening happen outside the caller's
 * transaction.
 */
@Component
class ConnectionCredentials {

  private final JdbcClient jdbc;
  private final Vault vault;

  ConnectionCredentials(JdbcClient jdbc, Vault vault) {
    this.jdbc = jdbc;
    this.vault = vault;
  }

  Map<String, byte[]> seal(ClinicId clinic, ConnectionId id, Map<String, String> values) {
    Map<String, byte[]> sealed = new LinkedHashMap<>();
    values.forEach(
        (name, value) ->
            sealed.put(name, vault.seal(Owner.of(clinic), id.toString(), column(name), value)));
    return sealed;
  }

  Credentials open(ClinicId clinic, ConnectionId id, Map<String, byte[]> sealed) {
    Map<String, String> values = new HashMap<>();
    sealed.forEach(
        (name, value) ->
            values.put(name, vault.open(Owner.of(clinic), id.toString(), column(name), value)));
    return new Credentials(values);
  }

  void store(ClinicId clinic, ConnectionId id, Map<String, byte[]> sealed) {
    delete(clinic, id);
    sealed.forEach(
        (name, value) ->
            jdbc.sql(
                    "INSERT INTO clinics_connection_credentials (tenant_id, connection_id, name, sealed) VALUES (?, ?, ?, ?)")
                .params(clinic.value(), id.value(), name, value)
                .update());
  }

  void delete(ClinicId clinic, ConnectionId id) {
    jdbc.sql("DELETE FROM clinics_connection_credentials WHERE tenant_id = ? AND connection_id = ?")
        .params(clinic.value(), id.value())
        .update();
  }

  Map<String, byte[]> load(ClinicId clinic, ConnectionId id) {
    Map<String, byte[]> sealed = new HashMap<>();
    jdbc.sql(
            "SELECT name, sealed FROM clinics_connection_credentials WHERE tenant_id = ? AND connection_id = ?")
        .params(clinic.value(), id.value())
        .query(
            row -> {
              sealed.put(row.getString("name"), row.getBytes("sealed"));
            });
    return sealed;
  }

  private static String column(String name) {
    return "clinics_connection_credentials." + name;
  }
}
