package io.clinicsync.people;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.ApplicationTest;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.clinics.ClinicSettings;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connections;
import io.clinicsync.ghl.GhlContact;
import io.clinicsync.ghl.GhlContactField;
import io.clinicsync.people.Linker.Addresses;
import io.clinicsync.records.Records;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * Two patients of one name and address, one of whom is being written while the other is decided.
 */
@ApplicationTest
class LinkerTests {

  private static final String ID_FIELD = "field-of-patient-ids";
  private static final Addresses SHARED = new Addresses("kim.lee@example.org", null);
  private static final Instant NOW = Instant.parse("2026-06-10T01:00:00Z");

  @Autowired private Clinics clinics;
  @Autowired private Connections connections;
  @Autowired private Tenancy tenancy;
  @Autowired private Linker linker;
  @Autowired private Links links;
  @Autowired private Records records;

  private ClinicId clinic;
  private ConnectionId connection;

  @BeforeEach
  void aClinic() {
    ZoneId zone = ZoneId.of("Australia/Sydney");
    clinic = clinics.create(clinics.createOrganisation("Twins"), "Twins", zone, "AU", "AUD").id();
    connection =
        connections
            .add(
                clinic,
                new Connections.NewConnection(
                    "cliniko", "api-key", "Twins", Map.of("apiKey", "x-au1"), null, zone, "AUD"))
            .id();
  }

  @Test
  void aContactThatShowsBeforeItsLinkIsWrittenDownIsNobodyElses() {
    save(new EmrId("1"), Link.State.CREATING, null);
    Link decided = decide(new EmrId("2"), contact("made", "1"));
    assertThat(decided.state()).isEqualTo(Link.State.CREATING);
    assertThat(decided.email()).as("held by the other").isNull();
  }

  @Test
  void theSecondOfOneNameAndAddressGetsItsOwnContactHoweverFarTheFirstIs() {
    save(new EmrId("1"), Link.State.LINKED, "made");
    Link shown = decide(new EmrId("2"), contact("made", "1"));
    assertThat(shown.state()).isEqualTo(Link.State.CREATING);
    assertThat(shown.email()).isNull();
    save(new EmrId("3"), Link.State.CREATING, null, SHARED.email());
    Link hidden = decide(new EmrId("4"));
    assertThat(hidden.state()).isEqualTo(Link.State.CREATING);
    assertThat(hidden.email()).isNull();
  }

  @Test
  void anIdOfNobodyWeAreWritingProvesNothing() {
    save(new EmrId("1"), Link.State.LINKED, "another");
    Link decided = decide(new EmrId("2"), contact("found", "1"));
    assertThat(decided.state()).isEqualTo(Link.State.LINKED);
    assertThat(decided.contactId()).isEqualTo("found");
  }

  @Test
  void thePersonsContactOfAnotherConnectionIsTheirsEvenBeforeTheIndexShowsIt() {
    ConnectionId other = another();
    hold(other, new EmrId("77"), Link.State.LINKED, "made", "Lee");
    Link decided = decide(new EmrId("1"));
    assertThat(decided.state()).isEqualTo(Link.State.LINKED);
    assertThat(decided.contactId()).isEqualTo("made");
  }

  @Test
  void aContactBeingMadeForAnotherConnectionIsWaitedFor() {
    ConnectionId other = another();
    hold(other, new EmrId("77"), Link.State.CREATING, null, "Lee");
    assertThat(decided(new EmrId("1"))).as("the same person").isEmpty();
    assertThat(tenancy.inClinic(clinic, () -> links.find(clinic, connection, new EmrId("1"))))
        .as("nothing is stored meanwhile")
        .isEmpty();
  }

  @Test
  void aSiblingOfAnotherConnectionGetsAContactAtOnce() {
    ConnectionId other = another();
    hold(other, new EmrId("77"), Link.State.CREATING, null, "Nguyen");
    Link decided = decide(new EmrId("1"));
    assertThat(decided.state()).isEqualTo(Link.State.CREATING);
    assertThat(decided.email()).as("held by the other").isNull();
  }

  @Test
  void oneOfAFamilyHasOneContactOverTwoEmrsThoughAnotherHoldsTheAddress() {
    ConnectionId other = another();
    hold(other, new EmrId("70"), Link.State.LINKED, "mothers", "Nguyen");
    know(other, patient(new EmrId("77"), "LÉE"), Link.State.LINKED, "made");
    Link decided = decide(new EmrId("1"), contactOf("mothers", "Mia", "Nguyen"));
    assertThat(decided.state()).isEqualTo(Link.State.LINKED);
    assertThat(decided.contactId()).isEqualTo("made");
    assertThat(decided.email()).as("held by the mother").isNull();
  }

  @Test
  void oneOfAFamilyIsWaitedForWhileItsContactIsBeingMade() {
    ConnectionId other = another();
    hold(other, new EmrId("70"), Link.State.LINKED, "mothers", "Nguyen");
    know(other, patient(new EmrId("77")), Link.State.CREATING, null);
    assertThat(decided(new EmrId("1"), contactOf("mothers", "Mia", "Nguyen"))).isEmpty();
  }

  @Test
  void aNamesakeOfAnotherAddressIsSomebodyElse() {
    ConnectionId other = another();
    hold(other, new EmrId("70"), Link.State.LINKED, "mothers", "Nguyen");
    know(other, patient(new EmrId("77"), "Lee", "other@example.org"), Link.State.LINKED, "made");
    Link decided = decide(new EmrId("1"), contactOf("mothers", "Mia", "Nguyen"));
    assertThat(decided.state()).isEqualTo(Link.State.CREATING);
  }

  private void know(ConnectionId of, Patient patient, Link.State state, @Nullable String contact) {
    Link link =
        new Link(patient.ref().id(), state, contact, "CREATED", List.of(), null, null, NOW, 0);
    tenancy.inClinic(
        clinic,
        () -> {
          records.store(clinic, of, List.of(patient), Records.Mode.QUIET, Duration.ZERO);
          links.save(clinic, of, link, null);
        });
  }

  private ConnectionId another() {
    return connections
        .add(
            clinic,
            new Connections.NewConnection(
                "cliniko",
                "api-key",
                "Other",
                Map.of("apiKey", "y-au1"),
                null,
                ZoneId.of("Australia/Sydney"),
                "AUD"))
        .id();
  }

  private void hold(
      ConnectionId of, EmrId patient, Link.State state, @Nullable String contact, String last) {
    Link link =
        new Link(patient, state, contact, "CREATED", List.of(), SHARED.email(), null, NOW, 0);
    tenancy.inClinic(
        clinic,
        () -> {
          records.store(
              clinic, of, List.of(patient(patient, last)), Records.Mode.QUIET, Duration.ZERO);
          links.save(clinic, of, link, null);
        });
  }

  private void save(EmrId patient, Link.State state, @Nullable String contact) {
    save(patient, state, contact, null);
  }

  private void save(
      EmrId patient, Link.State state, @Nullable String contact, @Nullable String email) {
    Link link = new Link(patient, state, contact, "CREATED", List.of(), email, null, NOW, 0);
    tenancy.inClinic(clinic, () -> links.save(clinic, connection, link, null));
  }

  private Link decide(EmrId patient, GhlContact... found) {
    return decided(patient, found).orElseThrow();
  }

  private Optional<Link> decided(EmrId patient, GhlContact... found) {
    return tenancy.inClinic(
        clinic,
        () ->
            linker.decide(
                clinic,
                connection,
                patient(patient),
                SHARED,
                ClinicSettings.defaults(),
                List.of(found),
                ID_FIELD,
                null));
  }

  private static GhlContact contact(String id, String patient) {
    return contact(id, "Kim", "Lee", Map.of(ID_FIELD, patient));
  }

  private static GhlContact contactOf(String id, String first, String last) {
    return contact(id, first, last, Map.of());
  }

  private static GhlContact contact(
      String id, String first, String last, Map<String, Object> fields) {
    return new GhlContact(
        id,
        "location",
        Map.of(
            GhlContactField.FIRST_NAME, first,
            GhlContactField.LAST_NAME, last,
            GhlContactField.EMAIL, "kim.lee@example.org"),
        List.of(),
        false,
        Set.of(),
        fields,
        List.of());
  }

  private static Patient patient(EmrId id) {
    return patient(id, "Lee");
  }

  private static Patient patient(EmrId id, String last) {
    return patient(id, last, "kim.lee@example.org");
  }

  private static Patient patient(EmrId id, String last, String email) {
    return new Patient(
        EmrRef.patient(id.value()),
        NOW,
        null,
        NOW,
        new Patient.Name(null, "Kim", last, null),
        null,
        null,
        email,
        List.of(),
        new Patient.Address(null, null, null, null, null, null),
        new Patient.Consent(null, null, null, null, null),
        Patient.Standing.ORDINARY,
        null,
        null,
        Map.of(),
        "{}");
  }
}
