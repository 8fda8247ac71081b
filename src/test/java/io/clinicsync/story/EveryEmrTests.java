package io.clinicsync.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.imports.ImportState;
import io.clinicsync.story.StoryBed.Scene;
import io.clinicsync.story.StoryBed.Stage;
import io.clinicsync.tenancy.Tenancy;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What every EMR's simulator truly holds, worked out here without any of the application's code,
 * stands in GoHighLevel for every patient; and a second run writes nothing.
 */
@ApplicationTest
@Import(StoryBed.class)
class EveryEmrTests {

  /** A visit as the simulator's own records tell it. */
  private record Visit(String patient, Instant start, String state) {}

  /** A patient as the simulator's own records tell it. */
  private record Person(String id, String first, String last) {}

  private record Truth(List<Person> persons, List<Visit> visits) {}

  private static final Map<String, BiFunction<JsonNode, Instant, Truth>> TRUTHS =
      Map.of(
          "jane", EveryEmrTests::jane,
          "nookal", EveryEmrTests::nookal,
          "halaxy", EveryEmrTests::halaxy,
          "practicebetter", EveryEmrTests::practiceBetter,
          "simplepractice", EveryEmrTests::simplePractice,
          "pteverywhere", EveryEmrTests::ptEverywhere,
          "promptemr", EveryEmrTests::promptEmr);

  private static final Map<String, String> WAYS =
      Map.of(
          "jane", "web",
          "nookal", "api-key",
          "halaxy", "client-credentials",
          "practicebetter", "client-credentials",
          "simplepractice", "web",
          "pteverywhere", "api",
          "promptemr", "exports");

  @Autowired private Stage stage;
  @Autowired private Tenancy tenancy;
  @Autowired private JdbcClient jdbc;

  static Stream<String> emrs() {
    return WAYS.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("emrs")
  void everyPatientsContactIsWhatItsEmrHoldsAndASecondRunWritesNothing(String emr) {
    Scene scene = stage.scene(emr, WAYS.get(emr), 31, 60);
    scene.sync();
    Truth truth = TRUTHS.get(emr).apply(scene.emrTruth(), scene.now());
    Map<String, Map<String, String>> contacts = contacts(scene);
    assertThat(contacts).hasSizeGreaterThan(50);
    for (Person person : truth.persons()) {
      Map<String, String> contact = contacts.get(person.id());
      if (contact != null) {
        compare(emr, truth, person, contact, scene.now());
      }
    }
    assertThat(truth.persons().stream().filter(each -> contacts.containsKey(each.id())).count())
        .as("patients with a contact")
        .isGreaterThanOrEqualTo(truth.persons().size() * 9L / 10);

    long mark = scene.mark();
    if (emr.equals("promptemr")) {
      // The same once more in another format: nothing in it is new.
      assertThat(scene.handOver("xlsx"))
          .allSatisfy(
              each -> {
                assertThat(each.state()).isEqualTo(ImportState.DONE);
                assertThat(each.rejected() + each.removed()).isZero();
              });
    }
    scene.sync();
    assertThat(scene.crmWritesSince(mark)).isEmpty();
  }

  private static void compare(
      String emr, Truth truth, Person person, Map<String, String> contact, Instant now) {
    List<Visit> own =
        truth.visits().stream().filter(each -> each.patient().equals(person.id())).toList();
    String who = emr + " " + person.id();
    assertThat(contact.get("firstName")).as(who).isEqualTo(person.first());
    assertThat(contact.get("lastName")).as(who).isEqualTo(person.last());
    assertThat(number(contact, "visits_total"))
        .as(who + " visits")
        .isEqualTo(
            own.stream()
                .filter(each -> each.state().equals("arrived") && !each.start().isAfter(now))
                .count());
    assertThat(number(contact, "no_show_total", "total_appt_no_show"))
        .as(who + " no-shows")
        .isEqualTo(own.stream().filter(each -> each.state().equals("no_show")).count());
    assertThat(number(contact, "cancel_total", "total_appt_cancelled"))
        .as(who + " cancellations")
        .isEqualTo(own.stream().filter(each -> each.state().equals("cancelled")).count());
    assertThat(contact.getOrDefault("next_visit_at", ""))
        .as(who + " next")
        .isEqualTo(
            own.stream()
                .filter(each -> each.state().equals("booked") && each.start().isAfter(now))
                .map(Visit::start)
                .min(Instant::compareTo)
                .map(Instant::toString)
                .orElse(""));
    assertThat(contact.getOrDefault("last_visit_at", ""))
        .as(who + " last")
        .isEqualTo(
            own.stream()
                .filter(each -> each.state().equals("arrived") && !each.start().isAfter(now))
                .map(Visit::start)
                .max(Instant::compareTo)
                .map(Instant::toString)
                .orElse(""));
  }

  /** Maps that keep an incumbent's key have theirs instead; one that has neither counts nothing. */
  private static long number(Map<String, String> contact, String... keys) {
    return Stream.of(keys)
        .map(contact::get)
        .filter(Objects::nonNull)
        .findFirst()
        .map(value -> Math.round(Double.parseDouble(value)))
        .orElse(0L);
  }

  /** Contacts by the EMR id of the patient linked to them, fields by our keys. */
  private Map<String, Map<String, String>> contacts(Scene scene) {
    Map<String, String> patients = new HashMap<>();
    tenancy.inClinic(
        scene.clinic(),
        () ->
            jdbc.sql("SELECT contact_id, patient_id FROM people_links WHERE state = 'LINKED'")
                .query(
                    row -> {
                      patients.put(row.getString(1), row.getString(2));
                    }));
    JsonNode crm = scene.crmTruth();
    Map<String, String> keys = new HashMap<>();
    crm.path("customFields")
        .forEach(
            f ->
                keys.put(
                    f.path("id").asText(), f.path("fieldKey").asText().replace("contact.", "")));
    Map<String, Map<String, String>> contacts = new HashMap<>();
    for (JsonNode contact : crm.path("contacts")) {
      Map<String, String> values = new HashMap<>();
      values.put("firstName", contact.path("firstName").asText());
      values.put("lastName", contact.path("lastName").asText());
      contact
          .path("customFields")
          .forEach(
              field ->
                  values.put(
                      keys.getOrDefault(field.path("id").asText(), "?"),
                      field.path("value").asText()));
      String patient = patients.get(contact.path("id").asText());
      if (patient != null) {
        contacts.put(patient, values);
      }
    }
    return contacts;
  }

  private static Truth jane(JsonNode truth, Instant now) {
    List<Person> persons = new ArrayList<>();
    for (JsonNode each : truth.path("patients")) {
      persons.add(
          new Person(
              each.path("id").asText(),
              each.path("first_name").asText(),
              each.path("last_name").asText()));
    }
    List<Visit> visits = new ArrayList<>();
    for (JsonNode each : truth.path("appointments")) {
      if (each.hasNonNull("patient_id")
          && !each.hasNonNull("archived_at")
          && each.hasNonNull("booked_at")
          && !each.path("break").asBoolean()) {
        String state =
            each.hasNonNull("cancelled_at")
                ? "cancelled"
                : each.hasNonNull("no_show_at")
                    ? "no_show"
                    : each.hasNonNull("arrived_at") ? "arrived" : "booked";
        visits.add(
            new Visit(each.path("patient_id").asText(), moment(each.path("start_at")), state));
      }
    }
    return new Truth(persons, visits);
  }

  private static Truth nookal(JsonNode truth, Instant now) {
    List<Person> persons = new ArrayList<>();
    for (JsonNode each : truth.path("patients")) {
      persons.add(
          new Person(
              each.path("ID").asText(),
              each.path("FirstName").asText(),
              each.path("LastName").asText()));
    }
    List<Visit> visits = new ArrayList<>();
    for (JsonNode each : truth.path("appointments")) {
      visits.add(
          new Visit(
              each.path("patientID").asText(), moment(each.path("_start")), nookalState(each)));
    }
    Map<String, JsonNode> classes = new HashMap<>();
    truth.path("classes").forEach(each -> classes.put(each.path("ID").asText(), each));
    for (JsonNode each : truth.path("participants")) {
      JsonNode session = classes.get(each.path("_session").asText());
      boolean off = session.path("cancelled").asText().equals("1");
      visits.add(
          new Visit(
              each.path("patientID").asText(),
              moment(session.path("_start")),
              off ? "cancelled" : nookalState(each)));
    }
    return new Truth(persons, visits);
  }

  private static String nookalState(JsonNode row) {
    if (row.path("cancelled").asText().equals("1")) {
      return "cancelled";
    }
    if (row.path("DNA").asText().equals("1")) {
      return "no_show";
    }
    // Clinics often bill and forget to tick who came.
    return row.path("arrived").asText().equals("1")
            || row.path("invoiceGenerated").asText().equals("1")
        ? "arrived"
        : "booked";
  }

  private static Truth halaxy(JsonNode truth, Instant now) {
    List<Person> persons = new ArrayList<>();
    for (JsonNode each : truth.path("Patient")) {
      JsonNode name = each.path("name").get(0);
      for (JsonNode candidate : each.path("name")) {
        if (candidate.path("use").asText().equals("official")) {
          name = candidate;
        }
      }
      persons.add(
          new Person(
              each.path("id").asText(),
              name.path("given").path(0).asText(),
              name.path("family").asText()));
    }
    List<Visit> visits = new ArrayList<>();
    for (JsonNode each : truth.path("Appointment")) {
      for (JsonNode participant : each.path("participant")) {
        String actor = participant.path("actor").path("reference").asText();
        if (actor.contains("/Patient/")) {
          String code =
              participant
                  .path("modifierExtension")
                  .path(0)
                  .path("valueCoding")
                  .path("code")
                  .asText();
          String state =
              code.startsWith("cancelled")
                  ? "cancelled"
                  : code.equals("attended") || code.equals("arrived")
                      ? "arrived"
                      : code.contains("not attend") || code.contains("no show")
                          ? "no_show"
                          : code.equals("tentative") ? "held" : "booked";
          visits.add(
              new Visit(
                  actor.substring(actor.lastIndexOf('/') + 1), moment(each.path("start")), state));
        }
      }
    }
    return new Truth(persons, visits);
  }

  /** The vendor has no word for "came": a confirmed session that has ended counts as attended. */
  private static Truth practiceBetter(JsonNode truth, Instant now) {
    List<Person> persons = new ArrayList<>();
    for (JsonNode each : truth.path("records")) {
      persons.add(
          new Person(
              each.path("id").asText(),
              each.path("profile").path("firstName").asText(),
              each.path("profile").path("lastName").asText()));
    }
    List<Visit> visits = new ArrayList<>();
    for (JsonNode each : truth.path("sessions")) {
      boolean ended = !moment(each.path("endDate")).isAfter(now);
      String state =
          each.path("cancelled").asBoolean()
              ? "cancelled"
              : ended && each.path("confirmationStatus").asText().equals("confirmed")
                  ? "arrived"
                  : "booked";
      visits.add(new Visit(each.path("_record").asText(), moment(each.path("sessionDate")), state));
    }
    return new Truth(persons, visits);
  }

  /** Sessions ahead say "Show" already: they count once they have ended. */
  private static Truth simplePractice(JsonNode truth, Instant now) {
    List<Person> persons = new ArrayList<>();
    for (JsonNode each : truth.path("clients")) {
      persons.add(
          new Person(
              each.path("id").asText(),
              each.path("firstName").asText(),
              each.path("lastName").asText()));
    }
    List<Visit> visits = new ArrayList<>();
    for (JsonNode each : truth.path("appointments")) {
      if (each.path("_type").asText().equals("appointments")) {
        boolean ended = !moment(each.path("endTime")).isAfter(now);
        String state =
            switch (each.path("attendanceStatus").asText()) {
              case "Show" -> ended ? "arrived" : "booked";
              case "No Show" -> "no_show";
              default -> "cancelled";
            };
        visits.add(new Visit(each.path("_client").asText(), moment(each.path("startTime")), state));
      }
    }
    return new Truth(persons, visits);
  }

  private static Truth ptEverywhere(JsonNode truth, Instant now) {
    List<Person> persons = new ArrayList<>();
    for (JsonNode each : truth.path("patients")) {
      persons.add(
          new Person(
              each.path("_id").asText(),
              each.path("firstName").asText(),
              each.path("lastName").asText()));
    }
    List<Visit> visits = new ArrayList<>();
    for (JsonNode each : truth.path("appointments")) {
      String state =
          switch (each.path("appointmentStatus").asText()) {
            case "Completed", "Checked Out" -> "arrived";
            case "No Show" -> "no_show";
            case "Cancelled" -> "cancelled";
            default -> "booked";
          };
      visits.add(
          new Visit(each.path("_patient").asText(), moment(each.path("startDateTime")), state));
    }
    return new Truth(persons, visits);
  }

  /** What a stage says; a visit that is past and says nothing is neither kept nor missed. */
  private static Truth promptEmr(JsonNode truth, Instant now) {
    List<Person> persons = new ArrayList<>();
    for (JsonNode each : truth.path("patients")) {
      persons.add(
          new Person(
              each.path("_id").asText(),
              each.path("FirstName").asText(),
              each.path("LastName").asText()));
    }
    List<Visit> visits = new ArrayList<>();
    for (JsonNode each : truth.path("visits")) {
      Instant start = moment(each.path("_start"));
      String state =
          switch (each.path("Stage").asText()) {
            case "Cancelled", "Late Cancel" -> "cancelled";
            case "No Show" -> "no_show";
            case "Checked In", "Checked Out" -> "arrived";
            default ->
                start.isAfter(now)
                    ? "booked"
                    : each.hasNonNull("ClaimNumber") ? "arrived" : "unknown";
          };
      visits.add(new Visit(each.path("PatientId").asText(), start, state));
    }
    return new Truth(persons, visits);
  }

  private static Instant moment(JsonNode text) {
    return OffsetDateTime.parse(text.asText()).toInstant();
  }
}
