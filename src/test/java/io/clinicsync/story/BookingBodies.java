package io.clinicsync.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.api.ApiClient;
import io.clinicsync.api.ApiClient.Answer;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/** Bodies of the routes by EMR, as their callers send them, and what they are answered. */
record BookingBodies(String emr, ApiClient caller) {

  static final String PHONE = "+61491570006";

  /** An open time. */
  record Wish(String practitioner, String treatment, String site, Instant start, Instant end) {

    static Wish of(JsonNode opening) {
      return new Wish(
          opening.path("practitioner").asText(),
          opening.path("treatment").asText(),
          opening.path("site").asText(),
          Instant.parse(opening.path("starts_at").asText()),
          Instant.parse(opening.path("ends_at").asText()));
    }

    boolean like(Wish other) {
      return practitioner.equals(other.practitioner()) && site.equals(other.site());
    }
  }

  static String unified(Wish wish, String patient) {
    return """
        {"patient": {"id": "%s"}, "practitioner": "%s", "treatment": "%s", "site": "%s", "starts_at": "%s"}"""
        .formatted(patient, wish.practitioner(), wish.treatment(), wish.site(), wish.start());
  }

  /** Somebody the EMR has never seen. */
  static String newcomer(Wish wish, String who) {
    return """
        {"patient": {"first_name": "Nova", "last_name": "Newcomer%s", "email": "nova.%s@example.org",
          "birth_date": "1990-04-02", "register": true},
         "practitioner": "%s", "treatment": "%s", "site": "%s", "starts_at": "%s"}"""
        .formatted(who, who, wish.practitioner(), wish.treatment(), wish.site(), wish.start());
  }

  private static final Map<String, String> BASES =
      Map.of(
          "jane", "/api-%s-appointment",
          "cliniko", "/api-%s-appointment",
          "halaxy", "/api/halaxy/%s_appt",
          "nookal", "/api/nookal/%s_appt",
          "simplepractice", "/appointments/%s",
          "practicebetter", "/%sSession");

  private String path(String word) {
    return Objects.requireNonNull(BASES.get(emr)).formatted(word);
  }

  String bookPath() {
    return path("book");
  }

  String updatePath() {
    return path(emr.equals("practicebetter") ? "reschedule" : "update");
  }

  String cancelPath() {
    return path("cancel");
  }

  /**
   * The paths workflows call.
   *
   * @param which 0 to book, 1 to move, 2 to cancel
   */
  String hookPath(int which) {
    if (emr.equals("practicebetter") || emr.equals("simplepractice")) {
      return which == 0 ? bookPath() : which == 1 ? updatePath() : cancelPath();
    }
    return (which == 0 ? "/bookAppt" : which == 1 ? "/update_appt" : "/cancel_appt");
  }

  private String name(String kind, String id) {
    for (JsonNode each : caller.get("/api/v1/catalogue/" + kind).body().path("items")) {
      if (each.path("id").asText().equals(id)) {
        return each.path("name").asText();
      }
    }
    throw new AssertionError("no " + kind + " of this id");
  }

  /** What the EMR's documentation puts into custom data. */
  Map<String, Object> customData(Wish wish) {
    String site = name("sites", wish.site());
    return switch (emr) {
      case "jane" ->
          Map.of(
              "staff_member", wish.practitioner(),
              "treatment_name", wish.treatment(),
              "clinic_location_name", site);
      case "nookal" ->
          Map.of(
              "practitionerName",
              name("practitioners", wish.practitioner()),
              "serviceCode",
              wish.treatment(),
              "locationName",
              site,
              "basicKey",
              "somebody's key",
              "region",
              "AU");
      case "simplepractice" ->
          Map.of(
              "clinicianEmail", wish.practitioner(),
              "serviceCode", wish.treatment(),
              "officeName", site);
      case "practicebetter" ->
          Map.of(
              "consultantEmail", wish.practitioner(),
              "serviceName", wish.treatment(),
              "locationName", site);
      default ->
          Map.of(
              "staff_member", wish.practitioner(),
              "appt_type_name", wish.treatment(),
              "business_name", site);
    };
  }

  String book(Wish wish, String id) {
    Map<String, Object> chosen = customData(wish);
    return switch (emr) {
      case "nookal" ->
          """
          {"customData": {"locationName": "%s", "region": "AU", "basicKey": "somebody's key", "serviceCode": "%s",
            "practitionerName": "%s"},
           "calendar": {"startTime": "%s", "appointmentId": "%s"},
           "patientFirstName": "Ana", "patientLastName": "Sorel", "patientDOB": "1990-04-02",
           "patientEmail": "ana.sorel@example.org", "patientMobile": "%s"}"""
              .formatted(
                  chosen.get("locationName"),
                  chosen.get("serviceCode"),
                  chosen.get("practitionerName"),
                  wish.start(),
                  id,
                  PHONE);
      case "simplepractice" ->
          """
          {"firstName": "Ana", "lastName": "Sorel", "email": "ana.sorel@example.org", "apptStart": "%s", "apptEnd": "%s",
           "serviceCode": "%s", "clinicianEmail": "%s", "officeName": "%s", "appointmentId": "%s"}"""
              .formatted(
                  wish.start(),
                  wish.end(),
                  wish.treatment(),
                  wish.practitioner(),
                  chosen.get("officeName"),
                  id);
      case "practicebetter" ->
          """
          {"apptStart": "%s", "apptEnd": "%s", "serviceName": "%s", "consultantEmail": "%s", "locationName": "%s",
           "apptId": "%s", "firstName": "Ana", "lastName": "Sorel", "email": "ana.sorel@example.org"}"""
              .formatted(
                  wish.start(),
                  wish.end(),
                  wish.treatment(),
                  wish.practitioner(),
                  chosen.get("locationName"),
                  id);
      default ->
          """
          {"customData": {"staff_member": "%s", "treatment_name": "%s", "appt_type_name": "%s",
            "clinic_location_name": "%s", "business_name": "%s"},
           "calendar": {"startTime": "%s", "endTime": "%s", "selectedTimezone": "Australia/Sydney", "appointmentId": "%s"},
           "first_name": "Ana", "last_name": "Sorel", "email": "ana.sorel@example.org", "phone": "%s"}"""
              .formatted(
                  wish.practitioner(),
                  wish.treatment(),
                  wish.treatment(),
                  name("sites", wish.site()),
                  name("sites", wish.site()),
                  wish.start(),
                  wish.end(),
                  id,
                  PHONE);
    };
  }

  String update(Wish wish, String id) {
    return switch (emr) {
      case "simplepractice", "practicebetter" ->
          """
          {"appointmentId": "%s", "apptStart": "%s", "apptEnd": "%s"}"""
              .formatted(id, wish.start(), wish.end());
      case "nookal" ->
          """
          {"calendar": {"appointmentId": "%s", "startTime": "%s"}}"""
              .formatted(id, wish.start());
      default ->
          """
          {"calendar": {"appointmentId": "%s", "startTime": "%s", "endTime": "%s", "selectedTimezone": "Australia/Sydney"}}"""
              .formatted(id, wish.start(), wish.end());
    };
  }

  String cancel(String id) {
    return "{\"appointmentId\": \"" + id + "\"}";
  }

  void checkBooked(Answer answer) {
    JsonNode body = answer.body();
    switch (emr) {
      case "jane" -> {
        assertThat(body.path("message").asText()).isEqualTo("Appointment booked successfully");
        assertThat(body.path("bookedAppointment").path("id").asText()).isNotEmpty();
      }
      case "nookal" -> {
        assertThat(body.path("success").asBoolean()).isTrue();
        assertThat(body.path("apptID").isNumber()).isTrue();
        assertThat(body.path("appointment").isObject()).isTrue();
      }
      case "simplepractice" -> {
        assertThat(body.path("status").asText()).isEqualTo("booked");
        assertThat(body.path("appointment").path("source").asText()).isEqualTo("SimplePractice");
        assertThat(body.path("appointment").path("clientId").asText()).isNotEmpty();
        assertThat(body.path("appointment").path("duration").asInt()).isPositive();
      }
      case "practicebetter" -> {
        assertThat(body.path("status").asText()).isEqualTo("booked");
        assertThat(body.path("appointmentId").asText()).isNotEmpty();
      }
      default -> {
        assertThat(body.path("success").asBoolean()).isTrue();
        assertThat(body.path("appointment").path("id").asText()).isNotEmpty();
      }
    }
  }

  void checkMoved(Answer answer) {
    JsonNode body = answer.body();
    switch (emr) {
      case "nookal" -> assertThat(body.path("updated").isObject()).isTrue();
      case "simplepractice", "practicebetter" -> {
        assertThat(body.path("status").asText()).isEqualTo("updated");
        assertThat(body.path("appointment").path("start").asText()).isNotEmpty();
      }
      default -> assertThat(body.path("appointment").path("id").asText()).isNotEmpty();
    }
  }

  void checkCancelled(Answer answer) {
    JsonNode body = answer.body();
    switch (emr) {
      case "nookal" -> assertThat(body.path("canceled").isObject()).isTrue();
      case "simplepractice" -> assertThat(body.path("deleted").asBoolean()).isTrue();
      case "practicebetter" -> assertThat(body.path("cancelled").asBoolean()).isTrue();
      default -> assertThat(body.path("appointment").path("id").asText()).isNotEmpty();
    }
  }
}
