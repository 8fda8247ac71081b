package io.clinicsync.records;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.tenancy.ClinicId;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Writes down what happened to appointments, at most once per version of them [TR-1]. */
@Component
class Transitions {

  private final JdbcClient jdbc;
  private final Clock clock;

  Transitions(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  void add(ClinicId clinic, ConnectionId connection, List<Transition> found) {
    if (found.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            INSERT INTO records_transitions (tenant_id, connection_id, appointment_id, patient_id, type, version,
                                             occurred_at, detected_at, starts_at, previous_starts_at)
            SELECT :tenant, :connection, a, p, t, v, o::timestamptz, :now, s::timestamptz, b::timestamptz
            FROM unnest(:appointments::text[], :patients::text[], :types::text[], :versions::text[], :occurred::text[],
                        :starts::text[], :before::text[]) AS f (a, p, t, v, o, s, b)
            ON CONFLICT DO NOTHING
            """)
        .param("tenant", clinic.value())
        .param("connection", connection.value())
        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
        .param(
            "appointments",
            column(found, transition -> transition.appointment().ref().id().value()))
        .param("patients", column(found, transition -> id(transition.appointment().patient())))
        .param("types", column(found, transition -> transition.type().name()))
        .param("versions", column(found, Transitions::version))
        .param("occurred", column(found, transition -> transition.occurredAt().toString()))
        .param(
            "starts", column(found, transition -> transition.appointment().startsAt().toString()))
        .param(
            "before",
            column(
                found,
                transition -> {
                  Instant previous = transition.previousStart();
                  return previous == null ? null : previous.toString();
                }))
        .update();
  }

  /**
   * The vendor's change time names the version; an EMR without one is told apart by the content.
   */
  private static String version(Transition transition) {
    Instant changed = transition.appointment().changedAt();
    return changed != null
        ? changed.toString()
        : java.util.HexFormat.of()
            .formatHex(RecordJson.hash(RecordJson.write(transition.appointment())));
  }

  private static @Nullable String id(@Nullable EmrRef ref) {
    return ref == null ? null : ref.id().value();
  }

  private static @Nullable String[] column(
      List<Transition> found, Function<Transition, @Nullable String> value) {
    return found.stream().map(value).toArray(String[]::new);
  }
}
