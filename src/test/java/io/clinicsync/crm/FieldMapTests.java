package io.clinicsync.crm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clinicsync.insights.FactPath;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldMapTests {

  /** The documented payload of the product this one replaces, key by key. */
  private static final List<String> DOCUMENTED =
      List.of(
          "firstName",
          "lastName",
          "email",
          "phone",
          "dateOfBirth",
          "state",
          "city",
          "upcoming_appointment_cancelled_at",
          "upcoming_appointment_cancellation_reason",
          "upcoming_appointment_name",
          "last_appointment_name",
          "last_updated_date_via_api",
          "last_appointment_cancelled_at",
          "last_appointment_did_not_arrive",
          "last_appointment_cancellation_reason",
          "upcoming_appointment_reminder_start_time",
          "patient_id",
          "upcoming_appointment_start_time",
          "upcoming_appointment_business_name",
          "upcoming_appointment_practitioner_name",
          "upcoming_appointment_type",
          "upcoming_appointment_counts",
          "accepted_email_marketing",
          "accepted_sms_marketing",
          "total_amount_spent",
          "total_amount_spent_this_month",
          "total_number_of_appointments",
          "last_appointment_start_time",
          "last_appointment_business_name",
          "last_appointment_practitioner_name",
          "last_appointment_type");

  private static final List<String> DERIVED =
      List.of(
          "first_visit_at",
          "last_visit_at",
          "next_visit_at",
          "first_visit_text",
          "last_visit_text",
          "next_visit_text",
          "first_visit_practitioner",
          "last_visit_practitioner",
          "next_visit_practitioner",
          "first_visit_treatment",
          "last_visit_treatment",
          "next_visit_treatment",
          "first_visit_location",
          "last_visit_location",
          "next_visit_location",
          "days_since_last_visit",
          "visits_total",
          "upcoming_count",
          "no_show_total",
          "cancel_total",
          "late_cancel_total",
          "lifetime_collected",
          "balance_patient",
          "package_remaining",
          "package_expires_on",
          "last_event",
          "last_event_at",
          "data_as_of",
          "retention_status",
          "reactivated_at");

  private final FieldMap cliniko = new FieldMaps().find("cliniko").orElseThrow();

  @Test
  void everyDocumentedKeyAndEveryDerivedFieldIsThere() {
    assertThat(cliniko.entries())
        .extracting(FieldMap.Entry::to)
        .containsAll(DOCUMENTED)
        .containsAll(DERIVED);
  }

  @Test
  void everyDocumentedKeyIsInTheStandardPack() {
    FieldSelection standard = FieldSelection.of(FieldPack.STANDARD);
    assertThat(DOCUMENTED).allMatch(key -> standard.holds(cliniko.find(key).orElseThrow()));
  }

  @Test
  void thePacksHaveTheirSizes() {
    assertThat(in(FieldPack.MINIMAL)).hasSizeBetween(13, 17);
    assertThat(in(FieldPack.STANDARD)).hasSizeBetween(36, 44);
    assertThat(in(FieldPack.FULL)).hasSizeGreaterThan(in(FieldPack.STANDARD).size());
    assertThat(in(FieldPack.STANDARD)).containsAll(in(FieldPack.MINIMAL));
    assertThat(in(FieldPack.FULL)).containsAll(in(FieldPack.STANDARD));
  }

  @Test
  void noPackHoldsADayCounterOrWhatNeedsAnApprover() {
    assertThat(in(FieldPack.FULL))
        .doesNotContain("days_since_last_visit", "emr_gender", "deceased");
    FieldSelection asked =
        new FieldSelection(
            FieldPack.FULL,
            Set.of("days_since_last_visit", "emr_gender"),
            Set.of(),
            FieldClass.DEFAULT);
    assertThat(asked.holds(cliniko.find("days_since_last_visit").orElseThrow())).isTrue();
    assertThat(asked.holds(cliniko.find("emr_gender").orElseThrow())).isFalse();
  }

  @Test
  void everyDateInTheStandardPackHasAnInstantForm() {
    assertThat(cliniko.find("upcoming_appointment_start_time").orElseThrow().form())
        .isEqualTo(FieldForm.INSTANT);
    assertThat(cliniko.find("upcoming_appointment_date").orElseThrow().form())
        .isEqualTo(FieldForm.DATE);
    assertThat(cliniko.find("upcoming_appointment_text").orElseThrow().form())
        .isEqualTo(FieldForm.WORDS);
  }

  @Test
  void roleFieldsAreEmptiedWhenTheRoleIsVacantSoThatNoOldCancellationRemains() {
    assertThat(cliniko.entries())
        .filteredOn(
            entry -> entry.from().startsWith("upcoming.") || entry.from().startsWith("nextVisit."))
        .allMatch(FieldMap.Entry::clears);
    assertThat(cliniko.entries())
        .filteredOn(entry -> entry.from().startsWith("patient.") && entry.nativeField().isPresent())
        .noneMatch(FieldMap.Entry::clears);
  }

  /** Shown in another form of the same moment, or only through an appointment's own extras. */
  private static final Set<String> ON_NO_MAP =
      Set.of(
          "upcoming.text",
          "last.text",
          "firstVisit.text",
          "lastVisit.text",
          "nextVisit.text",
          "lastCancelled.cancelledAt",
          "current.id",
          "current.state",
          "current.practitionerName",
          "current.siteName",
          "current.type");

  @Test
  void everyFactIsOnAMapOfSomeEmr() {
    Set<String> used =
        new FieldMaps()
            .all().stream()
                .flatMap(map -> map.entries().stream())
                .map(FieldMap.Entry::from)
                .collect(Collectors.toSet());
    assertThat(FactPath.values())
        .extracting(FactPath::path)
        .filteredOn(path -> !used.contains(path))
        .containsExactlyInAnyOrderElementsOf(ON_NO_MAP);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "from: patient.shoeSize, to: a, type: text, class: identity, pack: full, label: A | unknown path patient.shoeSize",
        "from: upcoming.startsAt, to: a, type: number, class: identity, pack: full, label: A | cannot show a MOMENT as number",
        "from: patient.id, to: a, type: text, class: secret, pack: full, label: A | unknown word secret",
        "from: patient.id, to: a, type: text, class: identity, pack: huge, label: A | unknown word huge",
        "from: patient.id, to: 'a b', type: text, class: identity, pack: full, label: A | is no key",
        "from: patient.id, to: a, type: text, class: identity, pack: full | lacks label",
        "from: patient.id, to: a, type: text, class: identity, pack: full, label: A, absent: blank | says absent: blank",
        "from: patient.id, to: a, type: text, class: identity, pack: full, label: A, form: x | unknown member form"
      })
  void aBrokenMapSaysWhatIsWrongAndWhere(String entry, String expected) {
    assertThatThrownBy(() -> read("emr: x\nfields:\n  - {" + entry + "}\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Field map x")
        .hasMessageContaining(expected);
  }

  @Test
  void aFieldWrittenTwiceAnEmptyMapAndAForeignNameAreRefused() {
    String line =
        "  - {from: patient.id, to: a, type: text, class: identity, pack: full, label: A}\n";
    assertThatThrownBy(() -> read("emr: x\nfields:\n" + line + line))
        .hasMessageContaining("a is there twice");
    assertThatThrownBy(() -> read("emr: x\nfields: []\n")).hasMessageContaining("no fields");
    assertThatThrownBy(() -> read("emr: y\nfields:\n" + line))
        .hasMessageContaining("names another EMR");
    assertThat(read("emr: x\nfields:\n" + line.replace("patient.id", "extras.nhi")).entries())
        .hasSize(1);
  }

  private static FieldMap read(String yaml) {
    return FieldMap.read("x", new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
  }

  private List<String> in(FieldPack pack) {
    return cliniko.entries().stream()
        .filter(FieldSelection.of(pack)::holds)
        .map(FieldMap.Entry::to)
        .toList();
  }
}
