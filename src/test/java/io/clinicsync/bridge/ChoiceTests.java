package io.clinicsync.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What builders of workflows write, and what we make of it. */
class ChoiceTests {

  private static Choice of(String body) {
    return Choice.of(HookBody.of(body.getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"workflow\": {}, \"customData\": {\"staff_member\": \"Noor\", \"treatment_name\": \"Initial\", \"business_name\": \"Quay\"}}",
        "{\"workflow\": {}, \"customData\": {\"practitioner\": \"Noor\", \"treatment\": \"Initial\", \"site\": \"Quay\"}}",
        "{\"workflow\": {}, \"customData\": {\"Practitioner\": \"Noor\", \"Treatment\": \"Initial\", \"location_name\": \"Quay\"}}",
        "{\"customData\": {\"Practitioner name\": \"Noor\", \"Appointment Type\": \"Initial\", \"Location name\": \"Quay\"}}",
        "{\"Practitioner\": \"Noor\", \"Treatment Name\": \"Initial\", \"Site\": \"Quay\"}",
        "{\"provider\": \"Noor\", \"service\": \"Initial\", \"clinic_location_name\": \"Quay\"}",
      })
  void takesTheWordsBuildersUse(String body) {
    assertThat(of(body)).isEqualTo(new Choice("Noor", "Initial", null, "Quay", null, null));
  }

  @Test
  void aContactsFieldOfTheSameNameIsNoChoice() {
    assertThat(
            of(
                """
                {"workflow": {"id": "W"}, "Treatment": "An old one", "Practitioner": "Somebody", "Room": "9",
                 "customData": {"room": "2", "duration": "45"}}"""))
        .isEqualTo(new Choice(null, null, null, null, "2", 45));
  }

  @Test
  void whatIsBlankOrUnfilledIsLookedForFurther() {
    assertThat(
            of(
                """
                {"customData": {"staff_member": "{{contact.practitioner}}", "Practitioner": " ", "clinician": "Noor"},
                 "treatment": "Initial"}"""))
        .isEqualTo(new Choice("Noor", "Initial", null, null, null, null));
  }

  @Test
  void theDocumentedNameWins() {
    assertThat(
            of("{\"customData\": {\"treatment\": \"Other\", \"appt_type_name\": \"Initial\"}}")
                .treatment())
        .isEqualTo("Initial");
  }
}
