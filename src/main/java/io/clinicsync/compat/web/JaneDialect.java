package io.clinicsync.compat.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.booking.BookingRequests.Book;
import io.clinicsync.emr.spi.BookingGateway.Cancellation;
import org.springframework.stereotype.Component;

/** Jane's bodies: names of staff, treatment, location and room under {@code customData}. */
@Component
class JaneDialect implements Dialect {

  @Override
  public String emr() {
    return "jane";
  }

  @Override
  public Book book(Fields fields) {
    return new Book(
        fields.who("first_name", "last_name", "email", "phone", "date_of_birth"),
        fields.required("customData.staff_member", "staff_member"),
        fields.required("customData.treatment_name", "treatment_name"),
        fields.optional("customData.clinic_location_name", "clinic_location_name"),
        null,
        fields.optional("customData.roomName", "roomName"),
        fields.otherId("calendar.appointmentId", "appointmentId"),
        fields.time("calendar.startTime", "startTime"),
        fields.optionalTime("calendar.endTime", "endTime"),
        fields.note("calendar.notes", "notes"));
  }

  @Override
  public Move move(Fields fields) {
    return new Move(
        Dialect.appointment(fields),
        fields.time("calendar.startTime", "startTime"),
        fields.optionalTime("calendar.endTime", "endTime"),
        fields.optional("customData.staff_member", "staff_member"),
        fields.optional("customData.treatment_name", "treatment_name"),
        fields.flag("with_notifications", "customData.with_notifications"));
  }

  @Override
  public End end(Fields fields) {
    return new End(
        Dialect.appointment(fields),
        new Cancellation(
            Cancellation.Reason.OTHER,
            fields.note("cancelled_reason", "customData.cancelled_reason"),
            fields.flag("with_notifications", "customData.with_notifications"),
            fields.flag("send_wlns", "customData.send_wlns")));
  }

  @Override
  public ObjectNode booked(Done done) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("message", "Appointment booked successfully")
        .set("bookedAppointment", done.object());
  }

  @Override
  public ObjectNode moved(Done done) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("success", true)
        .set("appointment", done.object());
  }

  @Override
  public ObjectNode cancelled(Done done) {
    return moved(done);
  }
}
