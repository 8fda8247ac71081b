package io.clinicsync.compat.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.booking.BookingAnswer.Entry;
import io.clinicsync.booking.BookingRequests.Book;
import io.clinicsync.emr.spi.BookingGateway.Cancellation;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;

/** Practice Better's bodies are flat; {@code apptId} is the caller's own id of the session. */
@Component
class PracticeBetterDialect implements Dialect {

  @Override
  public String emr() {
    return "practicebetter";
  }

  @Override
  public Book book(Fields fields) {
    Instant start = fields.time("apptStart", "calendar.startTime");
    Instant end = fields.optionalTime("apptEnd", "calendar.endTime");
    Duration length = fields.minutes("apptDuration", "customData.apptDuration");
    return new Book(
        fields.who("firstName", "lastName", "email", "phone", "dateOfBirth"),
        fields.required("consultantEmail", "customData.consultantEmail"),
        fields.required("serviceName", "customData.serviceName"),
        fields.optional("locationName", "customData.locationName"),
        null,
        null,
        fields.otherId("apptId", "appointmentId", "calendar.appointmentId"),
        start,
        Dialect.end(start, end, length),
        fields.note("notes", "calendar.notes"));
  }

  @Override
  public Move move(Fields fields) {
    return new Move(
        Dialect.appointment(fields),
        fields.time("apptStart", "calendar.startTime"),
        fields.optionalTime("apptEnd", "calendar.endTime"),
        fields.optional("consultantEmail", "customData.consultantEmail"),
        fields.optional("serviceName", "customData.serviceName"),
        false);
  }

  @Override
  public End end(Fields fields) {
    return new End(
        Dialect.appointment(fields),
        new Cancellation(
            Cancellation.Reason.OTHER, fields.note("reason", "cancelled_reason"), false, false));
  }

  @Override
  public ObjectNode booked(Done done) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("status", "booked")
        .put("appointmentId", done.appointment().id());
  }

  @Override
  public ObjectNode moved(Done done) {
    Entry entry = done.appointment();
    ObjectNode appointment =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", entry.id())
            .put("start", entry.startsAt().toString());
    Instant end = entry.endsAt();
    if (end != null) {
      appointment.put("end", end.toString());
      appointment.put("duration", Duration.between(entry.startsAt(), end).toMinutes());
    }
    return JsonNodeFactory.instance
        .objectNode()
        .put("status", "updated")
        .set("appointment", appointment);
  }

  @Override
  public ObjectNode cancelled(Done done) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("ok", true)
        .put("cancelled", true)
        .put("appointmentId", done.appointment().id());
  }
}
