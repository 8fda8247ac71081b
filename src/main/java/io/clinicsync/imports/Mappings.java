package io.clinicsync.imports;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import java.time.Instant;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Saved column mappings. Each method joins the caller's transaction. */
@Component
class Mappings {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, String>> COLUMNS = new TypeReference<>() {};

  private final JdbcClient jdbc;

  Mappings(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  ColumnMapping find(ClinicId clinic, ConnectionId connection, String kind) {
    return jdbc.sql(
            "SELECT columns, dates, times FROM imports_mappings WHERE tenant_id = ? AND connection_id = ? AND kind = ?")
        .params(clinic.value(), connection.value(), kind)
        .query(
            (row, number) ->
                new ColumnMapping(
                    read(row.getString("columns")), row.getString("dates"), row.getString("times")))
        .optional()
        .orElse(ColumnMapping.USUAL);
  }

  void save(
      ClinicId clinic, ConnectionId connection, String kind, ColumnMapping mapping, Instant now) {
    jdbc.sql(
            """
            INSERT INTO imports_mappings (tenant_id, connection_id, kind, columns, dates, times, saved_at)
            VALUES (?, ?, ?, ?::jsonb, ?, ?, ?)
            ON CONFLICT (tenant_id, connection_id, kind) DO UPDATE SET
              columns = excluded.columns, dates = excluded.dates, times = excluded.times, saved_at = excluded.saved_at
            """)
        .params(
            clinic.value(),
            connection.value(),
            kind,
            write(mapping.columns()),
            mapping.dates(),
            mapping.times(),
            ImportStore.utc(now))
        .update();
  }

  private static String write(Map<String, String> columns) {
    try {
      return JSON.writeValueAsString(columns);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A mapping could not be written");
    }
  }

  private static Map<String, String> read(String text) {
    try {
      return JSON.readValue(text, COLUMNS);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A stored mapping could not be read");
    }
  }
}
