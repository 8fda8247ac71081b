package io.clinicsync.emr.halaxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.FhirJudge;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.BookingGateway.Cancellation;
import io.clinicsync.emr.spi.BookingGateway.Move;
import io.clinicsync.emr.spi.BookingGateway.NewBooking;
import io.clinicsync.emr.spi.PatientDirectory;
import io.clinicsync.emr.spi.PatientDirectory.NewPatient;
import io.clinicsync.emr.spi.PatientDirectory.PatientQuery;
import io.clinicsync.emr.spi.WriteAttempt;
import io.clinicsync.emr.tck.SimulatedEmr.ClassAhead;
import io.clinicsync.http.HttpCall;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every write of ours, judged as FHIR R4. */
class HalaxyRequestFhirTests {

  private static final WriteAttempt ATTEMPT =
      new WriteAttempt() {
        @Override
        public String key() {
          return "key-1";
        }

        @Override
        public Instant begunAt() {
          return Instant.EPOCH;
        }

        @Override
        public void note(String anchor) {}

        @Override
        public Optional<String> note() {
          return Optional.empty();
        }
      };

  private final HalaxyStage stage = new HalaxyStage();

  @AfterEach
  void close() {
    stage.close();
  }

  private static NewBooking booking(EmrRef patient, ClassAhead ahead, EmrRef treatment, int seats) {
    return new NewBooking(
        patient,
        ahead.practitioner(),
        treatment,
        ahead.site(),
        null,
        ahead.startsAt(),
        ahead.endsAt(),
        seats,
        "Brings a mat");
  }

  @Test
  void everyWriteIsFhirButForWhatIsKnownToDiffer() {
    BookingGateway bookings = stage.capability(BookingGateway.class);
    NewPatient somebody =
        new NewPatient(
            "Ann", "Ottery", LocalDate.of(1990, 2, 3), "ann@example.org", "+61400555019");
    Patient patient =
        stage.capability(PatientDirectory.class).create(stage.account, somebody, ATTEMPT);
    ClassAhead ahead =
        new HalaxyDiary(stage.clinic, stage.halaxy.clock()).classAhead().orElseThrow();
    EmrRef alone =
        EmrRef.of(
            RecordKind.TREATMENT,
            stage.clinic.truth().path("HealthcareService").path(0).path("id").asText());
    Appointment booked =
        bookings.book(stage.account, booking(patient.ref(), ahead, alone, 1), ATTEMPT);
    Move move =
        new Move(
            ahead.startsAt().plus(Duration.ofDays(1)),
            ahead.endsAt().plus(Duration.ofDays(1)),
            null,
            null,
            false);
    bookings.reschedule(stage.account, booked.ref(), move, ATTEMPT);
    Cancellation how = new Cancellation(Cancellation.Reason.OTHER, null, false, false);
    bookings.cancel(stage.account, booked.ref(), how, ATTEMPT);
    bookings.book(
        stage.account, booking(patient.ref(), ahead, ahead.treatment(), ahead.seats()), ATTEMPT);

    assertThat(stage.writes())
        .extracting(HttpCall::operation)
        .containsExactly(
            "halaxy.Patient.create",
            "halaxy.Appointment.book",
            "halaxy.Appointment.move",
            "halaxy.Appointment.cancel",
            "halaxy.Appointment.book");
    FhirJudge judge = FhirJudge.ofRequests();
    for (HttpCall write : stage.writes()) {
      ObjectNode body = (ObjectNode) sent(write);
      // A merge patch is a part of the resource its address names.
      judge.judge(write.method().equals("PATCH") ? body.put("resourceType", "Appointment") : body);
    }
    assertThat(judge.unlisted()).as("differs from FHIR R4 and is not listed").isEmpty();
    assertThat(judge.unmet()).as("listed and never met").isEmpty();
  }

  @Test
  void patientsAreLookedForByLastNameOnly() {
    PatientDirectory directory = stage.capability(PatientDirectory.class);
    NewPatient somebody = new NewPatient("Ann", "Ottery", null, null, "+61400555019");
    Patient ann = directory.create(stage.account, somebody, ATTEMPT);
    NewPatient namesake = new NewPatient("Ann", "Otteryson", null, null, null);
    directory.create(stage.account, namesake, ATTEMPT);
    stage.calls.clear();
    List<Patient> found =
        directory.find(stage.account, new PatientQuery(null, "+61400555019", "Anna", "ottery"));
    assertThat(found).as("by number, whatever the first name").containsExactly(ann);
    assertThat(stage.calls)
        .singleElement()
        .satisfies(call -> assertThat(call.uri().getQuery()).contains("family=ottery"));
    assertThat(directory.find(stage.account, new PatientQuery(null, null, "Anna", "Ottery")))
        .isEmpty();
  }

  private static JsonNode sent(HttpCall call) {
    return SimulatedHalaxy.json(
        new String(Objects.requireNonNull(call.body()), StandardCharsets.UTF_8));
  }
}
