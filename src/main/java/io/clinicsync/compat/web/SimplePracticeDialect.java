package io.clinicsync.compat.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.booking.BookingAnswer.Entry;
import io.clinicsync.booking.BookingRequests.Book;
import io.clinicsync.emr.spi.BookingGateway.Cancellation;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;

/** SimplePractice's bodies are flat, and its answers are our own words, not the EMR's object. */
@Component
class SimplePracticeDialect implements Dialect {

  @Override
  public String emr() {
    return "simplepractice";
  }

  @Override
  public Book book(Fields fields) {
    return new Book(
        fields.who("firstName", "lastName", "email", "phone", "dateOfBirth"),
        fields.required("clinicianEmail", "customData.clinicianEmail"),
        fields.required("serviceCode", "customData.serviceCode"),
        fields.optional("officeName", "customData.officeName"),
        null,
        null,
        fields.otherId("appointmentId", "apptId", "calendar.appointmentId"),
        fields.time("apptStart", "calendar.startTime"),
        fields.optionalTime("apptEnd", "calendar.endTime"),
        fields.note("notes", "calendar.notes"));
  }

  @Override
  public Move move(Fields fields) {
    return new Move(
        Dialect.appointment(fields),
        fields.time("apptStart", "calendar.startTime"),
        fields.optionalTime("apptEnd", "calendar.endTime"),
        fields.optional("clinicianEmail", "customData.clinicianEmail"),
        fields.optional("serviceCode", "customData.serviceCode"),
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
    Entry entry = done.appointment();
    ObjectNode appointment = times(done);
    Instant end = entry.endsAt();
    if (end != null) {
      appointment.put("duration", Duration.between(entry.startsAt(), end).toMinutes());
    }
    appointment.put("clientId", entry.patient());
    appointment.put("clinicianId", entry.practitioner());
    appointment.put("practiceId", done.connection().emrAccountId());
    appointment.put("source", "SimplePractice");
    return JsonNodeFactory.instance
        .objectNode()
        .put("status", "booked")
        .set("appointment", appointment);
  }

  @Override
  public ObjectNode moved(Done done) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("status", "updated")
        .set("appointment", times(done));
  }

  private static ObjectNode times(Done done) {
    Entry entry = done.appointment();
    ObjectNode appointment =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", entry.id())
            .put("start", entry.startsAt().toString());
    Instant end = entry.endsAt();
    appointment.put("end", end == null ? null : end.toString());
    return appointment.put(
        "serviceCode",
        done.asked().text("serviceCode", "customData.serviceCode").orElse(entry.treatment()));
  }

  /** The documented word is "deleted"; in the EMR the appointment is cancelled and stays. */
  @Override
  public ObjectNode cancelled(Done done) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("ok", true)
        .put("deleted", true)
        .put("appointmentId", done.appointment().id());
  }
}
