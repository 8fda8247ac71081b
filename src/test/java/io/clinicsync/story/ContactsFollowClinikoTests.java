package io.clinicsync.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.clinics.ClinicSettings;
import io.clinicsync.people.Link;
import io.clinicsync.people.Links;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.FaultKind;
import io.clinicsync.story.StoryBed.Scene;
import io.clinicsync.story.StoryBed.Stage;
import io.clinicsync.sync.RunResult;
import io.clinicsync.sync.RunState;
import io.clinicsync.tenancy.Tenancy;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The main job, end to end over HTTP: what stands in Cliniko stands in GoHighLevel, and nothing
 * else does.
 */
@ApplicationTest
@Import(StoryBed.class)
@Order(10)
@ResourceLock(StoryBed.SANDBOX)
class ContactsFollowClinikoTests {

  private static final ZoneId SYDNEY = ZoneId.of("Australia/Sydney");

  @Autowired private Stage stage;
  @Autowired private Tenancy tenancy;
  @Autowired private JdbcClient jdbc;
  @Autowired private Links links;

  @Test
  void everyPatientOfAWholeClinicArrivesAndASecondRunWritesNothing() {
    Scene scene = stage.scene(1500, 1500, SYDNEY, "AU");
    RunResult first = scene.sync();
    assertThat(first.state()).isEqualTo(RunState.SUCCEEDED);
    compare(scene);

    String rows = rowVersions(scene);
    long mark = scene.mark();
    RunResult second = scene.sync();
    assertThat(second.created() + second.updated()).isZero();
    assertThat(scene.emrCallsSince(mark)).as("one read per endpoint").hasSize(5);
    assertThat(scene.crmWritesSince(mark)).isEmpty();
    assertThat(rowVersions(scene)).as("no record row was written again").isEqualTo(rows);
  }

  @Test
  void passingAnAppointmentUpdatesExactlyItsPatient() {
    Scene scene = stage.scene(7, 60, SYDNEY, "AU");
    scene.sync();
    String patient =
        stage
            .sandbox()
            .cliniko()
            .account(scene.emrAccount())
            .edits()
            .createPatient(
                Map.of(
                    "first_name",
                    "Clock",
                    "last_name",
                    "Watcher",
                    "email",
                    "clock.watcher@example.org"));
    JsonNode truth = scene.emrTruth();
    Instant start =
        scene.now().plus(Duration.ofMinutes(3)).truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
    stage
        .sandbox()
        .cliniko()
        .account(scene.emrAccount())
        .edits()
        .book(
            patient,
            truth.path("practitioners").get(0).path("id").asText(),
            truth.path("businesses").get(0).path("id").asText(),
            truth.path("appointment_types").get(0).path("id").asText(),
            start);
    scene.sync();
    assertThat(contactOf(scene, patient).get("upcoming_appointment_start_time"))
        .isEqualTo(start.toString());

    long mark = scene.mark();
    Set<String> alsoDue = dueBetween(scene, scene.now(), start.plusSeconds(1));
    stage.sandbox().clock().advance(Duration.between(scene.now(), start.plusSeconds(1)));
    scene.settle();
    assertThat(scene.emrCallsSince(mark)).as("no look at the EMR is needed").isEmpty();
    assertThat(scene.crmWritesSince(mark)).hasSize(alsoDue.size());
    assertThat(alsoDue).contains(patient);
    assertThat(contactOf(scene, patient).get("upcoming_appointment_start_time")).isEqualTo("");
  }

  @Test
  void aChangeInTheEmrChangesOnlyItsContactAndOnlyItsFields() {
    Scene scene = stage.scene(8, 60, SYDNEY, "AU");
    scene.sync();
    JsonNode patient =
        new ClinikoTruth(scene.emrTruth(), scene.now(), SYDNEY).standingPatients().getFirst();
    stage.sandbox().clock().advance(Duration.ofMinutes(15));
    scene.sync();
    long mark = scene.mark();
    stage
        .sandbox()
        .cliniko()
        .account(scene.emrAccount())
        .edits()
        .updatePatient(patient.path("id").asText(), Map.of("city", "Moved-to-Hobart"));
    scene.sync();
    assertThat(scene.crmWritesSince(mark)).hasSize(1);
    assertThat(contactOf(scene, patient.path("id").asText()).get("city"))
        .isEqualTo("Moved-to-Hobart");
    compare(scene);
  }

  @Test
  void aFieldTheCrmDropsIsNoticedAndNotCountedAsWritten() {
    // F27: accepted with a 200 and not stored.
    Scene scene = stage.scene(9, 20, SYDNEY, "AU");
    scene.sync();
    String patient =
        ClinikoTruth.id(
            new ClinikoTruth(scene.emrTruth(), scene.now(), SYDNEY).standingPatients().getFirst());
    String fault =
        stage
            .sandbox()
            .faults()
            .set(Fault.of(FaultKind.DROP_FIELD).onAccount(scene.crmAccount()).field("city"));
    stage
        .sandbox()
        .cliniko()
        .account(scene.emrAccount())
        .edits()
        .updatePatient(patient, Map.of("city", "Dropped"));
    scene.sync();
    stage.sandbox().faults().clear(fault);
    assertThat(notApplied(scene, patient)).containsExactly("city");
    assertThat(contactOf(scene, patient).get("city")).isNotEqualTo("Dropped");
    // With the next change of the patient it is written again, since it never counted as written.
    stage.sandbox().clock().advance(Duration.ofMinutes(15));
    stage
        .sandbox()
        .cliniko()
        .account(scene.emrAccount())
        .edits()
        .updatePatient(patient, Map.of("state", "TAS"));
    scene.sync();
    assertThat(contactOf(scene, patient).get("city")).isEqualTo("Dropped");
    assertThat(notApplied(scene, patient)).isEmpty();
  }

  @Test
  void aCreateThatWasRefusedYetDoneMakesNoSecondContact() {
    // F27: 422 although created.
    Scene scene = stage.scene(10, 20, SYDNEY, "AU");
    String fault =
        stage
            .sandbox()
            .faults()
            .set(
                Fault.of(FaultKind.APPLIED_BUT_422)
                    .onAccount(scene.crmAccount())
                    .onMethod("POST")
                    .onPath("/contacts/$")
                    .times(3));
    stage.runs().run(scene.clinic(), scene.connection()).orElseThrow();
    stage.facts().work(scene.clinic());
    stage.drain().work(scene.clinic());
    stage.sandbox().clock().advance(Duration.ofSeconds(61));
    scene.settle();
    stage.sandbox().faults().clear(fault);
    compare(scene);
    assertThat(patientIdsOfContacts(scene)).doesNotHaveDuplicates();
  }

  @Test
  void aContactAUserDeletedIsPutToAPersonAndNeverRecreatedInALoop() {
    // F28
    Scene scene = stage.scene(11, 20, SYDNEY, "AU");
    scene.sync();
    String patient =
        ClinikoTruth.id(
            new ClinikoTruth(scene.emrTruth(), scene.now(), SYDNEY).standingPatients().getFirst());
    int contacts = scene.location().contactIds().size();
    scene.location().edits().deleteContact(contactIdOf(scene, patient));
    stage.sandbox().clock().advance(Duration.ofMinutes(15));
    stage
        .sandbox()
        .cliniko()
        .account(scene.emrAccount())
        .edits()
        .updatePatient(patient, Map.of("city", "One"));
    scene.sync();
    assertThat(link(scene, patient).state()).isEqualTo(Link.State.REVIEW);
    assertThat(link(scene, patient).rule()).isEqualTo("CONTACT_GONE");
    stage.sandbox().clock().advance(Duration.ofMinutes(15));
    stage
        .sandbox()
        .cliniko()
        .account(scene.emrAccount())
        .edits()
        .updatePatient(patient, Map.of("city", "Two"));
    scene.sync();
    assertThat(scene.location().contactIds()).hasSize(contacts - 1);
  }

  @Test
  void whereTheClinicWantsItADeletedContactIsMadeAgainOnce() {
    Scene scene = stage.scene(12, 20, SYDNEY, "AU");
    ClinicSettings s = ClinicSettings.defaults();
    stage
        .clinics()
        .change(
            scene.organisation(),
            scene.clinic(),
            new ClinicSettings(
                s.household(),
                s.marketingWithoutConsent(),
                s.pack(),
                s.approvedClasses(),
                true,
                30,
                24,
                14,
                90,
                365,
                null,
                false));
    scene.sync();
    String patient =
        ClinikoTruth.id(
            new ClinikoTruth(scene.emrTruth(), scene.now(), SYDNEY).standingPatients().getFirst());
    int contacts = scene.location().contactIds().size();
    for (String city : List.of("One", "Two")) {
      scene.location().edits().deleteContact(contactIdOf(scene, patient));
      stage.sandbox().clock().advance(Duration.ofMinutes(15));
      stage
          .sandbox()
          .cliniko()
          .account(scene.emrAccount())
          .edits()
          .updatePatient(patient, Map.of("city", city));
      scene.sync();
      if (city.equals("One")) {
        assertThat(scene.location().contactIds()).as("made again").hasSize(contacts);
        compare(scene);
      }
    }
    assertThat(scene.location().contactIds()).as("but not in a loop").hasSize(contacts - 1);
    assertThat(link(scene, patient).state()).isEqualTo(Link.State.REVIEW);
  }

  @Test
  void aPatientMergedInTheEmrHandsItsContactToTheSurvivorOrTagsIt() {
    Scene scene = stage.scene(13, 20, SYDNEY, "AU");
    scene.sync();
    List<JsonNode> standing =
        new ClinikoTruth(scene.emrTruth(), scene.now(), SYDNEY).standingPatients();
    String loser = ClinikoTruth.id(standing.get(0));
    String survivor = ClinikoTruth.id(standing.get(1));
    String losersContact = contactIdOf(scene, loser);
    String survivorsContact = contactIdOf(scene, survivor);
    stage.sandbox().clock().advance(Duration.ofMinutes(15));
    stage.sandbox().cliniko().account(scene.emrAccount()).edits().mergePatients(loser, survivor);
    scene.sync();
    assertThat(contactIdOf(scene, survivor)).isEqualTo(survivorsContact);
    assertThat(tags(scene, losersContact)).contains("emr-merged");
    assertThat(scene.location().contactIds()).as("nothing is deleted").contains(losersContact);
  }

  @Test
  void anAddressAddedLaterReachesTheContactItself() {
    Scene scene = stage.scene(17, 20, SYDNEY, "AU");
    var edits = stage.sandbox().cliniko().account(scene.emrAccount()).edits();
    String patient = edits.createPatient(Map.of("first_name", "Late", "last_name", "Mail"));
    scene.sync();
    assertThat(contactOf(scene, patient).get("email")).isEqualTo("");
    stage.sandbox().clock().advance(Duration.ofMinutes(15));
    edits.updatePatient(patient, Map.of("email", "late.mail@example.org"));
    scene.sync();
    assertThat(contactOf(scene, patient).get("email")).isEqualTo("late.mail@example.org");
  }

  @Test
  void anExchangedSubAccountIsFilledFromNothing() {
    Scene scene = stage.scene(18, 20, SYDNEY, "AU");
    scene.sync();
    int contacts = scene.location().contactIds().size();
    var other = stage.sandbox().ghlLocation("exchanged-" + scene.emrAccount(), "AU", SYDNEY);
    stage.ghlAccounts().connect(scene.clinic(), other.id(), other.secret(), other.base());
    scene.settle();
    assertThat(stage.sandbox().ghl().location(other.id()).contactIds()).hasSize(contacts);
  }

  @Test
  void aWiderPackFillsTheContactsThatStand() {
    Scene scene = stage.scene(19, 20, SYDNEY, "AU");
    scene.sync();
    ClinicSettings s = ClinicSettings.defaults();
    stage
        .clinics()
        .change(
            scene.organisation(),
            scene.clinic(),
            new ClinicSettings(
                s.household(),
                s.marketingWithoutConsent(),
                ClinicSettings.Pack.FULL,
                s.approvedClasses(),
                false,
                30,
                24,
                14,
                90,
                365,
                null,
                false));
    long mark = scene.mark();
    scene.settle();
    assertThat(
            scene.crmWritesSince(mark).stream()
                .filter(entry -> entry.operation().startsWith("PUT /contacts"))
                .count())
        .isGreaterThanOrEqualTo(15);
  }

  @Test
  void anArchivedPatientsContactIsTaggedAndComesBack() {
    Scene scene = stage.scene(14, 20, SYDNEY, "AU");
    scene.sync();
    String patient =
        ClinikoTruth.id(
            new ClinikoTruth(scene.emrTruth(), scene.now(), SYDNEY).standingPatients().getFirst());
    String contact = contactIdOf(scene, patient);
    stage.sandbox().clock().advance(Duration.ofMinutes(15));
    stage.sandbox().cliniko().account(scene.emrAccount()).edits().archivePatient(patient);
    scene.sync();
    assertThat(tags(scene, contact)).contains("emr-archived");
    stage.sandbox().clock().advance(Duration.ofMinutes(15));
    stage.sandbox().cliniko().account(scene.emrAccount()).edits().unarchivePatient(patient);
    scene.sync();
    assertThat(tags(scene, contact)).doesNotContain("emr-archived");
    compare(scene);
  }

  @Test
  void existingContactsAreLinkedByNameAndAddressAndNeverByAddressAlone() {
    Scene scene = stage.scene(15, 40, SYDNEY, "AU");
    List<JsonNode> standing =
        new ClinikoTruth(scene.emrTruth(), scene.now(), SYDNEY).standingPatients();
    JsonNode same = standing.stream().filter(p -> alone(standing, p)).findFirst().orElseThrow();
    JsonNode other =
        standing.stream().filter(p -> alone(standing, p) && p != same).findFirst().orElseThrow();
    String sameContact =
        scene
            .location()
            .edits()
            .createContact(
                Map.of(
                    "firstName", ClinikoTruth.text(same, "first_name").toUpperCase(Locale.ROOT),
                    "lastName", ClinikoTruth.text(same, "last_name"),
                    "email", ClinikoTruth.text(same, "email")));
    String strangersContact =
        scene
            .location()
            .edits()
            .createContact(
                Map.of(
                    "firstName",
                    "Zebulon",
                    "lastName",
                    "Quartermain",
                    "email",
                    ClinikoTruth.text(other, "email")));
    stage.sandbox().clock().advance(Duration.ofSeconds(30));
    scene.sync();
    assertThat(contactIdOf(scene, ClinikoTruth.id(same))).isEqualTo(sameContact);
    assertThat(contactIdOf(scene, ClinikoTruth.id(other))).isNotEqualTo(strangersContact);
    JsonNode stranger = contact(scene, strangersContact);
    assertThat(ClinikoTruth.text(stranger, "email"))
        .as("no address is stolen")
        .isEqualToIgnoringCase(ClinikoTruth.text(other, "email"));
    assertThat(ClinikoTruth.text(stranger, "firstName")).isEqualTo("Zebulon");
  }

  @Test
  void consentIsMergedTheStrictWay() {
    Scene scene = stage.scene(16, 40, SYDNEY, "AU");
    List<JsonNode> standing =
        new ClinikoTruth(scene.emrTruth(), scene.now(), SYDNEY).standingPatients();
    JsonNode willing =
        standing.stream()
            .filter(p -> p.path("accepted_email_marketing").asBoolean(false) && alone(standing, p))
            .findFirst()
            .orElseThrow();
    String contact =
        scene
            .location()
            .edits()
            .createContact(
                Map.of(
                    "firstName", ClinikoTruth.text(willing, "first_name"),
                    "lastName", ClinikoTruth.text(willing, "last_name"),
                    "email", ClinikoTruth.text(willing, "email")));
    scene.location().edits().setDnd(contact, "Email", true);
    stage.sandbox().clock().advance(Duration.ofSeconds(30));
    scene.sync();
    assertThat(contactIdOf(scene, ClinikoTruth.id(willing))).isEqualTo(contact);
    assertThat(contact(scene, contact).path("dndSettings").path("Email").path("status").asText())
        .as("an opt-out in the CRM stays, whatever the EMR says")
        .isEqualTo("active");
    for (JsonNode patient : standing) {
      if (patient.path("accepted_email_marketing").isBoolean()
          && !patient.path("accepted_email_marketing").asBoolean()) {
        assertThat(
                contact(scene, contactIdOf(scene, ClinikoTruth.id(patient)))
                    .path("dndSettings")
                    .path("Email")
                    .path("status")
                    .asText())
            .as("a refusal in the EMR closes the channel")
            .isEqualTo("active");
      }
    }
  }

  private void compare(Scene scene) {
    ClinikoTruth truth = new ClinikoTruth(scene.emrTruth(), scene.now(), scene.zone());
    JsonNode crm = scene.crmTruth();
    Map<String, Map<String, Object>> contacts = contactsByPatient(crm);
    List<String> wrong = new ArrayList<>();
    for (JsonNode patient : truth.standingPatients()) {
      Map<String, Object> contact = contacts.get(ClinikoTruth.id(patient));
      if (contact == null) {
        wrong.add(
            ClinikoTruth.id(patient)
                + " has no contact but "
                + link(scene, ClinikoTruth.id(patient)));
        continue;
      }
      truth
          .expected(patient)
          .forEach(
              (key, expected) -> {
                if (!same(expected, contact.getOrDefault(key, ""))) {
                  wrong.add(
                      ClinikoTruth.id(patient)
                          + " "
                          + key
                          + ": expected "
                          + expected
                          + " but is "
                          + contact.get(key));
                }
              });
      String email = ClinikoTruth.text(patient, "email");
      if (!email.isEmpty()
          && !email.equalsIgnoreCase(String.valueOf(contact.get("email")))
          && !email.equalsIgnoreCase(String.valueOf(contact.get("emr_email")))) {
        wrong.add(ClinikoTruth.id(patient) + " has lost its e-mail");
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static boolean same(Object expected, Object actual) {
    if (expected instanceof BigDecimal number) {
      return !actual.equals("") && number.compareTo(new BigDecimal(actual.toString())) == 0;
    }
    return expected.toString().equalsIgnoreCase(actual.toString());
  }

  /** Contacts by the patient id they carry, with natives and custom fields by key. */
  private static Map<String, Map<String, Object>> contactsByPatient(JsonNode crm) {
    Map<String, String> keys = new HashMap<>();
    crm.path("customFields")
        .forEach(
            f ->
                keys.put(
                    f.path("id").asText(), f.path("fieldKey").asText().replace("contact.", "")));
    Map<String, Map<String, Object>> byPatient = new HashMap<>();
    for (JsonNode contact : crm.path("contacts")) {
      Map<String, Object> values = new HashMap<>();
      for (String key : List.of("firstName", "lastName", "email", "phone", "city", "state")) {
        values.put(key, ClinikoTruth.text(contact, key));
      }
      String born = ClinikoTruth.text(contact, "dateOfBirth");
      values.put("dateOfBirth", born.length() > 10 ? born.substring(0, 10) : born);
      values.put("id", contact.path("id").asText());
      contact
          .path("customFields")
          .forEach(
              field ->
                  values.put(
                      keys.getOrDefault(field.path("id").asText(), "?"),
                      field.path("value").asText()));
      Object patient = values.get("patient_id");
      if (patient != null) {
        byPatient.put(patient.toString(), values);
      }
    }
    return byPatient;
  }

  private static List<String> patientIdsOfContacts(Scene scene) {
    JsonNode crm = scene.crmTruth();
    String field =
        StreamSupport.stream(crm.path("customFields").spliterator(), false)
            .filter(f -> f.path("fieldKey").asText().endsWith("patient_id"))
            .map(f -> f.path("id").asText())
            .findFirst()
            .orElseThrow();
    List<String> ids = new ArrayList<>();
    crm.path("contacts")
        .forEach(
            contact ->
                contact
                    .path("customFields")
                    .forEach(
                        value -> {
                          if (value.path("id").asText().equals(field)) {
                            ids.add(value.path("value").asText());
                          }
                        }));
    return ids;
  }

  private static Map<String, Object> contactOf(Scene scene, String patient) {
    return new HashMap<>(contactsByPatient(scene.crmTruth()).get(patient)) {
      private static final long serialVersionUID = 1L;

      @Override
      public Object get(Object key) {
        return getOrDefault(key, "");
      }
    };
  }

  private String contactIdOf(Scene scene, String patient) {
    return String.valueOf(link(scene, patient).contactId());
  }

  private Link link(Scene scene, String patient) {
    return tenancy.inClinic(
        scene.clinic(),
        () ->
            links
                .find(
                    scene.clinic(), scene.connection(), new io.clinicsync.canonical.EmrId(patient))
                .orElseThrow());
  }

  private static JsonNode contact(Scene scene, String id) {
    return StreamSupport.stream(scene.crmTruth().path("contacts").spliterator(), false)
        .filter(contact -> contact.path("id").asText().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> tags(Scene scene, String contact) {
    List<String> tags = new ArrayList<>();
    contact(scene, contact).path("tags").forEach(tag -> tags.add(tag.asText()));
    return tags;
  }

  private static boolean alone(List<JsonNode> patients, JsonNode one) {
    String email = ClinikoTruth.text(one, "email");
    Set<String> names = new HashSet<>();
    patients.stream()
        .filter(p -> ClinikoTruth.text(p, "email").equalsIgnoreCase(email))
        .forEach(p -> names.add(ClinikoTruth.id(p)));
    return !email.isEmpty() && email.contains("@") && names.size() == 1;
  }

  private Set<String> dueBetween(Scene scene, Instant from, Instant to) {
    return tenancy.inClinic(
        scene.clinic(),
        () ->
            Set.copyOf(
                jdbc.sql(
                        "SELECT patient_id FROM insights_facts WHERE tenant_id = ? AND due_at <= ?")
                    .params(scene.clinic().value(), to.atOffset(java.time.ZoneOffset.UTC))
                    .query(String.class)
                    .list()));
  }

  private List<String> notApplied(Scene scene, String patient) {
    return tenancy.inClinic(
        scene.clinic(),
        () ->
            jdbc.sql(
                    "SELECT unnest(not_applied) FROM crm_pushed WHERE tenant_id = ? AND patient_id = ?")
                .params(scene.clinic().value(), patient)
                .query(String.class)
                .list());
  }

  private String rowVersions(Scene scene) {
    StringBuilder all = new StringBuilder();
    for (String table :
        List.of(
            "records_patients",
            "records_appointments",
            "records_invoices",
            "insights_facts",
            "crm_pushed")) {
      all.append(
          tenancy.inClinic(
              scene.clinic(),
              () ->
                  jdbc.sql(
                          "SELECT count(*) || ' ' || coalesce(max(xmin::text::bigint), 0) FROM "
                              + table
                              + " WHERE tenant_id = ?")
                      .param(scene.clinic().value())
                      .query(String.class)
                      .single()));
      all.append('\n');
    }
    return all.toString();
  }
}
