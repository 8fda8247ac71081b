package io.clinicsync.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.clinicsync.ApplicationTest;
import io.clinicsync.api.OpenErrors;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.crm.ContactSweep;
import io.clinicsync.crm.Pushes;
import io.clinicsync.people.Link;
import io.clinicsync.people.Links;
import io.clinicsync.sandbox.server.Fault;
import io.clinicsync.sandbox.server.LogEntry;
import io.clinicsync.story.StoryBed.Scene;
import io.clinicsync.story.StoryBed.Stage;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What goes wrong on the way to a contact is found, bounded and said. */
@ApplicationTest
@Import(StoryBed.class)
@ResourceLock(StoryBed.SANDBOX)
class ContactFaultsTests {

  private static final ZoneId SYDNEY = ZoneId.of("Australia/Sydney");

  @Autowired private Stage stage;
  @Autowired private Tenancy tenancy;
  @Autowired private JdbcClient jdbc;
  @Autowired private Links links;
  @Autowired private Pushes pushes;
  @Autowired private ContactSweep contacts;
  @Autowired private OpenErrors errors;

  /** SY-3 on the contacts' side. */
  @Test
  void factsWhoseQueueingWasLostAreFoundByTheSweep() {
    Scene scene = stage.scene(21, 20, SYDNEY, "AU");
    scene.sync();
    assertThat(contacts.sweep(scene.clinic())).as("nothing is forgotten in health").isZero();
    String known = ClinikoTruth.id(standing(scene).getFirst());
    stage.sandbox().clock().advance(Duration.ofMinutes(15));
    // As if the sub-account were connected in the very moment in which the facts are stored.
    String account =
        tenancy.inClinic(
            scene.clinic(),
            () ->
                jdbc.sql(
                        "DELETE FROM clinics_ghl_accounts a WHERE tenant_id = ? RETURNING row_to_json(a)::text")
                    .param(scene.clinic().value())
                    .query(String.class)
                    .single());
    var edits = stage.sandbox().cliniko().account(scene.emrAccount()).edits();
    edits.updatePatient(known, Map.of("city", "Lost-and-found"));
    String fresh =
        edits.createPatient(
            Map.of("first_name", "Forgotten", "last_name", "Example", "email", "f@example.org"));
    stage.runs().run(scene.clinic(), scene.connection()).orElseThrow();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              stage.facts().work(scene.clinic());
              return !stage.due().clinicsWaiting().contains(scene.clinic());
            });
    int back =
        tenancy.inClinic(
            scene.clinic(),
            () ->
                jdbc.sql(
                        "INSERT INTO clinics_ghl_accounts SELECT * FROM json_populate_record(NULL::clinics_ghl_accounts, ?::json)")
                    .param(account)
                    .update());
    assertThat(back).isEqualTo(1);
    long mark = scene.mark();
    stage.drain().work(scene.clinic());
    assertThat(scene.crmWritesSince(mark)).as("nobody knows").isEmpty();

    assertThat(contacts.sweep(scene.clinic())).isEqualTo(2);
    scene.settle();
    assertThat(city(scene, known)).isEqualTo("Lost-and-found");
    assertThat(link(scene, fresh).state()).isEqualTo(Link.State.LINKED);
    assertThat(contacts.sweep(scene.clinic())).isZero();
  }

  @Test
  void theOneRightContactAmongHundredsThatShareAnAddressIsFound() {
    Scene scene = stage.scene(22, 12, SYDNEY, "AU");
    JsonNode patient =
        standing(scene).stream()
            .filter(each -> ClinikoTruth.text(each, "email").contains("@"))
            .findFirst()
            .orElseThrow();
    String email = ClinikoTruth.text(patient, "email");
    for (int stranger = 0; stranger < 130; stranger++) {
      create(scene, "Stranger" + stranger, "Quartermain", email);
    }
    String right =
        create(
            scene,
            ClinikoTruth.text(patient, "first_name"),
            ClinikoTruth.text(patient, "last_name"),
            email);
    for (int stranger = 130; stranger < 260; stranger++) {
      create(scene, "Stranger" + stranger, "Quartermain", email);
    }
    stage.sandbox().clock().advance(Duration.ofSeconds(30));
    scene.sync();
    Link link = link(scene, ClinikoTruth.id(patient));
    assertThat(link.state()).isEqualTo(Link.State.LINKED);
    assertThat(link.contactId()).isEqualTo(right);
  }

  @Test
  void aContactThatIsAlwaysRefusedIsTriedSixTimesAndThenWaitsForTheClinic() {
    Scene scene = stage.scene(23, 6, SYDNEY, "AU");
    String fault =
        stage
            .sandbox()
            .faults()
            .set(
                Fault.status(422)
                    .onAccount(scene.crmAccount())
                    .onMethod("POST")
                    .onPath("/contacts/$"));
    long mark = scene.mark();
    stage.runs().run(scene.clinic(), scene.connection()).orElseThrow();
    stage.facts().work(scene.clinic());
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              stage.drain().work(scene.clinic());
              stage.sandbox().clock().advance(Duration.ofSeconds(60));
              return waiting(scene) > 0 && stage.drain().waiting(scene.clinic()) == 0;
            });
    int patients = waiting(scene);
    assertThat(patients).isGreaterThanOrEqualTo(3);
    assertThat(refusedSince(scene, mark)).hasSize(6 * patients);
    assertThat(stage.drain().waiting(scene.clinic())).as("still in the queue's way").isZero();
    OpenErrors.OpenError error =
        errors.of(scene.clinic()).stream()
            .filter(each -> each.what().code().equals("crm_value_refused"))
            .findFirst()
            .orElseThrow();
    assertThat(error.count()).isEqualTo(patients);
    assertThat(error.what().nextStep()).contains("EMR");

    long parked = scene.mark();
    for (int day = 0; day < 4; day++) {
      stage.sandbox().clock().advance(Duration.ofHours(12));
      stage.drain().work(scene.clinic());
    }
    assertThat(refusedSince(scene, parked)).as("a loop").isEmpty();

    stage.sandbox().faults().clear(fault);
    String corrected = ClinikoTruth.id(standing(scene).getFirst());
    stage
        .sandbox()
        .cliniko()
        .account(scene.emrAccount())
        .edits()
        .updatePatient(corrected, Map.of("city", "Corrected"));
    scene.sync();
    assertThat(city(scene, corrected)).isEqualTo("Corrected");
    assertThat(waiting(scene)).isLessThan(patients);
  }

  private static List<JsonNode> standing(Scene scene) {
    return new ClinikoTruth(scene.emrTruth(), scene.now(), SYDNEY).standingPatients();
  }

  private static String create(Scene scene, String first, String last, String email) {
    return scene
        .location()
        .edits()
        .createContact(Map.of("firstName", first, "lastName", last, "email", email));
  }

  private List<LogEntry> refusedSince(Scene scene, long mark) {
    return stage.sandbox().log().since(scene.crmAccount(), mark).stream()
        .filter(entry -> entry.status() == 422 && entry.operation().equals("POST /contacts/"))
        .toList();
  }

  private int waiting(Scene scene) {
    return tenancy.inClinic(
        scene.clinic(),
        () ->
            jdbc.sql("SELECT count(*) FROM crm_pushes WHERE tenant_id = ?")
                .param(scene.clinic().value())
                .query(Integer.class)
                .single());
  }

  private String city(Scene scene, String patient) {
    return tenancy.inClinic(
        scene.clinic(),
        () ->
            String.valueOf(
                pushes
                    .find(scene.clinic(), scene.connection(), new EmrId(patient))
                    .orElseThrow()
                    .written()
                    .get("city")));
  }

  private Link link(Scene scene, String patient) {
    return tenancy.inClinic(
        scene.clinic(),
        () -> links.find(scene.clinic(), scene.connection(), new EmrId(patient)).orElseThrow());
  }
}
