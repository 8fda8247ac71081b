package io.clinicsync.emr.jane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Appointment.Status;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.ConnectionCheck;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrException.Kind;
import io.clinicsync.emr.spi.InvoiceSource;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.wire.Entry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the kit cannot know of Jane. */
class JaneReadingTests {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static Entry entry(String text) {
    return new Entry(json(text.replace('\'', '"')), false, false);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'state':'reserved'}|HELD",
        "{'state':'reserved','archived_at':'2026-01-01T00:00:00Z'}|NEVER_BOOKED",
        "{'state':'never_booked'}|NEVER_BOOKED",
        "{'state':'booked'}|BOOKED",
        "{'state':'arrived'}|ARRIVED",
        "{'state':'no_show'}|NO_SHOW",
        "{'state':'cancelled'}|CANCELLED",
        "{'state':'booked','cancelled_at':'2026-01-01T00:00:00Z'}|CANCELLED",
        "{'state':'booked','cancelled':true}|CANCELLED",
        "{'state':'booked','no_show_at':'2026-01-01T00:00:00Z'}|NO_SHOW",
        "{'state':'never_booked','cancelled':true}|NEVER_BOOKED",
        "{'state':'archived'}|NEVER_BOOKED",
        "{'state':'archived','booked_at':'2026-01-01T00:00:00Z'}|BOOKED",
        "{'state':'archived','booked_at':'x','arrived_at':'x'}|ARRIVED",
        "{'state':'archived','booked_at':'x','cancelled_at':'x'}|CANCELLED",
        "{'state':'waitlisted'}|UNKNOWN",
        "{'state':'Booked'}|UNKNOWN",
        "{'state':'waitlisted','cancelled':true}|UNKNOWN",
        "{}|UNKNOWN"
      })
  void everyWordMeansWhatItSaysAndNoOtherIsGuessed(String entry, Status expected) {
    assertThat(JaneState.of(entry(entry))).isEqualTo(expected);
  }

  @Test
  void theSourceHoldsEveryKeyOfThePayload() {
    try (JaneStage stage = new JaneStage(JaneConnector.WEB)) {
      List<Patient> patients = stage.all(stage.capability(PatientSource.class));
      assertThat(patients)
          .allSatisfy(
              patient ->
                  assertThat(json(patient.source()).fieldNames())
                      .toIterable()
                      .containsExactlyElementsOf(JaneSource.PATIENT));
      List<Appointment> appointments = stage.all(stage.capability(AppointmentSource.class));
      assertThat(appointments)
          .anyMatch(each -> each.extras().containsKey("purchase_id"))
          .anyMatch(each -> each.booking() != null && each.groupName() != null)
          .allSatisfy(
              each ->
                  assertThat(json(each.source()).fieldNames())
                      .toIterable()
                      .containsExactlyElementsOf(JaneSource.APPOINTMENT));
    }
  }

  @Test
  void aLongNoteIsShortenedAndLosesNobody() {
    try (JaneStage stage = new JaneStage(JaneConnector.WEB)) {
      String id = stage.clinic.rows(RecordKind.PATIENT).keySet().stream().findFirst().orElseThrow();
      String body = "x".repeat(1_999) + "😀".repeat(3_000);
      stage
          .clinic
          .clinic()
          .edits()
          .set("patients", id, Map.of("notes", List.of(Map.of("id", 1, "body", body))));
      Patient patient =
          stage
              .capability(PatientSource.class)
              .get(stage.account, EmrRef.patient(id))
              .orElseThrow();
      assertThat(json(patient.source()).at("/notes/0/body").asText()).isEqualTo("x".repeat(1_999));
    }
  }

  @Test
  void aHoldNeverCountsAndDiesUnbooked() {
    try (JaneStage stage = new JaneStage(JaneConnector.WEB)) {
      Instant start = stage.jane.clock().instant().plus(Duration.ofDays(3));
      String hold =
          stage
              .clinic
              .clinic()
              .edits()
              .reserve(first(stage, "staff_members"), first(stage, "locations"), start);
      AppointmentSource source = stage.capability(AppointmentSource.class);
      EmrRef ref = EmrRef.appointment(hold);
      Appointment held = source.get(stage.account, ref).orElseThrow();
      assertThat(held.status()).isEqualTo(Status.HELD);
      assertThat(held.status().counts()).isFalse();
      assertThat(held.treatment()).isNull();
      stage.jane.pass(Duration.ofMinutes(11));
      Appointment dead = source.get(stage.account, ref).orElseThrow();
      assertThat(dead.status()).isEqualTo(Status.NEVER_BOOKED);
      assertThat(dead.removedAt()).isNotNull();
      assertThat(stage.all(source)).noneMatch(each -> each.ref().equals(ref));
    }
  }

  private static String first(JaneStage stage, String table) {
    return stage.clinic.truth().path(table).get(0).path("id").asText();
  }

  @Test
  void arrivedBeforeTheStartIsArrivedAndNotMadeMoreOf() {
    try (JaneStage stage = new JaneStage(JaneConnector.WEB)) {
      Instant now = stage.jane.clock().instant();
      String id =
          stage.clinic.starts().entrySet().stream()
              .filter(each -> each.getValue().isAfter(now))
              .map(Map.Entry::getKey)
              .filter(
                  each ->
                      stage
                          .clinic
                          .rows(RecordKind.APPOINTMENT)
                          .get(each)
                          .path("state")
                          .asText()
                          .equals("booked"))
              .findFirst()
              .orElseThrow();
      stage.clinic.clinic().edits().arrive(id);
      Appointment early =
          stage
              .capability(AppointmentSource.class)
              .get(stage.account, EmrRef.appointment(id))
              .orElseThrow();
      assertThat(early.status()).isEqualTo(Status.ARRIVED);
      assertThat(early.startsAt()).isAfter(now);
      assertThat(early.status().isLive()).isFalse();
    }
  }

  @Test
  void whatAnInsurerOwesIsNotThePatients() {
    try (JaneStage stage = new JaneStage(JaneConnector.WEB)) {
      List<Invoice> invoices = stage.all(stage.capability(InvoiceSource.class));
      assertThat(invoices)
          .filteredOn(each -> each.status() == Invoice.Status.OPEN)
          .filteredOn(each -> each.owedByThirdParty().amount().signum() > 0)
          .isNotEmpty()
          .allSatisfy(
              each -> {
                assertThat(each.owedByPatient().amount()).isZero();
                assertThat(each.paidByPatient().amount())
                    .isEqualByComparingTo(
                        each.total().amount().subtract(each.owedByThirdParty().amount()));
              });
      assertThat(invoices).anyMatch(each -> each.status() == Invoice.Status.CLOSED);
      assertThat(invoices).noneMatch(each -> each.status() == Invoice.Status.UNKNOWN);
    }
  }

  @Test
  void bothWaysKnowAPatientByThePublicId() {
    try (JaneStage web = new JaneStage(JaneConnector.WEB);
        JaneStage api = new JaneStage(JaneConnector.API)) {
      JaneConsent.give(api.connector, api.account);
      Set<String> publicIds = new HashSet<>();
      web.all(web.capability(PatientSource.class))
          .forEach(each -> publicIds.add(each.extras().get("public_id")));
      Set<String> apiIds = new HashSet<>();
      api.all(api.capability(PatientSource.class))
          .forEach(
              each -> {
                apiIds.add(each.ref().id().value());
                assertThat(each.extras()).containsEntry("public_id", each.ref().id().value());
              });
      assertThat(publicIds).isNotEmpty();
      assertThat(apiIds).containsAll(publicIds);
      ConnectionCheck.Works viaWeb = (ConnectionCheck.Works) web.connector.check(web.account);
      ConnectionCheck.Works viaApi = (ConnectionCheck.Works) api.connector.check(api.account);
      assertThat(viaWeb.accountId()).isEqualTo(viaApi.accountId()).isEqualTo("harbour.janeapp.com");
      assertThat(viaApi.zone()).isEqualTo(SimulatedJane.ZONE);
      assertThat(viaWeb.currency()).isEqualTo("CAD");
    }
  }

  @Test
  void aGrantLivesWhileItIsKeptAndEndsAfterHalfAnHourWithout() {
    try (JaneStage stage = new JaneStage(JaneConnector.API)) {
      PatientSource patients = stage.capability(PatientSource.class);
      JaneConsent.give(stage.connector, stage.account);
      JaneKeeper keeper = stage.capability(JaneKeeper.class);
      for (int i = 0; i < 12; i++) {
        stage.jane.pass(keeper.every());
        keeper.keep(stage.account);
        keeper.keep(stage.account);
      }
      assertThat(stage.sent("jane.token.refresh")).isEqualTo(12);
      assertThat(stage.all(patients)).isNotEmpty();
      assertThat(keeper.every()).isLessThanOrEqualTo(Duration.ofMinutes(15));

      stage.jane.pass(Duration.ofMinutes(31));
      EmrException ended =
          catchThrowableOfType(EmrException.class, () -> keeper.keep(stage.account));
      assertThat(ended.kind()).isEqualTo(Kind.CREDENTIALS_REJECTED);
      int calls = stage.calls.size();
      assertThat(stage.connector.check(stage.account))
          .isInstanceOfSatisfying(
              ConnectionCheck.Fails.class,
              fails -> {
                assertThat(fails.kind()).isEqualTo(Kind.CREDENTIALS_REJECTED);
                assertThat(fails.advice())
                    .contains("Sign in at Jane again")
                    .contains("half an hour");
              });
      assertThat(stage.calls).as("nothing is asked with a dead grant").hasSize(calls);
    }
  }

  @Test
  void aCodeWorksOnce() {
    try (JaneStage stage = new JaneStage(JaneConnector.API)) {
      var signIn = JaneConsent.signIn(stage.connector, stage.account);
      String code = JaneConsent.code(signIn, stage.account);
      EmrException wrongVerifier =
          catchThrowableOfType(
              EmrException.class,
              () -> signIn.redeem(stage.account, JaneConsent.BACK, code, "not-the-verifier"));
      assertThat(wrongVerifier.kind()).isEqualTo(Kind.CREDENTIALS_REJECTED);
      assertThat(stage.connector.check(stage.account)).isInstanceOf(ConnectionCheck.Fails.class);
    }
  }

  @Test
  void aWebhookSignedWithItsTimestampIsGenuineToo() {
    try (JaneStage stage = new JaneStage(JaneConnector.API)) {
      stage.flip("timestampSigned", true);
      var hooks = stage.clinic.hooks().orElseThrow();
      JaneWebhooks listener = stage.capability(JaneWebhooks.class);
      assertThat(listener.hear(stage.account, hooks.genuine().getFirst()))
          .isInstanceOf(JaneWebhooks.Heard.Changed.class);
      hooks
          .refused()
          .forEach(
              (why, call) ->
                  assertThat(listener.hear(stage.account, call))
                      .as(why)
                      .isInstanceOf(JaneWebhooks.Heard.Refused.class));
    }
  }

  @Test
  void registeringTellsAllFourEventsAndMayBeRepeated() {
    try (JaneStage stage = new JaneStage(JaneConnector.API)) {
      JaneConsent.give(stage.connector, stage.account);
      JaneWebhooks listener = stage.capability(JaneWebhooks.class);
      var genuine = stage.clinic.hooks().orElseThrow().genuine().getFirst();
      var typed = new java.util.HashMap<>(stage.clinic.clinic().credentials().get("api"));
      typed.remove(JaneWebhooks.SECRET);
      EmrAccount account = stage.with(new io.clinicsync.emr.spi.Credentials(typed));
      assertThat(listener.hear(account, genuine)).isInstanceOf(JaneWebhooks.Heard.Refused.class);
      URI address = URI.create("https://sync.example.org/hooks/emr/x1");
      for (int i = 0; i < 2; i++) {
        listener.register(account, address);
        assertThat(stage.clinic.truth().path("webhooks"))
            .hasSize(4)
            .allMatch(row -> row.path("target_url").asText().equals(address.toString()));
        assertThat(listener.hear(account, genuine)).isInstanceOf(JaneWebhooks.Heard.Changed.class);
      }
    }
  }

  @Test
  void theClinicsAddressIsTakenAsPeopleCopyItAndNothingElseIs() {
    for (String typed :
        List.of("harbour", " Harbour.janeapp.com ", "https://harbour.janeapp.com/admin#x")) {
      assertThat(JaneHosts.clinic(credentials(typed))).hasToString("https://harbour.janeapp.com");
    }
    for (String typed :
        List.of("evil.example", "harbour.janeapp.com.evil.example", "a b", "-x", "login.id")) {
      EmrException refused =
          catchThrowableOfType(EmrException.class, () -> JaneHosts.clinic(credentials(typed)));
      assertThat(refused.kind()).as(typed).isEqualTo(Kind.CREDENTIALS_REJECTED);
    }
  }

  private static io.clinicsync.emr.spi.Credentials credentials(String clinic) {
    return new io.clinicsync.emr.spi.Credentials(Map.of("clinic", clinic));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-03-08T01:30:00,2026-03-08T09:30:00Z",
    "2026-03-08T03:30:00,2026-03-08T10:30:00Z",
    "2025-11-02T01:30:00,2025-11-02T08:30:00Z",
    "2025-11-02T01:30:00-08:00,2025-11-02T09:30:00Z",
    "2026-06-01T09:00:00Z,2026-06-01T09:00:00Z"
  })
  void anOpeningWithoutAnOffsetIsInTheClinicsZone(String written, String meant) {
    Entry entry = entry("{'start_at':'" + written + "'}");
    assertThat(JaneTimes.local(entry, "start_at", ZoneId.of("America/Vancouver")))
        .isEqualTo(Instant.parse(meant));
  }

  @Test
  void aSweepOfTheCalendarCrossesGapsOfUpToHalfAYearAndEnds() {
    JaneWeeks weeks = JaneWeeks.from(LocalDate.of(2026, 6, 10), List.of("1", "2"));
    Set<Integer> seen = new HashSet<>();
    int steps = 0;
    while (weeks != null) {
      assertThat(seen.add(weeks.week())).isTrue();
      int week = weeks.week();
      boolean held = week == 20 || week == 45 || week == -90 || week == -115 || week == -140;
      weeks = weeks.next(held, null);
      weeks = weeks == null ? null : JaneWeeks.of(weeks.text());
      steps++;
    }
    assertThat(seen).contains(45, -104, -140).doesNotContain(80, -200);
    assertThat(steps).isLessThan(300);
    JaneWeeks busy = JaneWeeks.from(LocalDate.of(2026, 6, 10), List.of("1"));
    int always = 0;
    while (busy != null) {
      busy = busy.next(true, null);
      always++;
    }
    assertThat(always).as("a clinic that is booked for ever").isLessThan(2_000);
  }
}
