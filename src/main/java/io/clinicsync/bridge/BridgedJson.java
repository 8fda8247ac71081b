package io.clinicsync.bridge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.booking.BookingAnswer.Offer;
import io.clinicsync.bridge.Bridged.Stage;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads rows of GoHighLevel's appointments, some of whose columns are JSON. */
@Component
class BridgedJson {

  private final ObjectMapper json;

  BridgedJson(ObjectMapper json) {
    this.json = json;
  }

  /** The appointment of a row of {@code bridge_appointments}. */
  Bridged read(ResultSet row) throws SQLException {
    return new Bridged(
        new ClinicId(row.getObject("tenant_id", UUID.class)),
        new ConnectionId(row.getObject("connection_id", UUID.class)),
        row.getString("ghl_appointment_id"),
        row.getString("ghl_state"),
        row.getInt("change"),
        Stage.valueOf(row.getString("stage")),
        value(row.getString("choice"), Choice.class),
        row.getString("code"),
        row.getString("says"),
        List.of(value(row.getString("alternatives"), Offer[].class)),
        row.getString("appointment_id"),
        row.getBoolean("noted"),
        row.getInt("tries"),
        row.getInt("emr_tries"),
        row.getInt("turn"),
        row.getString("location_id"),
        row.getObject("untold_at") != null,
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }

  private <T> T value(String text, Class<T> type) {
    try {
      return json.readValue(text, type);
    } catch (JsonProcessingException ours) {
      throw new IllegalStateException(
          "A stored " + type.getSimpleName() + " is not readable", ours);
    }
  }

  String write(@Nullable Object value) {
    try {
      return json.writeValueAsString(value);
    } catch (JsonProcessingException ours) {
      throw new IllegalStateException("A value is not writable", ours);
    }
  }
}
