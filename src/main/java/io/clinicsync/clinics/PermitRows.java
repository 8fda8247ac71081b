package io.clinicsync.clinics;

import io.clinicsync.http.Gcra;
import io.clinicsync.http.Quota;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The limiters' states in the database. The database's clock is the one clock all nodes share. */
@Component
class PermitRows {

  private final Tenancy tenancy;
  private final JdbcClient jdbc;

  PermitRows(Tenancy tenancy, JdbcClient jdbc) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
  }

  /** A new state and what the caller wanted to know. */
  record Changed<T>(Gcra.State state, T result) {}

  private record Row(@Nullable String state, Instant now) {}

  /** Changes a quota's state under its row lock. Opens a short transaction of its own. */
  <T> T change(Quota quota, BiFunction<Gcra.State, Instant, Changed<T>> step) {
    ClinicId clinic = new ClinicId(quota.tenant());
    return tenancy.inClinic(
        clinic,
        () -> {
          Row row = lock(clinic, quota).orElseGet(() -> insert(clinic, quota));
          Gcra.State before = row.state() == null ? Gcra.State.fresh(row.now()) : read(row.state());
          Changed<T> changed = step.apply(before, row.now());
          if (!changed.state().equals(before)) {
            jdbc.sql(
                    "UPDATE clinics_permits SET state = ?, changed_at = clock_timestamp() WHERE tenant_id = ? AND owner = ?")
                .params(write(changed.state()), clinic.value(), quota.owner())
                .update();
          }
          return changed.result();
        });
  }

  private Optional<Row> lock(ClinicId clinic, Quota quota) {
    return jdbc.sql(
            "SELECT state, clock_timestamp() AS now FROM clinics_permits WHERE tenant_id = ? AND owner = ? FOR UPDATE")
        .params(clinic.value(), quota.owner())
        .query(
            (row, number) ->
                new Row(
                    row.getString("state").isEmpty() ? null : row.getString("state"),
                    row.getObject("now", OffsetDateTime.class).toInstant()))
        .optional();
  }

  private Row insert(ClinicId clinic, Quota quota) {
    jdbc.sql(
            "INSERT INTO clinics_permits (tenant_id, owner, state, changed_at) VALUES (?, ?, '', now()) ON CONFLICT DO NOTHING")
        .params(clinic.value(), quota.owner())
        .update();
    return lock(clinic, quota).orElseThrow();
  }

  private static String write(Gcra.State state) {
    return String.join(
        " ",
        state.asOf().toString(),
        state.arrival().toString(),
        state.dayArrival().toString(),
        text(state.bookingSeen()),
        text(state.reservedSince()),
        state.pausedUntil().toString());
  }

  private static Gcra.State read(String text) {
    String[] parts = text.split(" ", -1);
    return new Gcra.State(
        Instant.parse(parts[0]),
        Instant.parse(parts[1]),
        Instant.parse(parts[2]),
        instant(parts[3]),
        instant(parts[4]),
        Instant.parse(parts[5]));
  }

  private static String text(@Nullable Instant instant) {
    return instant == null ? "-" : instant.toString();
  }

  private static @Nullable Instant instant(String text) {
    return text.equals("-") ? null : Instant.parse(text);
  }
}
