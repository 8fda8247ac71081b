package io.clinicsync.emr.jane;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.emr.spi.PatientDirectory;
import io.clinicsync.emr.spi.PatientDirectory.PatientQuery;
import io.clinicsync.emr.spi.Urgency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is Jane's own about finding patients. */
class JaneDirectoryTests {

  private final JaneStage stage = new JaneStage(JaneConnector.WEB);
  private final PatientDirectory directory = stage.capability(PatientDirectory.class);

  @AfterEach
  void close() {
    stage.close();
  }

  private String person(String first, @Nullable String email, @Nullable String phone) {
    Map<String, Object> members = new HashMap<>();
    members.put("first_name", first);
    members.put("last_name", "Quillfeather");
    members.put("email", email);
    members.put("mobile_phone", phone);
    return stage.clinic.clinic().edits().createPatient(members);
  }

  private List<String> find(
      @Nullable String email, @Nullable String phone, @Nullable String first, String last) {
    return directory
        .find(stage.account.with(Urgency.BOOKING), new PatientQuery(email, phone, first, last))
        .stream()
        .map(patient -> patient.ref().id().value())
        .toList();
  }

  @Test
  void aNumberTellsPeopleOfOneNameApartButRulesNobodyOutWhoHasNone() {
    String here = person("Anna", null, "604 555 0101");
    String elsewhere = person("Anna", null, "604 555 0102");
    String without = person("Anna", null, null);
    String sister = person("Ann", null, "(604) 555-0101");
    String stranger = person("Bella", null, null);
    assertThat(find(null, "+16045550101", "Anna", "Quillfeather"))
        .containsExactlyInAnyOrder(here, without, sister);
    assertThat(find(null, null, "Anna", "Quillfeather"))
        .containsExactlyInAnyOrder(here, elsewhere, without);
    assertThat(find(null, null, null, "quillfeather")).hasSize(5).contains(stranger);
    assertThat(find(null, null, "Anna", "Quill")).as("a part of a name").isEmpty();
    assertThat(find(null, "+16045550101", null, " ")).as("a number alone").isEmpty();
  }

  @Test
  void aSearchThatIsCutIsAskedAgainMoreNarrowly() {
    for (int i = 0; i < 30; i++) {
      person("Relative" + i, null, null);
    }
    String anna = person("Anna", null, null);
    assertThat(find(null, null, "Anna", "Quillfeather")).containsExactly(anna);
    assertThat(stage.sent("jane.web.patients.search")).isEqualTo(2);
    assertThat(stage.sent("jane.web.patients.get")).as("each takes a second").isEqualTo(10);
    String sister = person("Ann", null, "604 555 0101");
    assertThat(find(null, "+16045550101", "Anna", "Quillfeather"))
        .as("a number goes before names")
        .containsExactlyInAnyOrder(anna, sister);
  }

  @Test
  void anAddressIsTakenAsAWholeAndAPreferredNameIsAName() {
    String anna = person("Anna", "anna@example.org", null);
    person("Bella", "xanna@example.org", null);
    assertThat(find("Anna@Example.org", null, null, " ")).containsExactly(anna);
    String robertina = person("Robertina", null, null);
    stage.clinic.clinic().edits().updatePatient(robertina, Map.of("preferred_name", "Bobbie"));
    assertThat(find(null, null, "bobbie", "Quillfeather")).containsExactly(robertina);
  }
}
