package io.clinicsync.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.ApiClient.Answer;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** Who somebody is, who is registered, and what a patient has booked, over HTTP. */
@ApplicationTest
@ResourceLock(ApiStage.FAULTS)
class PatientLookupTests {

  private static final String LOOKUP = "/api/v1/patients/lookup";
  private static final String PATIENTS = "/api/v1/patients";
  private static final String ILSE =
      """
      {"first_name": "Ilse", "last_name": "Vandoorne", "email": "ilse.vandoorne@example.org", "birth_date": "1988-05-04"}""";

  @Autowired private ApplicationContext context;

  private BookableClinic clinic;
  private ApiClient caller;

  @BeforeEach
  void aLoadedClinic() {
    clinic = new BookableClinic(context);
    caller = clinic.caller;
  }

  @AfterEach
  void healthy() {
    clinic.stage.sandbox().faults().clear();
  }

  private static void refused(Answer answer, int status, String code, String field) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
    assertThat(answer.text("/code")).isEqualTo(code);
    assertThat(answer.text("/field")).isEqualTo(field);
    assertThat(answer.text("/next_step")).isNotBlank();
  }

  private String made(String first, String last, String email, String born) {
    return clinic
        .cliniko
        .edits()
        .createPatient(
            Map.of("first_name", first, "last_name", last, "email", email, "date_of_birth", born));
  }

  private static String named(String first, String last, String more) {
    return "{\"first_name\": \"" + first + "\", \"last_name\": \"" + last + "\"" + more + "}";
  }

  private void found(Answer answer, String id) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    assertThat(answer.text("/id")).isEqualTo(id);
    TreeSet<String> members = new TreeSet<>();
    answer.body().fieldNames().forEachRemaining(members::add);
    assertThat(members).containsExactly("first_name", "id", "last_name");
  }

  private List<String> named(String last) {
    List<String> ids = new ArrayList<>();
    for (JsonNode each : clinic.truth("patients")) {
      if (each.path("last_name").asText().equals(last)) {
        ids.add(each.path("id").asText());
      }
    }
    return ids;
  }

  @Test
  void aPatientIsFoundByIdOrByNameAndAddressAndNobodyIsGuessed() {
    String id = made("Marta", "Quillfeather", "home@example.org", "1980-02-01");
    String child = made("Tomas", "Quillfeather", "home@example.org", "2015-06-07");
    clinic.read();
    long mark = clinic.stage.sandbox().log().lastSeq();
    found(caller.post(LOOKUP, "{\"id\": \"" + id + "\"}"), id);
    String home = ", \"email\": \"Home@example.org\"";
    found(caller.post(LOOKUP, named("marta", "QUILLFEATHER", home)), id);
    found(caller.post(LOOKUP, named("Tomas", "Quillfeather", home)), child);
    assertThat(clinic.stage.sandbox().log().since(clinic.cliniko.name(), mark))
        .as("our copy has the answer")
        .isEmpty();

    refused(caller.post(LOOKUP, named("Greta", "Quillfeather", home)), 404, "not_found", "");
    refused(caller.post(LOOKUP, "{\"id\": \"987654321\"}"), 404, "not_found", "id");
    refused(
        caller.post(LOOKUP, named("Martha", "Quillfeather", home)),
        422,
        "needs_info",
        "first_name");
    refused(
        caller.post(
            LOOKUP, named("Marta", "Quillfeather", home + ", \"birth_date\": \"1981-02-01\"")),
        404,
        "not_found",
        "");
    refused(
        caller.post(
            LOOKUP,
            named(
                "Marta",
                "Quillfeather",
                ", \"email\": \"else@example.org\", \"birth_date\": \"1980-02-01\"")),
        422,
        "needs_info",
        "email");
    refused(caller.post(LOOKUP, named("Marta", "Quillfeather", "")), 422, "needs_info", "email");
    refused(caller.post(LOOKUP, "{" + home.substring(2) + "}"), 422, "needs_info", "first_name");
    refused(
        caller.post(LOOKUP, named("Marta", "Quillfeather", ", \"email\": \"none\"")),
        400,
        "invalid_request",
        "email");
  }

  @Test
  void namesakesAtOneAddressAreToldApartByTheirBirthDates() {
    String elder = made("Jonas", "Quillfeather", "home@example.org", "1950-01-01");
    made("Jonas", "Quillfeather", "home@example.org", "1985-01-01");
    clinic.read();
    String home = ", \"email\": \"home@example.org\"";
    refused(
        caller.post(LOOKUP, named("Jonas", "Quillfeather", home)), 422, "needs_info", "birth_date");
    found(
        caller.post(
            LOOKUP, named("Jonas", "Quillfeather", home + ", \"birth_date\": \"1950-01-01\"")),
        elder);
  }

  @Test
  void aLinkedContactComesFirstWhereItsPatientHasTheName() {
    String linked = made("Rosa", "Quillfeather", "rosa@example.org", "1980-02-01");
    String other = made("Rosa", "Quillfeather", "other.rosa@example.org", "1990-02-01");
    clinic.read();
    link(linked, "contact-of-rosa");
    String contact = ", \"contact\": \"contact-of-rosa\"";
    found(caller.post(LOOKUP, named("Rosa", "Quillfeather", contact)), linked);
    found(
        caller.post(
            LOOKUP,
            named("Rosa", "Quillfeather", contact + ", \"email\": \"other.rosa@example.org\"")),
        linked);
    found(
        caller.post(
            LOOKUP,
            named(
                "Rosa",
                "Quillfeather",
                contact
                    + ", \"email\": \"other.rosa@example.org\", \"birth_date\": \"1990-02-01\"")),
        other);
    refused(
        caller.post(
            LOOKUP, named("Leo", "Quillfeather", contact + ", \"email\": \"rosa@example.org\"")),
        404,
        "not_found",
        "");
    refused(
        caller.post(LOOKUP, named("Rosa", "Quillfeather", ", \"contact\": \"unknown\"")),
        422,
        "needs_info",
        "email");
    link(other, "contact-of-rosa");
    refused(
        caller.post(LOOKUP, named("Rosa", "Quillfeather", contact)),
        422,
        "needs_info",
        "birth_date");
  }

  private void link(String patient, String contact) {
    clinic.sql(
        """
        INSERT INTO people_links (tenant_id, connection_id, patient_id, state, contact_id, candidates, recreated, decided_at)
        VALUES (?, ?, ?, 'LINKED', ?, '{}', 0, now())
        ON CONFLICT (tenant_id, connection_id, patient_id) DO UPDATE SET state = 'LINKED', contact_id = excluded.contact_id
        """,
        clinic.id().value(),
        UUID.fromString(clinic.connection),
        patient,
        contact);
  }

  @Test
  void whomOnlyTheEmrKnowsIsFoundThereAndMayBeBookedByTheId() {
    String id = made("Nils", "Quillfeather", "nils@example.org", "1980-02-01");
    Answer answer =
        caller.post(LOOKUP, named("Nils", "Quillfeather", ", \"email\": \"nils@example.org\""));
    found(answer, id);
    Answer booked =
        caller.post(
            "/api/v1/bookings",
            "{\"patient\": {\"id\": \""
                + id
                + "\"}, "
                + BookableClinic.time(clinic.openings().getFirst())
                + "}");
    assertThat(booked.status()).as(booked.raw().body()).isEqualTo(201);
    clinic
        .stage
        .sandbox()
        .faults()
        .set(Fault.status(503).onAccount(clinic.cliniko.name()).onMethod("GET"));
    refused(
        caller.post(LOOKUP, named("Olga", "Quillfeather", ", \"email\": \"olga@example.org\"")),
        503,
        "emr_unavailable",
        "");
  }

  @Test
  void somebodyNewIsRegisteredOnceHoweverManyCallsAsk() throws Exception {
    List<Callable<Answer>> calls = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      String key = "person-" + i;
      calls.add(
          () -> caller.send("POST", PATIENTS, ILSE, "application/json", "Idempotency-Key", key));
      calls.add(() -> caller.post(PATIENTS, ILSE));
    }
    List<Answer> answers = BookableClinic.together(calls);
    List<String> there = named("Vandoorne");
    assertThat(there).hasSize(1);
    int registered = 0;
    for (Answer each : answers) {
      assertThat(each.status()).as(each.raw().body()).isIn(200, 201);
      assertThat(each.text("/patient")).isEqualTo(there.getFirst());
      assertThat(each.text("/code"))
          .isEqualTo(each.status() == 201 ? "registered" : "already_there");
      boolean replayed = each.raw().headers().firstValue("Idempotent-Replayed").isPresent();
      registered += each.status() == 201 && !replayed ? 1 : 0;
    }
    assertThat(registered).isEqualTo(1);
    found(
        caller.post(
            LOOKUP, named("Ilse", "Vandoorne", ", \"email\": \"ilse.vandoorne@example.org\"")),
        there.getFirst());
    Answer other =
        caller.send(
            "POST",
            PATIENTS,
            ILSE.replace("Ilse", "Jan"),
            "application/json",
            "Idempotency-Key",
            keyOf(answers));
    assertThat(other.text("/code")).isEqualTo("idempotency_mismatch");
  }

  /** The key under which the person was registered, or any that was used while it was. */
  private String keyOf(List<Answer> answers) {
    for (int i = 0; i < answers.size(); i += 2) {
      if (answers.get(i).status() == 201) {
        return "person-" + i / 2;
      }
    }
    caller.send(
        "POST",
        PATIENTS,
        ILSE.replace("Ilse", "Ada").replace("ilse", "ada"),
        "application/json",
        "Idempotency-Key",
        "person-ada");
    return "person-ada";
  }

  @Test
  void aLostAnswerIsLookedForAndNobodyIsRegisteredTwice() {
    Fault lost =
        Fault.of(FaultKind.LOST_ANSWER)
            .onAccount(clinic.cliniko.name())
            .onMethod("POST")
            .onPath("patients")
            .times(1);
    clinic.stage.sandbox().faults().set(lost);
    long mark = clinic.stage.sandbox().log().lastSeq();
    Answer found = registered("at-once", ILSE);
    int searches =
        (int)
            clinic.stage.sandbox().log().since(clinic.cliniko.name(), mark).stream()
                .map(each -> each.operation())
                .takeWhile(each -> !each.startsWith("POST"))
                .count();
    assertThat(found.status()).as(found.raw().body()).isEqualTo(201);
    assertThat(named("Vandoorne")).containsExactly(found.text("/patient"));

    String other = ILSE.replace("Vandoorne", "Oosterhuis").replace("vandoorne", "oosterhuis");
    clinic.stage.sandbox().faults().clear();
    clinic.stage.sandbox().faults().set(lost);
    clinic
        .stage
        .sandbox()
        .faults()
        .set(
            Fault.status(503)
                .onAccount(clinic.cliniko.name())
                .onMethod("GET")
                .onPath("patients")
                .fromCall(searches + 1));
    Answer unknown = registered("later", other);
    assertThat(unknown.status()).as(unknown.raw().body()).isEqualTo(202);
    assertThat(unknown.text("/code")).isEqualTo("unknown");
    assertThat(registered("later", other).status()).as("the EMR is still away").isEqualTo(202);
    clinic.stage.sandbox().faults().clear();
    Answer later = registered("later", other);
    assertThat(later.status()).as(later.raw().body()).isEqualTo(201);
    assertThat(later.text("/booking")).isEqualTo(unknown.text("/booking"));
    assertThat(named("Oosterhuis")).containsExactly(later.text("/patient"));
    assertThat(registered("later", other).raw().body()).isEqualTo(later.raw().body());
  }

  private Answer registered(String key, String person) {
    return caller.send("POST", PATIENTS, person, "application/json", "Idempotency-Key", key);
  }

  @Test
  void whatTheEmrNeverDidIsDoneUnderTheSameKeyOnceThatIsCertain() {
    clinic
        .stage
        .sandbox()
        .faults()
        .set(
            Fault.status(503).onAccount(clinic.cliniko.name()).onMethod("POST").onPath("patients"));
    Answer unknown = registered("down", ILSE);
    assertThat(unknown.status()).as(unknown.raw().body()).isEqualTo(202);
    clinic.stage.sandbox().faults().clear();
    assertThat(registered("down", ILSE).status()).as("not certain yet").isEqualTo(202);
    assertThat(named("Vandoorne")).isEmpty();
    clinic.sql("UPDATE booking_attempts SET sent_at = sent_at - interval '91 seconds'");
    clinic.stage.settle(clinic.clinic, caller, unknown.text("/booking"));
    Answer done = registered("down", ILSE);
    assertThat(done.status()).as(done.raw().body()).isEqualTo(201);
    assertThat(named("Vandoorne")).containsExactly(done.text("/patient"));
  }

  @Test
  void nobodyIsRegisteredWithoutLeaveOrWithTooLittle() {
    refused(caller.post(PATIENTS, "{\"first_name\": \"Ilse\"}"), 422, "needs_info", "last_name");
    refused(caller.post(PATIENTS, named("Ilse", "Vandoorne", "")), 422, "needs_info", "email");
    refused(
        caller.post(PATIENTS, ILSE.replace("1988", "2988")), 400, "invalid_request", "birth_date");
    assertThat(clinic.stage.with(clinic.key("\"read\"")).post(PATIENTS, ILSE).status())
        .isEqualTo(403);
    String policy =
        """
        {"bookable": true, "notice_minutes": 0, "horizon_days": 365, "buffer_before_minutes": 0,
         "buffer_after_minutes": 0, "daily_cap": 0, "patients": "any", "register": false, "reschedule": true,
         "cancel": true, "duplicates": true, "window_hours": 24, "inside_window": "allow"}""";
    clinic.organisation.put("/api/v1/clinics/" + clinic.clinic + "/booking-policies", policy);
    refused(caller.post(PATIENTS, ILSE), 422, "policy_blocked", "");
    clinic.organisation.delete(
        "/api/v1/clinics/"
            + clinic.clinic
            + "/connections/"
            + clinic.connection
            + "/entitlements/booking");
    refused(caller.post(PATIENTS, ILSE), 403, "not_enabled", "");
    assertThat(named("Vandoorne")).isEmpty();
  }

  @Test
  void aPatientsAppointmentsAreToldInWordsAndPageByPage() {
    String patient = clinic.patient(0).path("id").asText();
    List<JsonNode> openings = clinic.openings();
    List<String> booked = new ArrayList<>();
    for (int i : new int[] {0, 6, 12}) {
      JsonNode opening = openings.get(i);
      booked.add(
          clinic
              .cliniko
              .edits()
              .book(
                  patient,
                  opening.path("practitioner").asText(),
                  opening.path("site").asText(),
                  opening.path("treatment").asText(),
                  java.time.Instant.parse(opening.path("starts_at").asText())));
    }
    clinic.cliniko.edits().cancelAppointment(booked.get(1), 50);
    clinic.read();
    String list = PATIENTS + "/" + patient + "/appointments";
    String day = openings.getFirst().path("starts_at").asText().substring(0, 10);
    Answer all = caller.get(list + "?limit=200");
    assertThat(all.status()).as(all.raw().body()).isEqualTo(200);
    assertThat(all.text("/zone")).isEqualTo("Australia/Sydney");
    assertThat(all.text("/as_of")).startsWith("20");
    List<OffsetDateTime> starts = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    all.body()
        .path("items")
        .forEach(
            each -> {
              starts.add(OffsetDateTime.parse(each.path("starts_at").asText()));
              ids.add(each.path("id").asText());
            });
    assertThat(starts).isSortedAccordingTo((one, other) -> other.compareTo(one));
    assertThat(ids).containsAll(booked).doesNotHaveDuplicates();
    JsonNode newest = all.body().path("items").get(0);
    assertThat(starts.getFirst().getOffset())
        .isEqualTo(BookableClinic.SYDNEY.getRules().getOffset(starts.getFirst().toInstant()));
    for (String named : new String[] {"practitioner", "treatment", "site"}) {
      assertThat(newest.path(named).path("id").asText()).isNotBlank();
      assertThat(newest.path(named).path("name").asText()).as(named).isNotBlank();
    }
    List<String> paged = new ArrayList<>();
    String cursor = "";
    do {
      Answer page = caller.get(list + "?limit=2" + cursor);
      page.body().path("items").forEach(each -> paged.add(each.path("id").asText()));
      cursor =
          page.body().path("next_cursor").isNull() ? "" : "&cursor=" + page.text("/next_cursor");
    } while (!cursor.isEmpty());
    assertThat(paged).isEqualTo(ids);

    Answer cancelled = caller.get(list + "?status=cancelled&from=" + day + "T00:00");
    // The clinic's staff may have cancelled others of this patient.
    assertThat(cancelled.body().path("items").findValuesAsText("status")).containsOnly("cancelled");
    List<String> ofThose = new ArrayList<>();
    cancelled.body().path("items").forEach(each -> ofThose.add(each.path("id").asText()));
    assertThat(ofThose).contains(booked.get(1)).doesNotContain(booked.get(0));
    Answer elsewhere = caller.get(list + "?limit=1&zone=Europe/Berlin");
    assertThat(OffsetDateTime.parse(elsewhere.text("/items/0/starts_at")))
        .isEqualTo(starts.getFirst())
        .satisfies(each -> assertThat(each.getOffset().getTotalSeconds()).isLessThan(7201));
    assertThat(elsewhere.text("/zone")).isEqualTo("Europe/Berlin");

    refused(caller.get(list + "?status=maybe"), 400, "invalid_request", "status");
    refused(caller.get(list + "?cursor=nonsense"), 400, "invalid_request", "cursor");
    refused(caller.get(list + "?zone=Mars/Olympus"), 400, "invalid_request", "zone");
    refused(caller.get(list + "?from=yesterday"), 400, "invalid_request", "from");
    refused(caller.get(PATIENTS + "/987654321/appointments"), 404, "not_found", "");
  }
}
