package io.clinicsync.booking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.booking.Attempt.Operation;
import io.clinicsync.booking.Attempt.State;
import io.clinicsync.booking.BookingRequests.OtherId;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.tenancy.ClinicId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** How attempts, their answers and their traces stand in the database. */
@Component
class AttemptRows {

  private final ObjectMapper json;

  AttemptRows(ObjectMapper json) {
    this.json = json;
  }

  Attempt read(ResultSet row) throws SQLException {
    String patient = row.getString("patient_id");
    Instant starts = instant(row, "starts_at");
    Instant ends = instant(row, "ends_at");
    NewBooking booking =
        patient == null || starts == null || ends == null
            ? null
            : new NewBooking(
                EmrRef.patient(patient),
                EmrRef.of(RecordKind.PRACTITIONER, row.getString("practitioner_id")),
                EmrRef.of(RecordKind.TREATMENT, row.getString("treatment_id")),
                EmrRef.of(RecordKind.SITE, row.getString("site_id")),
                null,
                starts,
                ends,
                row.getInt("seats"),
                null);
    return new Attempt(
        row.getObject("id", UUID.class),
        new ClinicId(row.getObject("tenant_id", UUID.class)),
        new ConnectionId(row.getObject("connection_id", UUID.class)),
        Operation.valueOf(row.getString("operation")),
        State.valueOf(row.getString("state")),
        booking,
        row.getString("appointment_id"),
        row.getString("note"),
        instant(row, "sent_at"),
        back(row.getString("back")),
        row.getString("release_id"),
        otherId(row.getString("other_id_of"), row.getString("other_id")),
        row.getInt("turn"));
  }

  private static @Nullable OtherId otherId(@Nullable String of, @Nullable String id) {
    return of == null || id == null ? null : new OtherId(OtherId.Of.valueOf(of), id);
  }

  private Attempt.@Nullable Back back(@Nullable String text) {
    try {
      return text == null ? null : json.readValue(text, Attempt.Back.class);
    } catch (JsonProcessingException ours) {
      throw new IllegalStateException("A stored way back is not readable", ours);
    }
  }

  BookingAnswer answer(String text) {
    try {
      return json.readValue(text, BookingAnswer.class);
    } catch (JsonProcessingException ours) {
      throw new IllegalStateException("A stored answer is not readable", ours);
    }
  }

  List<Trace.Step> steps(String text) {
    try {
      return List.of(json.readValue(text, Trace.Step[].class));
    } catch (JsonProcessingException ours) {
      throw new IllegalStateException("A stored trace is not readable", ours);
    }
  }

  String write(Object value) {
    try {
      return json.writeValueAsString(value);
    } catch (JsonProcessingException ours) {
      throw new IllegalStateException("An answer is not writable", ours);
    }
  }

  static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }

  static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
