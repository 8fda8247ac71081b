package io.clinicsync.emr.cliniko;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.PatientDirectory.PatientQuery;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.emr.tck.SimulatedEmr;
import io.clinicsync.http.TestHttp;
import io.clinicsync.sandbox.cliniko.ClinikoEdits;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is Cliniko's own about finding patients. */
class ClinikoDirectoryTests {

  private final SimulatedCliniko cliniko = new SimulatedCliniko();
  private final TestHttp http = new TestHttp(cliniko.clock(), cliniko::pass);
  private final ClinikoDirectory directory =
      new ClinikoDirectory(new ClinikoApi(http, "tests@example.org"));
  private ClinikoEdits staff;
  private EmrAccount account;

  @BeforeEach
  void openClinic() {
    SimulatedEmr.SimulatedAccount opened = cliniko.open("directory", 30);
    staff = cliniko.clinic("directory").edits();
    account =
        new EmrAccount(
            new UUID(1, 1),
            new ConnectionId(new UUID(1, 2)),
            "api-key",
            URI.create(cliniko.origin() + cliniko.path()),
            opened.zone(),
            opened.currency(),
            opened.credentials(),
            Urgency.BOOKING);
  }

  @AfterEach
  void close() {
    http.close();
    cliniko.close();
  }

  private String person(String first, @Nullable String email, @Nullable String phone) {
    Map<String, Object> members = new HashMap<>();
    members.put("first_name", first);
    members.put("last_name", "Quillfeather");
    if (email != null) {
      members.put("email", email);
    }
    if (phone != null) {
      members.put(
          "patient_phone_numbers", List.of(Map.of("phone_type", "Mobile", "number", phone)));
    }
    return staff.createPatient(members);
  }

  private List<String> find(
      @Nullable String email, @Nullable String phone, @Nullable String first, String last) {
    return directory.find(account, new PatientQuery(email, phone, first, last)).stream()
        .map(patient -> patient.ref().id().value())
        .toList();
  }

  @Test
  void aNumberTellsPeopleOfOneNameApartButRulesNobodyOutWhoHasNone() {
    String here = person("Anna", null, "0400 555 001");
    String elsewhere = person("Anna", null, "0400 555 002");
    String without = person("Anna", null, null);
    String sister = person("Ann", null, "0400 555 001");
    String stranger = person("Bella", null, null);
    assertThat(find(null, "+61400555001", "Anna", "Quillfeather"))
        .containsExactlyInAnyOrder(here, without, sister);
    assertThat(find(null, null, "Anna", "Quillfeather"))
        .containsExactlyInAnyOrder(here, elsewhere, without);
    assertThat(find(null, null, null, "quillfeather")).hasSize(5).contains(stranger);
    assertThat(find(null, null, "Anna", "Quill")).as("a part of a name").isEmpty();
    assertThat(find(null, "+61400555001", null, " ")).as("a number alone").isEmpty();
  }

  @Test
  void aPreferredNameIsAName() {
    String id = person("Robertina", null, null);
    staff.updatePatient(id, Map.of("preferred_first_name", "Bobbie"));
    assertThat(find(null, null, "bobbie", "Quillfeather")).containsExactly(id);
  }

  @Test
  void anAddressIsTakenAsItIsAndNotAsAPattern() {
    String plus = person("Anna", "anna+clinic%1@example.org", null);
    person("Bella", "xanna+clinic%1@example.org", null);
    assertThat(find("anna+clinic%1@example.org", null, null, " ")).containsExactly(plus);
    assertThat(find("Anna+Clinic%1@example.org", null, null, " ")).containsExactly(plus);
  }

  @Test
  void whoWasMergedTwiceLeadsToWhoIsLeftAndWhoWasDeletedIsNot() {
    String first = person("Anna", "anna@example.org", null);
    String second = person("Anna", null, null);
    String third = person("Annabel", null, null);
    staff.mergePatients(first, second);
    staff.mergePatients(second, third);
    assertThat(find("anna@example.org", null, null, " ")).containsExactly(third);
    assertThat(find(null, null, "Anna", "Quillfeather")).containsExactly(third);
    String gone = person("Della", "della@example.org", null);
    staff.deletePatient(gone);
    assertThat(find("della@example.org", null, "Della", "Quillfeather")).isEmpty();
  }
}
