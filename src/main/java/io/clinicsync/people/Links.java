package io.clinicsync.people;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.tenancy.ClinicId;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The links in the database. Every method joins the caller's transaction. */
@Component
public class Links {

  private final JdbcClient jdbc;
  private final Clock clock;

  Links(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** Who holds an address natively. */
  public record Holder(ConnectionId connection, EmrId patient, @Nullable String contactId) {}

  /** A link in the review queue. */
  public record InReview(ConnectionId connection, Link link, Instant since) {}

  public Optional<Link> find(ClinicId clinic, ConnectionId connection, EmrId patient) {
    return Optional.ofNullable(find(clinic, connection, List.of(patient)).get(patient));
  }

  /** The links of these patients; those never looked for are left out. */
  public Map<EmrId, Link> find(
      ClinicId clinic, ConnectionId connection, Collection<EmrId> patients) {
    Map<EmrId, Link> found = new HashMap<>();
    jdbc.sql(
            "SELECT * FROM people_links WHERE tenant_id = ? AND connection_id = ? AND patient_id = ANY (?)")
        .params(
            clinic.value(),
            connection.value(),
            patients.stream().map(EmrId::value).toArray(String[]::new))
        .query((row, number) -> read(row))
        .list()
        .forEach(link -> found.put(link.patient(), link));
    return found;
  }

  /** A patient and the contact it is linked to. */
  public record Share(ConnectionId connection, EmrId patient, String contact) {}

  /** Every patient, of whatever connection, that is linked to one of these contacts. */
  public List<Share> sharing(ClinicId clinic, Collection<String> contacts) {
    return jdbc.sql(
            "SELECT connection_id, patient_id, contact_id FROM people_links"
                + " WHERE tenant_id = ? AND contact_id = ANY (?) AND state = 'LINKED'")
        .params(clinic.value(), contacts.toArray(String[]::new))
        .query(Links::share)
        .list();
  }

  /** Patients of other connections that are linked to the same contacts as these. */
  public List<Share> besides(ClinicId clinic, ConnectionId connection, Collection<EmrId> patients) {
    return jdbc.sql(
            """
            SELECT DISTINCT o.connection_id, o.patient_id, o.contact_id FROM people_links l
              JOIN people_links o ON o.tenant_id = l.tenant_id AND o.contact_id = l.contact_id
                AND o.connection_id <> l.connection_id AND o.state = 'LINKED'
             WHERE l.tenant_id = ? AND l.connection_id = ? AND l.patient_id = ANY (?) AND l.state = 'LINKED'
            """)
        .params(
            clinic.value(),
            connection.value(),
            patients.stream().map(EmrId::value).toArray(String[]::new))
        .query(Links::share)
        .list();
  }

  private static Share share(ResultSet row, int number) throws SQLException {
    return new Share(
        new ConnectionId(row.getObject("connection_id", UUID.class)),
        new EmrId(row.getString("patient_id")),
        row.getString("contact_id"));
  }

  /** Which patients of this connection are linked to these contacts already. */
  Map<String, Set<EmrRef>> patientsOf(
      ClinicId clinic, ConnectionId connection, Collection<String> contacts) {
    Map<String, Set<EmrRef>> found = new HashMap<>();
    if (contacts.isEmpty()) {
      return found;
    }
    jdbc.sql(
            """
            SELECT contact_id, patient_id FROM people_links
            WHERE tenant_id = ? AND connection_id = ? AND contact_id = ANY (?) AND state = 'LINKED'
            """)
        .params(clinic.value(), connection.value(), contacts.toArray(String[]::new))
        .query(
            row -> {
              found
                  .computeIfAbsent(row.getString("contact_id"), id -> new HashSet<>())
                  .add(EmrRef.of(RecordKind.PATIENT, row.getString("patient_id")));
            });
    return found;
  }

  /** Who of our own patients holds this e-mail natively. */
  Optional<Holder> holderOfEmail(ClinicId clinic, String email) {
    return holder(clinic, "email", email);
  }

  /** Who of our own patients holds this phone natively. */
  Optional<Holder> holderOfPhone(ClinicId clinic, String phone) {
    return holder(clinic, "phone", phone);
  }

  private Optional<Holder> holder(ClinicId clinic, String column, String value) {
    return jdbc.sql(
            "SELECT connection_id, patient_id, contact_id FROM people_links WHERE tenant_id = ? AND "
                + column
                + " = ?")
        .params(clinic.value(), value)
        .query(
            (row, number) ->
                new Holder(
                    new ConnectionId(row.getObject("connection_id", UUID.class)),
                    new EmrId(row.getString("patient_id")),
                    row.getString("contact_id")))
        .optional();
  }

  /**
   * Stores a link as it stands now and gives it back as it was stored: an address somebody else
   * holds meanwhile is left to the holder [ID-4]; two takers at once are told apart by the unique
   * index.
   */
  public Link save(ClinicId clinic, ConnectionId connection, Link link, @Nullable UUID decidedBy) {
    return jdbc.sql(
            """
            INSERT INTO people_links (tenant_id, connection_id, patient_id, state, contact_id, rule, candidates, email, phone,
              attempt_at, recreated, decided_by, decided_at)
            SELECT :tenant, :connection, :patient, :state, :contact, :rule, :candidates,
              CASE WHEN NOT EXISTS (SELECT FROM people_links h WHERE h.tenant_id = :tenant AND h.email = :email
                AND (h.connection_id, h.patient_id) <> (:connection, :patient)) THEN :email END,
              CASE WHEN NOT EXISTS (SELECT FROM people_links h WHERE h.tenant_id = :tenant AND h.phone = :phone
                AND (h.connection_id, h.patient_id) <> (:connection, :patient)) THEN :phone END,
              :attempt, :recreated, :by, :now
            ON CONFLICT (tenant_id, connection_id, patient_id) DO UPDATE SET state = excluded.state,
              contact_id = excluded.contact_id, rule = excluded.rule, candidates = excluded.candidates,
              email = excluded.email, phone = excluded.phone, attempt_at = excluded.attempt_at,
              recreated = excluded.recreated, decided_by = excluded.decided_by, decided_at = excluded.decided_at
            RETURNING *
            """)
        .param("tenant", clinic.value())
        .param("connection", connection.value())
        .param("patient", link.patient().value())
        .param("state", link.state().name())
        .param("contact", link.contactId())
        .param("rule", link.rule())
        .param("candidates", link.candidates().toArray(String[]::new))
        .param("email", link.email())
        .param("phone", link.phone())
        .param("attempt", utc(link.attemptAt()))
        .param("recreated", link.recreated())
        .param("by", decidedBy)
        .param("now", utc(clock.instant()))
        .query((row, number) -> read(row))
        .single();
  }

  /**
   * A contact vanished from the CRM: whoever was linked to it is looked for anew [ID-6]. Says who
   * that is.
   */
  public List<Share> vanished(ClinicId clinic, String contact) {
    return jdbc.sql(
            """
            UPDATE people_links SET state = 'GONE', contact_id = NULL, candidates = '{}', email = NULL, phone = NULL,
              attempt_at = NULL, decided_at = :now
            WHERE tenant_id = :tenant AND contact_id = :contact AND state = 'LINKED'
            RETURNING connection_id, patient_id, CAST(:contact AS text) AS contact_id
            """)
        .param("now", utc(clock.instant()))
        .param("tenant", clinic.value())
        .param("contact", contact)
        .query(Links::share)
        .list();
  }

  /** Forgets which contacts patients are, because the clinic's sub-account is another one now. */
  public void forgetContacts(ClinicId clinic) {
    jdbc.sql("DELETE FROM people_links WHERE tenant_id = ?").param(clinic.value()).update();
  }

  /** The review queue, oldest first. */
  public List<InReview> inReview(ClinicId clinic, int limit) {
    return jdbc.sql(
            "SELECT * FROM people_links WHERE tenant_id = ? AND state = 'REVIEW' ORDER BY decided_at LIMIT ?")
        .params(clinic.value(), limit)
        .query(
            (row, number) ->
                new InReview(
                    new ConnectionId(row.getObject("connection_id", UUID.class)),
                    read(row),
                    row.getObject("decided_at", OffsetDateTime.class).toInstant()))
        .list();
  }

  /** How many patients stand where, by state and rule. */
  public Map<String, Integer> tally(ClinicId clinic, ConnectionId connection) {
    Map<String, Integer> tally = new HashMap<>();
    jdbc.sql(
            "SELECT state, coalesce(rule, '') AS rule, count(*) AS n FROM people_links WHERE tenant_id = ? AND connection_id = ? GROUP BY 1, 2")
        .params(clinic.value(), connection.value())
        .query(
            row -> {
              tally.put(row.getString("state") + ":" + row.getString("rule"), row.getInt("n"));
            });
    return tally;
  }

  private static Link read(ResultSet row) throws SQLException {
    Array candidates = row.getArray("candidates");
    OffsetDateTime attempt = row.getObject("attempt_at", OffsetDateTime.class);
    return new Link(
        new EmrId(row.getString("patient_id")),
        Link.State.valueOf(row.getString("state")),
        row.getString("contact_id"),
        row.getString("rule"),
        List.of((String[]) candidates.getArray()),
        row.getString("email"),
        row.getString("phone"),
        attempt == null ? null : attempt.toInstant(),
        row.getInt("recreated"));
  }

  private static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }
}
