package io.clinicsync.clinics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.OrganisationId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reads clinics without a session: they are read with each piece of work and edited rarely. Every
 * method joins the caller's transaction, whose scope decides what is seen.
 */
@Component
class ClinicRows {

  /** Reads what Hibernate writes, whatever the API's own reader is set to. */
  private static final ObjectMapper JSON = new ObjectMapper().findAndRegisterModules();

  private final JdbcClient jdbc;

  ClinicRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Optional<Clinic> find(ClinicId id) {
    return jdbc.sql("SELECT * FROM clinics WHERE id = ?")
        .param(id.value())
        .query((row, number) -> read(row))
        .optional();
  }

  /** By name. */
  List<Clinic> of(OrganisationId organisation) {
    return jdbc.sql("SELECT * FROM clinics WHERE organisation_id = ? ORDER BY name")
        .param(organisation.value())
        .query((row, number) -> read(row))
        .list();
  }

  private static Clinic read(ResultSet row) throws SQLException {
    return new Clinic(
        new ClinicId(row.getObject("id", UUID.class)),
        new OrganisationId(row.getObject("organisation_id", UUID.class)),
        row.getString("name"),
        ZoneId.of(row.getString("zone")),
        row.getString("country"),
        row.getString("currency"),
        settings(row.getString("settings")),
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }

  private static ClinicSettings settings(String body) {
    try {
      return JSON.readValue(body, ClinicSettings.class);
    } catch (JsonProcessingException ours) {
      throw new IllegalStateException("Stored settings are not readable", ours);
    }
  }
}
