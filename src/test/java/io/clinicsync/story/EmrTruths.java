package io.clinicsync.story;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;

/** What each EMR's simulator truly holds, worked out without any of the application's code. */
final class EmrTruths {

  /** A visit as the simulator's own records tell it. */
  record Visit(String patient, Instant start, String state) {}

  /** A patient as the simulator's own records tell it. */
  record Person(String id, String first, String last) {}

  /** All of one account. */
  record Truth(List<Person> persons, List<Visit> visits) {}

  private static final Map<String, BiFunction<JsonNode, Instant, Truth>> TRUTHS =
      Map.of(
          "cliniko", EmrTruths::cliniko,
          "jane", EmrTruths::jane,
          "nookal", EmrTruths::nookal,
          "halaxy", EmrTruths::halaxy,
          "practicebetter", EmrTruths::practiceBetter,
          "simplepractice", EmrTruths::simplePractice,
          "pteverywhere", EmrTruths::ptEverywhere,
          "promptemr", EmrTruths::promptEmr);

  private EmrTruths() {}

  static Truth of(String emr, JsonNode truth, Instant now) {
    return Objects.requireNonNull(TRUTHS.get(emr), emr).apply(truth, now);
  }

  private static Truth cliniko(JsonNode truth, Instant now) {
    List<Person> persons = new ArrayList<>();
    for (JsonNode each : truth.path("patients")) {
      persons.add(
          new Person(
              each.path("id").asText(),
              each.path("first_name").asText(),
              each.path("last_name").asText()));
    }
    List<Visit> visits = new ArrayList<>();
    for (JsonNode each : truth.path("individual_appointments")) {
      String patient = each.path("patient").path("links").path("self").asText();
      if (!each.hasNonNull("archived_at") && !each.hasNonNull("deleted_at")) {
        visits.add(
            new Visit(
                patient.substring(patient.lastIndexOf('/') + 1),
                moment(each.path("starts_at")),
                each.hasNonNull("cancelled_at") ? "cancelled" : "booked"));
      }
    }
    return new Truth(persons, visits);
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
