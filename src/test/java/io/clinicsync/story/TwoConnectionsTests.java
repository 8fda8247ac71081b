package io.clinicsync.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.clinics.ClinicSettings;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connections;
import io.clinicsync.insights.FactPath;
import io.clinicsync.insights.FactValue;
import io.clinicsync.insights.Facts;
import io.clinicsync.insights.PatientFactsStore;
import io.clinicsync.people.Link;
import io.clinicsync.people.Links;
import io.clinicsync.story.StoryBed.Scene;
import io.clinicsync.story.StoryBed.Stage;
import io.clinicsync.tenancy.Tenancy;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * One clinic with two EMRs whose patients are the same people: one contact each, what is derived
 * comes from both, and no field is fought over (architecture D9).
 */
@ApplicationTest
@Import(StoryBed.class)
@Order(11)
@ResourceLock(StoryBed.SANDBOX)
class TwoConnectionsTests {

  private static final ZoneId SYDNEY = ZoneId.of("Australia/Sydney");

  @Autowired private Stage stage;
  @Autowired private Clinics clinics;
  @Autowired private Connections connections;
  @Autowired private Tenancy tenancy;
  @Autowired private Links links;
  @Autowired private PatientFactsStore facts;
  @Autowired private JdbcClient jdbc;

  @Test
  void peopleOfTwoEmrsBecomeOneContactThatNeitherTakesFromTheOther() {
    Scene cliniko = stage.scene(21, 40, SYDNEY, "AU");
    wantEveryField(cliniko);
    cliniko.sync();
    int before = cliniko.crmTruth().path("contacts").size();
    Scene jane = stage.beside(cliniko, "jane", "web", 21, 40);
    jane.sync();
    jane.settle();

    List<Map<ConnectionId, EmrId>> shared = shared(cliniko);
    assertThat(shared).as("people of both").hasSizeGreaterThan(15);
    assertThat(cliniko.crmTruth().path("contacts").size())
        .as("contacts beside those the first EMR made")
        .isLessThan(before + 40 - shared.size());
    Map<String, JsonNode> contacts = contacts(cliniko);
    for (Map<ConnectionId, EmrId> person : shared) {
      compare(cliniko, jane, person, contacts);
    }

    long mark = cliniko.mark();
    cliniko.sync();
    jane.sync();
    assertThat(cliniko.crmWritesSince(mark)).as("a second run of both writes nothing").isEmpty();

    connections.revoke(cliniko.clinic(), cliniko.connection());
    jane.settle();
    Map<String, JsonNode> left = contacts(cliniko);
    for (Map<ConnectionId, EmrId> person : shared) {
      JsonNode contact = left.get(contactOf(cliniko, person));
      assertThat(fields(cliniko, contact).get("patient_id"))
          .as("owned by who is left")
          .isEqualTo(person.get(jane.connection()).value());
    }
  }

  private String contactOf(Scene cliniko, Map<ConnectionId, EmrId> person) {
    EmrId first = person.get(cliniko.connection());
    return tenancy
        .inClinic(cliniko.clinic(), () -> links.find(cliniko.clinic(), cliniko.connection(), first))
        .orElseThrow()
        .contactId();
  }

  @Test
  void twoEmrsLoadedTogetherMakeOneContactPerPersonBeforeTheIndexShowsAny() {
    Scene cliniko = stage.scene(22, 40, SYDNEY, "AU");
    cliniko.location().searchLag(Duration.ofHours(1));
    Scene jane = stage.beside(cliniko, "jane", "web", 22, 40);
    stage.runs().run(cliniko.clinic(), cliniko.connection()).orElseThrow();
    stage.runs().run(jane.clinic(), jane.connection()).orElseThrow();
    stage.facts().work(cliniko.clinic());
    stage.drain().work(cliniko.clinic());
    // Who had to wait for the other's contact is asked again.
    stage.sandbox().clock().advance(Duration.ofMinutes(2));
    jane.settle();

    Map<String, String> theirs = contactsOf(cliniko);
    Map<String, String> others = contactsOf(jane);
    Set<String> both = new TreeSet<>(theirs.keySet());
    both.retainAll(others.keySet());
    assertThat(both).as("people both EMRs have").hasSizeGreaterThan(15);
    for (String person : both) {
      assertThat(others.get(person)).as("a person's contact").isEqualTo(theirs.get(person));
    }
  }

  /**
   * Contacts of those nobody shares both name and e-mail with in the EMR's own records, by both.
   */
  private Map<String, String> contactsOf(Scene scene) {
    Map<String, String> contacts = new HashMap<>();
    Map<String, List<JsonNode>> persons = new HashMap<>();
    for (JsonNode each : scene.emrTruth().path("patients")) {
      String email = each.path("email").asText("").toLowerCase(Locale.ROOT);
      String name = each.path("first_name").asText() + " " + each.path("last_name").asText();
      if (!email.isEmpty()) {
        persons.computeIfAbsent(name + " " + email, any -> new ArrayList<>()).add(each);
      }
    }
    persons.forEach(
        (person, records) -> {
          String contact = contactOf(scene, records.getFirst().path("id").asText());
          if (records.size() == 1 && contact != null) {
            contacts.put(person, contact);
          }
        });
    return contacts;
  }

  private @Nullable String contactOf(Scene scene, String patient) {
    return tenancy
        .inClinic(
            scene.clinic(),
            () -> links.find(scene.clinic(), scene.connection(), new EmrId(patient)))
        .map(Link::contactId)
        .orElse(null);
  }

  private void wantEveryField(Scene scene) {
    ClinicSettings now = clinics.require(scene.clinic()).settings();
    clinics.change(
        scene.organisation(),
        scene.clinic(),
        new ClinicSettings(
            now.household(),
            now.marketingWithoutConsent(),
            ClinicSettings.Pack.FULL,
            now.approvedClasses(),
            now.recreateDeletedContacts(),
            now.reminderLeadMinutes(),
            now.lateCancelHours(),
            now.atRiskDays(),
            now.lapsedDays(),
            now.lostDays(),
            null,
            false));
  }

  private void compare(
      Scene cliniko, Scene jane, Map<ConnectionId, EmrId> person, Map<String, JsonNode> contacts) {
    EmrId first = person.get(cliniko.connection());
    EmrId second = person.get(jane.connection());
    Facts one = facts(cliniko, first);
    Facts other = facts(jane, second);
    JsonNode contact = contacts.get(contactOf(cliniko, person));
    Map<String, String> fields = fields(cliniko, contact);
    assertThat(fields.get("patient_id"))
        .as("owned by the older connection")
        .isEqualTo(first.value());
    assertThat(fields.get("patient_number"))
        .as("only Jane has it")
        .isEqualTo(text(other, "extras.patient_number"));
    assertThat(new BigDecimal(fields.get("visits_total")))
        .as("visits of both")
        .isEqualByComparingTo(
            number(one, FactPath.TOTAL_VISITS).add(number(other, FactPath.TOTAL_VISITS)));
    String next =
        Stream.of(one, other)
            .flatMap(each -> each.find(FactPath.NEXT_VISIT_AT).stream())
            .map(each -> ((FactValue.Moment) each).at())
            .min(Instant::compareTo)
            .map(Instant::toString)
            .orElse(null);
    assertThat(fields.get("next_visit_at")).as("the earlier one of both").isEqualTo(next);
  }

  private static BigDecimal number(Facts facts, FactPath path) {
    return ((FactValue.Number) facts.find(path).orElseThrow()).value();
  }

  private static String text(Facts facts, String path) {
    return facts.find(path).map(FactValue::canonical).orElse(null);
  }

  private Facts facts(Scene scene, EmrId patient) {
    return tenancy
        .inClinic(scene.clinic(), () -> facts.find(scene.clinic(), scene.connection(), patient))
        .orElseThrow()
        .facts();
  }

  private List<Map<ConnectionId, EmrId>> shared(Scene scene) {
    record Row(String contact, ConnectionId connection, EmrId patient) {}
    List<Row> rows =
        tenancy.inClinic(
            scene.clinic(),
            () ->
                jdbc.sql(
                        "SELECT contact_id, connection_id, patient_id FROM people_links WHERE state = 'LINKED'")
                    .query(
                        (row, number) ->
                            new Row(
                                row.getString(1),
                                new ConnectionId(row.getObject(2, java.util.UUID.class)),
                                new EmrId(row.getString(3))))
                    .list());
    return rows.stream().collect(Collectors.groupingBy(Row::contact)).values().stream()
        .filter(of -> of.stream().map(Row::connection).distinct().count() == 2)
        .map(
            of -> {
              Map<ConnectionId, EmrId> person = new HashMap<>();
              of.forEach(row -> person.put(row.connection(), row.patient()));
              return person;
            })
        .toList();
  }

  private static Map<String, JsonNode> contacts(Scene scene) {
    Map<String, JsonNode> contacts = new HashMap<>();
    scene
        .crmTruth()
        .path("contacts")
        .forEach(contact -> contacts.put(contact.path("id").asText(), contact));
    return contacts;
  }

  /** Custom fields by our key. */
  private Map<String, String> fields(Scene scene, JsonNode contact) {
    Map<String, String> keys = new HashMap<>();
    tenancy.inClinic(
        scene.clinic(),
        () ->
            jdbc.sql("SELECT field_id, key FROM crm_fields WHERE tenant_id = ?")
                .param(scene.clinic().value())
                .query(
                    row -> {
                      keys.put(row.getString(1), row.getString(2));
                    }));
    Map<String, String> fields = new HashMap<>();
    contact
        .path("customFields")
        .forEach(
            field ->
                fields.put(
                    keys.get(field.path("id").asText()),
                    field.path("value").isValueNode() ? field.path("value").asText() : null));
    return fields;
  }
}
