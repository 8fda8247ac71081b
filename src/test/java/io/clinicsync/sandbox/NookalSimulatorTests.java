package io.clinicsync.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.sandbox.nookal.NookalAccount;
import io.clinicsync.sandbox.server.EmrSimulator;
import io.clinicsync.sandbox.server.LogEntry;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nookal's quirks, as a client without any mapper of ours meets them. */
class NookalSimulatorTests {

  private static final Instant NOW = Instant.parse("2026-06-10T00:00:00Z");
  private static final ZoneId ZONE = ZoneId.of("Australia/Sydney");

  @TempDir private Path folder;
  private SandboxClock clock;
  private SandboxServer sandbox;
  private NookalAccount clinic;
  private Caller caller;

  @BeforeEach
  void start() {
    clock = new SandboxClock();
    clock.freezeAt(NOW);
    open();
  }

  private void open() {
    sandbox = SandboxServer.start(InetAddress.getLoopbackAddress(), 0, clock, 1, folder);
    clinic =
        (NookalAccount)
            sandbox.open("nookal", new EmrSimulator.Opening("Bay", 5, 260, ZONE, NOW)).clinic();
    caller = Caller.nookal(sandbox);
  }

  @AfterEach
  void stop() {
    sandbox.close();
  }

  private String key() {
    return clinic.credentials().get("api-key").get("apiKey");
  }

  private static String form(String... pairs) {
    StringBuilder form = new StringBuilder();
    for (int i = 0; i < pairs.length; i += 2) {
      form.append(i == 0 ? "" : "&").append(pairs[i]).append('=');
      form.append(URLEncoder.encode(pairs[i + 1], StandardCharsets.UTF_8));
    }
    return form.toString();
  }

  private Caller.Reply post(String function, String form) {
    clock.advance(Duration.ofSeconds(1));
    caller.headers.clear();
    caller.headers.put("Content-Type", "application/x-www-form-urlencoded");
    return caller.send("POST", "/production/v2/" + function, form);
  }

  private JsonNode call(String function, String... pairs) {
    Caller.Reply reply = post(function, form("api_key", key()) + "&" + form(pairs));
    assertThat(reply.status()).isEqualTo(200);
    return reply.json();
  }

  private JsonNode first(String function, String key) {
    JsonNode list = call(function).at("/data/results/" + key);
    return list.elements().next();
  }

  @Test
  void refusalsHaveStatus200AndADeadKeyLooksLikeAnyOther() {
    JsonNode dead = post("getLocations", form("api_key", "nobody")).json();
    assertThat(dead.path("status").asText()).isEqualTo("failure");
    assertThat(dead.at("/details/errorCode").asText()).isEqualTo("L003");
    assertThat(post("verify", form("api_key", "nobody")).json().at("/details/errorCode").asText())
        .isEqualTo("L000_1");
    assertThat(post("verify", "").json().at("/details/alerts/0").asText()).contains("api_key");
    assertThat(call("verify").path("status").asText()).isEqualTo("success");
    assertThat(post("updatePatient", form("api_key", key())).status()).isEqualTo(404);
    assertThat(sandbox.log().since("Bay", 0))
        .filteredOn(line -> line.kind() == LogEntry.Kind.WRITE)
        .isEmpty();
  }

  @Test
  void pagesEndAt200AndListsComeAsObjects() {
    JsonNode one = call("getPatients", "page_length", "5000");
    assertThat(one.at("/data/results/patients").isArray()).isTrue();
    assertThat(one.at("/data/results/patients")).hasSize(200);
    assertThat(one.at("/settings/nextPage").asInt()).isEqualTo(2);
    JsonNode two = call("getPatients", "page_length", "200", "page", "2");
    assertThat(two.at("/data/results/patients").isObject()).isTrue();
    assertThat(two.at("/data/results/patients/0/ID").isTextual()).isTrue();
    assertThat(two.at("/settings/nextPage").isNull()).isTrue();
    assertThat(call("getPractitioners").at("/data/results/practitioners").isObject()).isTrue();
    one.at("/data/results/patients")
        .forEach(
            row ->
                row.forEach(value -> assertThat(value.isNumber() || value.isBoolean()).isFalse()));
  }

  @Test
  void sixCallsInASecondAreOneTooMany() {
    caller.headers.put("Content-Type", "application/x-www-form-urlencoded");
    int last = 0;
    for (int i = 0; i < 6; i++) {
      last = caller.send("POST", "/production/v2/verify", form("api_key", key())).status();
    }
    assertThat(last).isEqualTo(429);
  }

  private String[] booking(String... more) {
    LocalDate day = LocalDate.of(2026, 8, 4);
    String practitioner = first("getPractitioners", "practitioners").path("ID").asText();
    String[] all = {
      "location_id", first("getLocations", "locations").path("ID").asText(),
      "appointment_date", day.toString(),
      "start_time", "07:15:00",
      "patient_id", first("getPatients", "patients").path("ID").asText(),
      "practitioner_id", practitioner,
      "appointment_type_id", first("getAppointmentTypes", "services").path("ID").asText()
    };
    String[] joined = java.util.Arrays.copyOf(all, all.length + more.length);
    System.arraycopy(more, 0, joined, all.length, more.length);
    return joined;
  }

  @Test
  void anOverlapIsRefusedUnlessTheFlagIsSetAndUnknownFieldsVanish() {
    String[] wanted = booking("end_time", "23:00:00", "notes", "café");
    JsonNode booked = call("addAppointmentBooking", wanted);
    String id = booked.at("/data/results/appointment_id").asText();
    JsonNode row = appointment(id, wanted[7]);
    assertThat(row.path("appointmentStartTime").asText()).isEqualTo("07:15:00");
    assertThat(row.path("appointmentEndTime").asText()).isEqualTo("08:00:00");
    assertThat(row.path("Notes").asText()).isEqualTo("cafÃ©");
    assertThat(row.path("appointmentStartDateTimeUTC").asText()).isEqualTo("2026-08-03 21:15:00");
    JsonNode again = call("addAppointmentBooking", wanted);
    assertThat(again.path("status").asText()).isEqualTo("failure");
    JsonNode over = call("addAppointmentBooking", booking("allow_overlap_bookings", "1"));
    assertThat(over.path("status").asText()).isEqualTo("success");
    JsonNode few = call("addAppointmentBooking", "patient_id", wanted[7]);
    assertThat(few.at("/details/alerts").toString()).contains("Missing variable: start_time");
  }

  private JsonNode appointment(String id, String patient) {
    for (JsonNode row :
        call("getAppointments", "patient_id", patient, "page_length", "200")
            .at("/data/results/appointments")) {
      if (row.path("ID").asText().equals(id)) {
        return row;
      }
    }
    throw new AssertionError("no such appointment");
  }

  @Test
  void cancelNeedsItsPatientAndRebookingCancelsTheOldOne() {
    String[] wanted = booking();
    String id = call("addAppointmentBooking", wanted).at("/data/results/appointment_id").asText();
    assertThat(call("cancelAppointment", "appointment_id", id).path("status").asText())
        .isEqualTo("failure");
    JsonNode moved =
        call(
            "rebookAppointment",
            "appointment_id",
            id,
            "patient_id",
            wanted[7],
            "location_id",
            wanted[1],
            "practitioner_id",
            wanted[9],
            "appointment_date",
            "2026-08-04",
            "start_time",
            "07:30:00",
            "cancel_first",
            "true");
    String other = moved.at("/data/results/ID").asText();
    assertThat(appointment(id, wanted[7]).path("cancelled").asText()).isEqualTo("1");
    call("cancelAppointment", "appointment_id", other, "patient_id", wanted[7]);
    JsonNode gone = appointment(other, wanted[7]);
    assertThat(gone.path("cancelled").asText()).isEqualTo("1");
    assertThat(gone.path("cancellationDate").asText()).startsWith("2026-06-10 00:00:");
  }

  @Test
  void aClassIsBookedAsAnAppointmentIsAndLeftByTheNumberThatGave() {
    JsonNode session = null;
    for (JsonNode row : call("getClasses", "page_length", "200").at("/data/results/classes")) {
      session = row.path("classDate").asText().compareTo("2026-06-11") > 0 ? row : session;
    }
    assertThat(session).isNotNull();
    String patient =
        call("addPatient", "first_name", "Ann", "last_name", "New", "date_of_birth", "1990-01-01")
            .at("/data/results/patient_id")
            .asText();
    String[] seat = {
      "location_id", session.path("locationID").asText(),
      "appointment_date", session.path("classDate").asText(),
      "start_time", session.path("classStartTime").asText(),
      "patient_id", patient,
      "practitioner_id", session.path("practitionerID").asText(),
      "appointment_type_id", session.path("classID").asText()
    };
    assertThat(call("addClassBooking", "class_id", session.path("ID").asText()).toString())
        .contains("Missing variable: start_time");
    JsonNode taken = call("addClassBooking", seat);
    if (taken.path("status").asText().equals("failure")) {
      throw new AssertionError("the class is full");
    }
    String id = taken.at("/data/results/appointment_id").asText();
    assertThat(call("addClassBooking", seat).path("status").asText()).isEqualTo("failure");
    call("cancelAppointment", "appointment_id", id, "patient_id", patient);
    assertThat(appointment(id, patient).path("cancelled").asText()).isEqualTo("1");
  }

  @Test
  void aNewTokenEndsTheOlderOneAndOneRowComesAsItself() {
    Map<String, String> typed = clinic.credentials().get("api-key");
    String old = token(typed.get("basicKey"));
    String fresh = token(typed.get("basicKey"));
    String ask = "{\"query\":\"{payments(page:1,pageLength:1){paymentID amount date}}\"}";
    assertThat(graph(old, ask).status()).isEqualTo(401);
    JsonNode one = graph(fresh, ask).json().at("/data/payments");
    assertThat(one.isObject()).isTrue();
    assertThat(one.path("date").asText()).matches("\\w{3} \\w{3} \\d\\d .* GMT\\+1[01]00 \\(.*\\)");
    String many = "{\"query\":\"{payments(page:1,pageLength:500){paymentID}}\"}";
    assertThat(graph(fresh, many).json().at("/data/payments")).hasSize(200);
    clock.advance(Duration.ofHours(2));
    assertThat(graph(fresh, ask).status()).isEqualTo(401);
  }

  private String token(String basicKey) {
    caller.headers.clear();
    caller.headers.put("Content-Type", "application/x-www-form-urlencoded");
    caller.headers.put("Authorization", "Basic " + basicKey);
    return caller
        .send("POST", "/au-apiv3/oauth/token", "grant_type=client_credentials")
        .json()
        .path("accessToken")
        .asText();
  }

  private Caller.Reply graph(String token, String body) {
    caller.headers.clear();
    caller.headers.put("Content-Type", "application/json");
    caller.headers.put("Authorization", "Bearer " + token);
    return caller.send("POST", "/au-apiv3/graphql", body);
  }

  @Test
  void aRestartedSandboxHasTheSameBookingsAndKeepsNoKey() throws Exception {
    call("addAppointmentBooking", booking());
    call("addPatient", "first_name", "Ann", "last_name", "New", "date_of_birth", "1990-01-01");
    String before = clinic.truth();
    assertThat(Files.readString(folder.resolve("journal"))).doesNotContain(key());
    sandbox.close();
    open();
    assertThat(clinic.truth()).isEqualTo(before);
  }
}
