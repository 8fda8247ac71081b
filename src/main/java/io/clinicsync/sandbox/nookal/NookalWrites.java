package io.clinicsync.sandbox.nookal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Answer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What v2 writes, in snake case. Parameters it does not know are ignored and the write succeeds
 * without them. The caller holds the account's lock.
 */
final class NookalWrites {

  private static final Map<String, String> PATIENT = new LinkedHashMap<>();

  static {
    PATIENT.put("first_name", "FirstName");
    PATIENT.put("last_name", "LastName");
    PATIENT.put("date_of_birth", "DOB");
    PATIENT.put("email", "Email");
    PATIENT.put("mobile", "Mobile");
    PATIENT.put("address_line_1", "Addr1");
    PATIENT.put("city", "City");
    PATIENT.put("state", "State");
    PATIENT.put("postcode", "Postcode");
  }

  private final NookalAccount account;
  private final NookalForm form;

  NookalWrites(NookalAccount account, NookalForm form) {
    this.account = account;
    this.form = form;
  }

  /** Null when there is no such function. */
  @Nullable Answer write(String function) {
    return switch (function) {
      case "addPatient" -> addPatient();
      case "editPatient" -> editPatient();
      case "addAppointmentBooking" -> add();
      case "updateAppointmentBooking" -> update();
      case "rebookAppointment" -> rebook();
      case "cancelAppointment" -> cancel();
      case "addClassBooking" -> addToClass();
      default -> null;
    };
  }

  private static Answer refused(String code, String message) {
    return NookalAnswers.failure(code, message, List.of());
  }

  private Answer done(String function, ObjectNode results, String id, ObjectNode row) {
    return NookalAnswers.results(function, results)
        .with("X-Sandbox-Id", id)
        .with("X-Sandbox-Version", row.toString());
  }

  private static ObjectNode object() {
    return NookalAccount.JSON.createObjectNode();
  }

  /** Notes are read in another character set than they are sent in. */
  private static String twice(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private Answer addPatient() {
    List<String> missing = form.missing("first_name", "last_name", "date_of_birth");
    if (!missing.isEmpty()) {
      return NookalAnswers.missing("L011", missing);
    }
    String location =
        form.has("location_id")
            ? form.get("location_id")
            : account.table("locations").ids().getFirst();
    ObjectNode row = NookalShapes.patient(account, location, account.state().second());
    fill(row);
    String id = row.path("ID").asText();
    account.table("patients").put(id, row);
    return done("addPatient", object().put("patient_id", id), id, row);
  }

  private Answer editPatient() {
    ObjectNode row = account.table("patients").find(form.get("patient_id")).orElse(null);
    if (row == null) {
      return refused("L012", "Patient not found");
    }
    fill(row);
    account.touch(row);
    String id = row.path("ID").asText();
    return done("editPatient", object().put("patient_id", id), id, row);
  }

  private void fill(ObjectNode row) {
    PATIENT.forEach(
        (parameter, member) -> {
          if (form.has(parameter)) {
            row.put(member, form.get(parameter));
          }
        });
    if (form.has("phone") && !form.has("mobile")) {
      row.put("Mobile", form.get("phone"));
    }
    if (form.has("notes")) {
      row.put("Notes", twice(form.get("notes")));
    }
  }

  private @Nullable Instant start(String location) {
    try {
      return LocalDate.parse(form.get("appointment_date"))
          .atTime(LocalTime.parse(form.get("start_time")))
          .atZone(account.zoneAt(location))
          .toInstant();
    } catch (DateTimeException unreadable) {
      return null;
    }
  }

  private Instant end(Instant start, String service) {
    // There is no end time: it follows from the service.
    ObjectNode row = account.table("services").require(service);
    int minutes = row.path("Duration").asInt() + account.switches().longer;
    return start.plus(Duration.ofMinutes(minutes));
  }

  private @Nullable Answer impossible(
      String location, String practitioner, String service, String patient) {
    boolean known =
        account.table("locations").find(location).isPresent()
            && account.isTicked(location)
            && account.table("practitioners").find(practitioner).isPresent()
            && account.table("services").find(service).isPresent()
            && account.table("patients").find(patient).isPresent();
    return known ? null : refused("L021", "Invalid location, practitioner, service or patient");
  }

  private boolean taken(String practitioner, Instant start, Instant end, String except) {
    return !form.is("allow_overlap_bookings")
        && !account.switches().acceptsOverlaps
        && new NookalRoster(account).overlaps(practitioner, start, end, except);
  }

  private Answer add() {
    List<String> missing =
        form.missing(
            "location_id",
            "appointment_date",
            "start_time",
            "patient_id",
            "practitioner_id",
            "appointment_type_id");
    if (!missing.isEmpty()) {
      return NookalAnswers.missing("L021", missing);
    }
    String service = form.get("appointment_type_id");
    Answer refusal =
        impossible(
            form.get("location_id"), form.get("practitioner_id"), service, form.get("patient_id"));
    Instant start = start(form.get("location_id"));
    if (refusal != null || start == null) {
      return refusal != null ? refusal : refused("L021", "Invalid date or time");
    }
    Instant end = end(start, service);
    if (taken(form.get("practitioner_id"), start, end, "")) {
      return refused("L021_4", "The practitioner already has a booking at this time");
    }
    ObjectNode row =
        NookalShapes.appointment(
            account,
            form.get("patient_id"),
            form.get("practitioner_id"),
            form.get("location_id"),
            service);
    NookalShapes.timed(account, row, start, end);
    row.put("Notes", twice(form.get("notes")));
    String id = row.path("ID").asText();
    account.table("appointments").put(id, row);
    return done("addAppointmentBooking", object().put("appointment_id", id), id, row);
  }

  private Answer update() {
    ObjectNode row = account.table("appointments").find(form.get("appointment_id")).orElse(null);
    if (row == null) {
      return refused("L022", "Appointment not found");
    }
    ObjectNode wanted = row.deepCopy();
    take(wanted, "location_id", "locationID");
    take(wanted, "practitioner_id", "practitionerID");
    take(wanted, "appointment_type_id", "appointmentTypeID");
    take(wanted, "patient_id", "patientID");
    String service = wanted.path("appointmentTypeID").asText();
    Answer refusal =
        impossible(
            wanted.path("locationID").asText(),
            wanted.path("practitionerID").asText(),
            service,
            wanted.path("patientID").asText());
    if (refusal != null) {
      return refusal;
    }
    if (form.has("appointment_date") || form.has("start_time")) {
      Instant start = start(wanted.path("locationID").asText());
      if (start == null) {
        return refused("L022", "Invalid date or time");
      }
      NookalShapes.timed(account, wanted, start, end(start, service));
    }
    if (taken(
        wanted.path("practitionerID").asText(),
        NookalAccount.instant(wanted, "_start"),
        NookalAccount.instant(wanted, "_end"),
        wanted.path("ID").asText())) {
      return refused("L022_4", "The practitioner already has a booking at this time");
    }
    if (form.has("notes")) {
      wanted.put("Notes", twice(form.get("notes")));
    }
    status(wanted, form.get("status"));
    row.setAll(wanted);
    account.touch(row);
    String id = row.path("ID").asText();
    return done("updateAppointmentBooking", object().put("appointment_id", id), id, row);
  }

  private void take(ObjectNode row, String parameter, String member) {
    if (form.has(parameter)) {
      row.put(member, form.get(parameter));
    }
  }

  private void status(ObjectNode row, String word) {
    switch (word) {
      case "Completed" -> row.put("status", "Completed").put("arrived", "1");
      case "Pending" -> row.putNull("status");
      case "Cancelled" -> account.edits().cancelled(row);
      case "DNA" -> row.put("DNA", "1");
      default -> {
        // Ignored, like everything it does not know.
      }
    }
  }

  private Answer rebook() {
    List<String> missing =
        form.missing(
            "appointment_id",
            "patient_id",
            "location_id",
            "practitioner_id",
            "appointment_date",
            "start_time");
    if (!missing.isEmpty()) {
      return NookalAnswers.missing("L023", missing);
    }
    ObjectNode old = account.table("appointments").find(form.get("appointment_id")).orElse(null);
    if (old == null || !old.path("patientID").asText().equals(form.get("patient_id"))) {
      return refused("L023", "Appointment not found");
    }
    String service = old.path("appointmentTypeID").asText();
    Answer refusal =
        impossible(
            form.get("location_id"), form.get("practitioner_id"), service, form.get("patient_id"));
    Instant start = start(form.get("location_id"));
    if (refusal != null || start == null) {
      return refusal != null ? refusal : refused("L023", "Invalid date or time");
    }
    boolean first = form.is("cancel_first");
    Instant end = end(start, service);
    String except = first ? old.path("ID").asText() : "";
    if (taken(form.get("practitioner_id"), start, end, except)) {
      return refused("L023_4", "The practitioner already has a booking at this time");
    }
    if (first) {
      account.edits().cancelled(old);
      account.touch(old);
    }
    ObjectNode row =
        NookalShapes.appointment(
            account,
            form.get("patient_id"),
            form.get("practitioner_id"),
            form.get("location_id"),
            service);
    NookalShapes.timed(account, row, start, end);
    String id = row.path("ID").asText();
    account.table("appointments").put(id, row);
    ObjectNode results = object().put("ID", id).put("patientID", form.get("patient_id"));
    return done("rebookAppointment", results, id, row);
  }

  /** A place in a class is cancelled by the number that booking it gave. */
  private Answer cancel() {
    List<String> missing = form.missing("appointment_id", "patient_id");
    if (!missing.isEmpty()) {
      return NookalAnswers.missing("L024", missing);
    }
    String id = form.get("appointment_id");
    ObjectNode row =
        account
            .table("appointments")
            .find(id)
            .orElseGet(
                () ->
                    account.table("participants").all().stream()
                        .filter(each -> each.path("_id").asText().equals(id))
                        .findFirst()
                        .orElse(null));
    if (row == null || !row.path("patientID").asText().equals(form.get("patient_id"))) {
      return refused("L024", "Appointment not found");
    }
    if (!row.path("cancelled").asText().equals("1")) {
      account.edits().cancelled(row);
      account.touch(row);
    }
    ObjectNode results = object().put("ID", id).put("patientID", form.get("patient_id"));
    return done("cancelAppointment", results, id, row);
  }

  /** The class that stands where an appointment of its kind would; by its number by a switch. */
  private @Nullable ObjectNode session() {
    if (account.switches().classByNumber) {
      return account.table("classes").find(form.get("class_id")).orElse(null);
    }
    Instant start = start(form.get("location_id"));
    return account.table("classes").all().stream()
        .filter(row -> row.path("locationID").asText().equals(form.get("location_id")))
        .filter(row -> row.path("practitionerID").asText().equals(form.get("practitioner_id")))
        .filter(row -> row.path("classID").asText().equals(form.get("appointment_type_id")))
        .filter(row -> NookalAccount.instant(row, "_start").equals(start))
        .findFirst()
        .orElse(null);
  }

  private Answer addToClass() {
    List<String> missing =
        account.switches().classByNumber
            ? form.missing("class_id", "patient_id")
            : form.missing(
                "location_id",
                "appointment_date",
                "start_time",
                "patient_id",
                "practitioner_id",
                "appointment_type_id");
    if (!missing.isEmpty()) {
      return NookalAnswers.missing("L026", missing);
    }
    String patient = form.get("patient_id");
    ObjectNode row = session();
    if (row == null || account.table("patients").find(patient).isEmpty()) {
      return refused("L026", "Class or patient not found");
    }
    String session = row.path("ID").asText();
    long seats =
        account.table("participants").all().stream()
            .filter(each -> each.path("_session").asText().equals(session))
            .filter(each -> !each.path("cancelled").asText().equals("1"))
            .count();
    String key = NookalShapes.participantKey(session, patient);
    boolean booked =
        account
            .table("participants")
            .find(key)
            .filter(each -> !each.path("cancelled").asText().equals("1"))
            .isPresent();
    if (booked || seats >= row.path("maxParticipants").asInt()) {
      return refused("L026_4", "The class is full or the patient is in it already");
    }
    ObjectNode seat = NookalShapes.participant(account, session, patient);
    account.table("participants").put(key, seat);
    String id = seat.path("_id").asText();
    return done("addClassBooking", object().put("appointment_id", id), id, seat);
  }
}
