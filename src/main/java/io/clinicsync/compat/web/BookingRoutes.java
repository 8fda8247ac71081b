package io.clinicsync.compat.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.booking.BookingAnswer;
import io.clinicsync.booking.BookingAnswer.Entry;
import io.clinicsync.booking.BookingRequests;
import io.clinicsync.booking.BookingRequests.Asked;
import io.clinicsync.booking.Bookings;
import io.clinicsync.booking.Code;
import io.clinicsync.bridge.HookBody;
import io.clinicsync.clinics.Connection;
import io.clinicsync.compat.web.Dialect.Done;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.tenancy.Tenancy;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** Carries out what these routes ask, in the words of the key's EMR. */
@Component
class BookingRoutes {

  private final Bookings bookings;
  private final PatientRecords records;
  private final Tenancy tenancy;
  private final ObjectMapper json;
  private final Map<String, Dialect> dialects;

  BookingRoutes(
      Bookings bookings,
      PatientRecords records,
      Tenancy tenancy,
      ObjectMapper json,
      List<Dialect> dialects) {
    this.bookings = bookings;
    this.records = records;
    this.tenancy = tenancy;
    this.json = json;
    this.dialects =
        dialects.stream().collect(Collectors.toUnmodifiableMap(Dialect::emr, Function.identity()));
  }

  /** What is asked of a route. */
  enum Wish {
    BOOK,
    UPDATE,
    CANCEL
  }

  ResponseEntity<ObjectNode> answer(Wish wish, Connection connection, HookBody body, Asked asked) {
    Dialect dialect = dialects.get(connection.emr());
    if (dialect == null) {
      throw RouteRefused.forbidden(
          "There are no routes of this kind for this EMR.", "Use /api/v1/bookings.");
    }
    Fields fields = new Fields(body, connection.zone());
    BookingAnswer answer =
        switch (wish) {
          case BOOK -> book(dialect, connection, fields, asked);
          case UPDATE -> move(dialect, connection, fields, asked);
          case CANCEL -> cancel(dialect, connection, fields, asked);
        };
    return shown(wish, dialect, connection, body, answer);
  }

  private BookingAnswer book(Dialect dialect, Connection connection, Fields fields, Asked asked) {
    BookingRequests.Book wanted = dialect.book(fields);
    fields.complete();
    return bookings.book(connection, wanted, asked);
  }

  private BookingAnswer move(Dialect dialect, Connection connection, Fields fields, Asked asked) {
    Dialect.Move wanted = dialect.move(fields);
    fields.complete();
    return bookings.reschedule(
        connection,
        new BookingRequests.Reschedule(
            wanted.appointment(),
            wanted.startsAt(),
            wanted.endsAt(),
            wanted.practitioner(),
            null,
            wanted.treatment(),
            wanted.notifyPatient()),
        asked);
  }

  private BookingAnswer cancel(Dialect dialect, Connection connection, Fields fields, Asked asked) {
    Dialect.End wanted = dialect.end(fields);
    fields.complete();
    BookingAnswer answer =
        bookings.cancel(
            connection,
            new BookingRequests.Cancel(
                wanted.appointment(),
                wanted.how().reason(),
                wanted.how().note(),
                wanted.how().notifyPatient(),
                wanted.how().notifyWaitList()),
            asked);
    if (answer.unchanged()) {
      // Documented so; the same call as the one that cancelled it gets that call's answer.
      throw RouteAnswers.refusal(answer);
    }
    return answer;
  }

  private ResponseEntity<ObjectNode> shown(
      Wish wish, Dialect dialect, Connection connection, HookBody body, BookingAnswer answer) {
    Entry appointment = answer.appointment();
    boolean stands = answer.code().isConfirmed() || answer.code() == Code.ALREADY_BOOKED;
    if (!stands || appointment == null) {
      throw RouteAnswers.refusal(answer);
    }
    Done done = new Done(connection, appointment, object(connection, appointment), body);
    ResponseEntity.BodyBuilder builder = ResponseEntity.ok();
    if (answer.replayed()) {
      builder.header("Idempotent-Replayed", "true");
    }
    return builder.body(
        switch (wish) {
          case BOOK -> dialect.booked(done);
          case UPDATE -> dialect.moved(done);
          case CANCEL -> dialect.cancelled(done);
        });
  }

  /** The appointment as the EMR has it, from the copy that was taken when it was confirmed. */
  private ObjectNode object(Connection connection, Entry appointment) {
    return tenancy
        .inClinic(
            connection.clinic(),
            () -> records.appointmentSource(connection.clinic(), connection.id(), appointment.id()))
        .map(this::parsed)
        .orElseGet(() -> json.createObjectNode().put("id", appointment.id()));
  }

  private ObjectNode parsed(String source) {
    try {
      JsonNode tree = json.readTree(source);
      return tree instanceof ObjectNode object
          ? object
          : json.createObjectNode().set("appointment", tree);
    } catch (JsonProcessingException ours) {
      throw new IllegalStateException("A stored source is not readable", ours);
    }
  }
}
