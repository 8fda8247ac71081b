package io.clinicsync.compat.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.booking.BookingAnswer.Entry;
import io.clinicsync.booking.BookingRequests.Book;
import io.clinicsync.bridge.HookBody;
import io.clinicsync.clinics.Connection;
import io.clinicsync.emr.spi.BookingGateway.Cancellation;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How the routes of one EMR read their bodies and word their success. */
interface Dialect {

  /** The EMR's id. */
  String emr();

  /** The appointment to book. */
  Book book(Fields fields);

  /** The move a body asks for; every route of this kind names the appointment. */
  Move move(Fields fields);

  /** The cancellation a body asks for. */
  End end(Fields fields);

  /** The documented answer to a booking the EMR confirmed. */
  ObjectNode booked(Done done);

  /** The documented answer to a move the EMR confirmed. */
  ObjectNode moved(Done done);

  /** The documented answer to a cancellation the EMR confirmed. */
  ObjectNode cancelled(Done done);

  /** Another time for an appointment, named by whatever id the caller has. */
  record Move(
      String appointment,
      Instant startsAt,
      @Nullable Instant endsAt,
      @Nullable String practitioner,
      @Nullable String treatment,
      boolean notifyPatient) {}

  /** The end of an appointment, named by whatever id the caller has. */
  record End(String appointment, Cancellation how) {}

  /**
   * What the EMR confirmed.
   *
   * @param object the appointment as the EMR has it
   * @param asked the call's body, for what answers repeat
   */
  record Done(Connection connection, Entry appointment, ObjectNode object, HookBody asked) {}

  /** The appointment's id as workflow builders place it. */
  static String appointment(Fields fields) {
    return fields.required("appointmentId", "calendar.appointmentId", "customData.appointmentId");
  }

  /** The end that was given, else the start and the length that was given, else none. */
  static @Nullable Instant end(
      Instant start, @Nullable Instant end, java.time.@Nullable Duration length) {
    return end != null || length == null ? end : start.plus(length);
  }
}
