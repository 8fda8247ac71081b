package io.clinicsync.booking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The policies of a connection: one for all its treatments, and one for each that differs. */
@Component
public class Policies {

  private static final String FOR_ALL = "";

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final ObjectMapper json;

  Policies(Tenancy tenancy, JdbcClient jdbc, ObjectMapper json) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.json = json;
  }

  /** What holds for a treatment; null asks for what holds for all that have none of their own. */
  public BookingPolicy of(ClinicId clinic, ConnectionId connection, @Nullable String treatment) {
    return of(all(clinic, connection), treatment);
  }

  /** What holds for a treatment among those that {@link #all} gave. */
  static BookingPolicy of(Map<String, BookingPolicy> all, @Nullable String treatment) {
    BookingPolicy general = all.getOrDefault(FOR_ALL, BookingPolicy.DEFAULT);
    return treatment == null ? general : all.getOrDefault(treatment, general);
  }

  /** Every policy that was decided, by treatment; that for all stands under the empty text. */
  public Map<String, BookingPolicy> all(ClinicId clinic, ConnectionId connection) {
    Map<String, BookingPolicy> all = new HashMap<>();
    tenancy.inClinic(
        clinic,
        () ->
            jdbc.sql(
                    "SELECT treatment_id, body FROM booking_policies WHERE tenant_id = ? AND connection_id = ?")
                .params(clinic.value(), connection.value())
                .query(
                    row -> {
                      all.put(row.getString(1), read(row.getString(2)));
                    }));
    return all;
  }

  /** Decides. */
  public void decide(
      ClinicId clinic, ConnectionId connection, @Nullable String treatment, BookingPolicy policy) {
    String body = write(policy);
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql(
                  """
                  INSERT INTO booking_policies (tenant_id, connection_id, treatment_id, body)
                  VALUES (?, ?, ?, ?::jsonb)
                  ON CONFLICT (tenant_id, connection_id, treatment_id) DO UPDATE SET body = excluded.body
                  """)
              .params(
                  clinic.value(), connection.value(), treatment == null ? FOR_ALL : treatment, body)
              .update();
        });
  }

  private BookingPolicy read(String body) {
    try {
      ObjectNode whole = json.valueToTree(BookingPolicy.DEFAULT);
      json.readTree(body).properties().forEach(each -> whole.set(each.getKey(), each.getValue()));
      return json.treeToValue(whole, BookingPolicy.class);
    } catch (JsonProcessingException ours) {
      throw new IllegalStateException("A stored policy is not readable", ours);
    }
  }

  private String write(BookingPolicy policy) {
    try {
      return json.writeValueAsString(policy);
    } catch (JsonProcessingException ours) {
      throw new IllegalStateException("A policy is not writable", ours);
    }
  }
}
