package io.clinicsync.crm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.tenancy.ClinicId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What we last wrote to whom. Every method joins the caller's transaction. */
@Component
public class Pushes {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
  private static final TypeReference<Map<String, Object>> VALUES = new TypeReference<>() {};

  private final JdbcClient jdbc;
  private final Clock clock;

  Pushes(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * The last write to a patient's contact. {@code toString} shows ids only.
   *
   * @param written values by field key, as the CRM confirmed them
   * @param hash of the desired contact they came from
   * @param tags tags we set
   * @param closed channels we closed
   * @param notApplied keys the CRM accepted and did not store [R13]
   */
  public record Pushed(
      EmrId patient,
      String contactId,
      Map<String, Object> written,
      String hash,
      Set<String> tags,
      Set<String> closed,
      List<String> notApplied,
      Instant at) {

    @Override
    public String toString() {
      return "Pushed[" + patient + " -> " + contactId + "]";
    }
  }

  /** The last write to one patient's contact; empty before the first. */
  public Optional<Pushed> find(ClinicId clinic, ConnectionId connection, EmrId patient) {
    return Optional.ofNullable(find(clinic, connection, List.of(patient)).get(patient));
  }

  Map<EmrId, Pushed> find(ClinicId clinic, ConnectionId connection, Collection<EmrId> patients) {
    Map<EmrId, Pushed> found = new HashMap<>();
    jdbc.sql(
            "SELECT * FROM crm_pushed WHERE tenant_id = ? AND connection_id = ? AND patient_id = ANY (?)")
        .params(
            clinic.value(),
            connection.value(),
            patients.stream().map(EmrId::value).toArray(String[]::new))
        .query((row, number) -> read(row))
        .list()
        .forEach(pushed -> found.put(pushed.patient(), pushed));
    return found;
  }

  void save(ClinicId clinic, ConnectionId connection, Pushed pushed) {
    jdbc.sql(
            """
            INSERT INTO crm_pushed (tenant_id, connection_id, patient_id, contact_id, written, hash, tags, closed, not_applied,
              pushed_at)
            VALUES (:tenant, :connection, :patient, :contact, :written::jsonb, :hash, :tags, :closed, :notApplied, :now)
            ON CONFLICT (tenant_id, connection_id, patient_id) DO UPDATE SET contact_id = excluded.contact_id,
              written = excluded.written, hash = excluded.hash, tags = excluded.tags, closed = excluded.closed,
              not_applied = excluded.not_applied, pushed_at = excluded.pushed_at
            """)
        .param("tenant", clinic.value())
        .param("connection", connection.value())
        .param("patient", pushed.patient().value())
        .param("contact", pushed.contactId())
        .param("written", write(pushed.written()))
        .param("hash", pushed.hash())
        .param("tags", pushed.tags().toArray(String[]::new))
        .param("closed", pushed.closed().toArray(String[]::new))
        .param("notApplied", pushed.notApplied().toArray(String[]::new))
        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
        .update();
  }

  /**
   * Forgets everything written to another sub-account than this one: its contacts are not this
   * one's.
   *
   * @return whether there was anything to forget
   */
  boolean forgetOtherThan(ClinicId clinic, String locationId) {
    int before =
        jdbc.sql("SELECT count(*) FROM crm_fields WHERE tenant_id = ? AND location_id <> ?")
            .params(clinic.value(), locationId)
            .query(Integer.class)
            .single();
    if (before == 0) {
      return false;
    }
    jdbc.sql("DELETE FROM crm_pushed WHERE tenant_id = ?").param(clinic.value()).update();
    jdbc.sql("DELETE FROM crm_fields WHERE tenant_id = ?").param(clinic.value()).update();
    return true;
  }

  void forget(ClinicId clinic, ConnectionId connection, EmrId patient) {
    jdbc.sql("DELETE FROM crm_pushed WHERE tenant_id = ? AND connection_id = ? AND patient_id = ?")
        .params(clinic.value(), connection.value(), patient.value())
        .update();
  }

  private static Pushed read(ResultSet row) throws SQLException {
    return new Pushed(
        new EmrId(row.getString("patient_id")),
        row.getString("contact_id"),
        values(row.getString("written")),
        row.getString("hash"),
        Set.of((String[]) row.getArray("tags").getArray()),
        Set.of((String[]) row.getArray("closed").getArray()),
        List.of((String[]) row.getArray("not_applied").getArray()),
        row.getObject("pushed_at", OffsetDateTime.class).toInstant());
  }

  /** Numbers come back as the type the projection uses, so that equal values compare as equal. */
  private static Map<String, Object> values(String json) {
    try {
      Map<String, Object> values = new HashMap<>(JSON.readValue(json, VALUES));
      values.replaceAll(
          (key, value) ->
              value instanceof Integer || value instanceof Long
                  ? new java.math.BigDecimal(value.toString())
                  : value);
      return values;
    } catch (JsonProcessingException broken) {
      throw new IllegalStateException("A stored push could not be read");
    }
  }

  private static String write(Map<String, Object> values) {
    try {
      return JSON.writeValueAsString(values);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A push could not be written as JSON");
    }
  }
}
