package io.clinicsync.compat.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.booking.BookingRequests.Book;
import io.clinicsync.emr.spi.BookingGateway.Cancellation;
import io.clinicsync.emr.spi.BookingGateway.Cancellation.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Cliniko's bodies: staff, appointment type and business under {@code customData}. */
@Component
class ClinikoDialect implements Dialect {

  /** Cliniko's own numbers of reasons. */
  private static final Map<String, Reason> REASONS =
      Map.of(
          "10", Reason.FEELING_BETTER,
          "20", Reason.CONDITION_WORSE,
          "30", Reason.SICK,
          "40", Reason.AWAY,
          "50", Reason.OTHER,
          "60", Reason.WORK);

  @Override
  public String emr() {
    return "cliniko";
  }

  @Override
  public Book book(Fields fields) {
    Instant start = fields.time("calendar.startTime", "startTime");
    Instant end = fields.optionalTime("calendar.endTime", "endTime");
    Duration length = fields.minutes("customData.appt_type_duration", "appt_type_duration");
    return new Book(
        fields.who("first_name", "last_name", "email", "phone", "date_of_birth"),
        fields.required("customData.staff_member", "staff_member"),
        fields.required("customData.appt_type_name", "appt_type_name"),
        fields.optional("customData.business_name", "business_name"),
        fields.optional("customData.appt_type_category", "appt_type_category"),
        null,
        fields.otherId("calendar.appointmentId", "appointmentId"),
        start,
        Dialect.end(start, end, length),
        fields.note("calendar.notes", "notes"));
  }

  @Override
  public Move move(Fields fields) {
    return new Move(
        Dialect.appointment(fields),
        fields.time("calendar.startTime", "startTime"),
        fields.optionalTime("calendar.endTime", "endTime"),
        fields.optional("customData.staff_member", "staff_member"),
        fields.optional("customData.appt_type_name", "appt_type_name"),
        false);
  }

  @Override
  public End end(Fields fields) {
    String number = fields.optional("cancellation_reason", "customData.cancellation_reason");
    Reason reason = number == null ? Reason.OTHER : REASONS.get(number);
    if (reason == null) {
      fields.wrong("cancellation_reason", "must be one of 10, 20, 30, 40, 50, 60");
      reason = Reason.OTHER;
    }
    return new End(
        Dialect.appointment(fields),
        new Cancellation(
            reason,
            fields.note("cancellation_note", "customData.cancellation_note"),
            false,
            false));
  }

  @Override
  public ObjectNode booked(Done done) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("success", true)
        .set("appointment", done.object());
  }

  @Override
  public ObjectNode moved(Done done) {
    return booked(done);
  }

  @Override
  public ObjectNode cancelled(Done done) {
    return booked(done);
  }
}
