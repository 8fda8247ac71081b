package io.clinicsync.compat.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.booking.BookingRequests.Book;
import io.clinicsync.emr.spi.BookingGateway.Cancellation;
import org.springframework.stereotype.Component;

/**
 * Nookal's bodies. What they carry as {@code basicKey} and {@code region} is not read: the
 * connection has its own.
 */
@Component
class NookalDialect implements Dialect {

  @Override
  public String emr() {
    return "nookal";
  }

  @Override
  public Book book(Fields fields) {
    return new Book(
        fields.who(
            "patientFirstName", "patientLastName", "patientEmail", "patientMobile", "patientDOB"),
        fields.required("customData.practitionerName", "practitionerName"),
        fields.required("customData.serviceCode", "serviceCode"),
        fields.optional("customData.locationName", "locationName"),
        null,
        null,
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
        fields.optional("customData.practitionerName", "practitionerName"),
        fields.optional("customData.serviceCode", "serviceCode"),
        false);
  }

  @Override
  public End end(Fields fields) {
    return new End(
        Dialect.appointment(fields),
        new Cancellation(
            Cancellation.Reason.OTHER,
            fields.note("cancellation_note", "cancelled_reason"),
            false,
            false));
  }

  @Override
  public ObjectNode booked(Done done) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("success", true);
    String id = done.appointment().id();
    if (id.matches("[0-9]{1,18}")) {
      answer.put("apptID", Long.parseLong(id));
    } else {
      answer.put("apptID", id);
    }
    return answer.set("appointment", done.object());
  }

  @Override
  public ObjectNode moved(Done done) {
    return JsonNodeFactory.instance.objectNode().put("success", true).set("updated", done.object());
  }

  @Override
  public ObjectNode cancelled(Done done) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("success", true)
        .set("canceled", done.object());
  }
}
