package io.clinicsync.records;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.tenancy.ClinicId;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Each connection's catalogue, kept as a whole. Every method joins the caller's transaction. */
@Component
public class Catalogues {

  private static final byte[] NO_HASH = {};

  private final JdbcClient jdbc;
  private final DueMarkers due;
  private final Clock clock;

  /**
   * A catalogue is needed with each booking and changes rarely: what was read is used again while
   * its hash stands in the database, which is asked each time.
   */
  private final Cache<Of, Parsed> parsed = Caffeine.newBuilder().maximumSize(1_000).build();

  private record Of(ClinicId clinic, ConnectionId connection) {}

  private record Parsed(byte[] hash, Catalogue catalogue) {}

  Catalogues(JdbcClient jdbc, DueMarkers due, Clock clock) {
    this.jdbc = jdbc;
    this.due = due;
    this.clock = clock;
  }

  /**
   * Stores a catalogue; patients whose appointments use a renamed entry are marked due, quietly.
   */
  public void store(ClinicId clinic, ConnectionId connection, Catalogue fresh) {
    String body = RecordJson.write(fresh);
    byte[] hash = RecordJson.hash(body);
    Catalogue old = find(clinic, connection).orElse(null);
    jdbc.sql(
            """
            INSERT INTO records_catalogues AS c (tenant_id, connection_id, body, hash, read_at)
            VALUES (:tenant, :connection, :body::jsonb, :hash, :now)
            ON CONFLICT (tenant_id, connection_id)
            DO UPDATE SET body = CASE WHEN c.hash = excluded.hash THEN c.body ELSE excluded.body END,
                          hash = excluded.hash, read_at = excluded.read_at
            """)
        .param("tenant", clinic.value())
        .param("connection", connection.value())
        .param("body", body)
        .param("hash", hash)
        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
        .update();
    if (old != null) {
      due.mark(clinic, connection, usersOf(clinic, connection, changed(old, fresh)), Cause.MAPPING);
    }
  }

  /** The catalogue as last read; empty before the first read. */
  public Optional<Catalogue> find(ClinicId clinic, ConnectionId connection) {
    Parsed known = parsed.getIfPresent(new Of(clinic, connection));
    Parsed now =
        jdbc.sql(
                "SELECT hash, CASE WHEN hash = ? THEN NULL ELSE body END AS body FROM records_catalogues"
                    + " WHERE tenant_id = ? AND connection_id = ?")
            .params(known == null ? NO_HASH : known.hash(), clinic.value(), connection.value())
            .query((row, number) -> parsed(row.getBytes("hash"), row.getString("body"), known))
            .optional()
            .orElse(null);
    if (now == null) {
      return Optional.empty();
    }
    parsed.put(new Of(clinic, connection), now);
    return Optional.of(now.catalogue());
  }

  private static Parsed parsed(byte[] hash, @Nullable String body, @Nullable Parsed known) {
    return body == null && known != null
        ? known
        : new Parsed(hash, RecordJson.read(Objects.requireNonNull(body), Catalogue.class));
  }

  /** When the catalogue was last read; empty before the first read. */
  public Optional<Instant> readAt(ClinicId clinic, ConnectionId connection) {
    return jdbc.sql(
            "SELECT read_at FROM records_catalogues WHERE tenant_id = ? AND connection_id = ?")
        .params(clinic.value(), connection.value())
        .query((row, number) -> row.getObject(1, OffsetDateTime.class).toInstant())
        .optional();
  }

  private static Set<EmrRef> changed(Catalogue old, Catalogue fresh) {
    Map<EmrRef, Object> before =
        entries(old).collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    Map<EmrRef, Object> after =
        entries(fresh).collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    Set<EmrRef> changed = new HashSet<>();
    new HashMap<>(after)
        .forEach(
            (ref, entry) -> {
              if (!entry.equals(before.get(ref))) {
                changed.add(ref);
              }
            });
    return changed;
  }

  private static Stream<Map.Entry<EmrRef, Object>> entries(Catalogue catalogue) {
    return Stream.of(
            catalogue.practitioners().stream().map(entry -> Map.entry(entry.ref(), (Object) entry)),
            catalogue.treatments().stream().map(entry -> Map.entry(entry.ref(), (Object) entry)),
            catalogue.sites().stream().map(entry -> Map.entry(entry.ref(), (Object) entry)))
        .flatMap(stream -> stream);
  }

  private List<EmrId> usersOf(ClinicId clinic, ConnectionId connection, Set<EmrRef> changed) {
    if (changed.isEmpty()) {
      return List.of();
    }
    String[] ids = changed.stream().map(ref -> ref.kind() + ":" + ref.id()).toArray(String[]::new);
    return jdbc.sql(
            """
            SELECT DISTINCT patient_id FROM records_appointments
            WHERE tenant_id = :tenant AND connection_id = :connection AND patient_id IS NOT NULL
              AND ('PRACTITIONER:' || practitioner_id = ANY (:ids) OR 'TREATMENT:' || treatment_id = ANY (:ids)
                   OR 'SITE:' || site_id = ANY (:ids))
            """)
        .param("tenant", clinic.value())
        .param("connection", connection.value())
        .param("ids", ids)
        .query((row, number) -> new EmrId(row.getString(1)))
        .list();
  }
}
