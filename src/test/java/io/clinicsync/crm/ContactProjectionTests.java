package io.clinicsync.crm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.clinicsync.canonical.Money;
import io.clinicsync.crm.ContactProjection.Holds;
import io.clinicsync.ghl.GhlContactField;
import io.clinicsync.ghl.GhlCustomField;
import io.clinicsync.ghl.GhlCustomFields;
import io.clinicsync.insights.FactValue;
import io.clinicsync.insights.Facts;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ContactProjectionTests {

  private static final ZoneId HOBART = ZoneId.of("Australia/Hobart");
  private static final Instant NOW = Instant.parse("2026-03-10T01:00:00.123Z");
  private static final ZoneId ZONE = ZoneId.of("America/Los_Angeles");
  private static final FieldMap CLINIKO = new FieldMaps().find("cliniko").orElseThrow();
  private static final FactValue START =
      new FactValue.Moment(Instant.parse("2026-03-11T22:30:00Z"), HOBART);

  @Test
  void aDateGoesOutAsInstantAsLocalDateAndInWords() {
    assertThat(project(FieldPack.STANDARD, "upcoming.startsAt", START).values())
        .containsEntry("upcoming_appointment_start_time", "2026-03-11T22:30:00Z")
        .containsEntry("upcoming_appointment_date", "2026-03-12")
        .containsEntry("upcoming_appointment_text", "Thursday 12 March 2026 at 9:30 am");
  }

  @Test
  void everyTypeHasItsForm() {
    Facts facts =
        facts(
            "patient.birthDate", new FactValue.Day(LocalDate.of(1991, 4, 30)),
            "patient.country", new FactValue.Text("Australia"),
            "totals.appointments", FactValue.Number.of(15),
            "money.spent", new FactValue.Amount(new Money(new BigDecimal("1000.50"), "AUD")),
            "consent.emailMarketing", new FactValue.Bool(true),
            "consent.smsMarketing", new FactValue.Bool(false));
    assertThat(project(FieldPack.FULL, facts).values())
        .containsEntry("dateOfBirth", "1991-04-30")
        .containsEntry("country", "AU")
        .containsEntry("total_number_of_appointments", new BigDecimal("15"))
        .containsEntry("total_amount_spent", new BigDecimal("1000.5"))
        .containsEntry("accepted_email_marketing", "Yes")
        .containsEntry("accepted_sms_marketing", "No");
  }

  @Test
  void whatIsUnknownIsAbsentAndNeverBlank() {
    ContactProjection nothing = project(FieldPack.FULL, facts());
    assertThat(nothing.values()).isEmpty();
    assertThat(nothing.changeFrom(Map.of(), NOW, ZONE)).isEmpty();
    assertThat(
            nothing.changeFrom(
                Map.of("firstName", "Ava", "accepted_email_marketing", "Yes"), NOW, ZONE))
        .isEmpty();
  }

  @Test
  void unusableAddressesLeaveTheNativeFieldsAloneAndShowInOurs() {
    Facts facts =
        facts(
            "patient.email",
            new FactValue.Text("none"),
            "patient.phone",
            new FactValue.Text("see notes"));
    assertThat(project(FieldPack.MINIMAL, facts).values())
        .containsOnly(entry("emr_email", "none"), entry("emr_phone", "see notes"));
  }

  @Test
  void aSharedAddressIsNotTakenFromItsHolderButKeptInOurField() {
    Facts facts =
        facts(
            "patient.email",
            new FactValue.Text("ava@example.org"),
            "patient.phone",
            new FactValue.Text("0491 570 156"));
    assertThat(project(FieldPack.MINIMAL, facts).values())
        .containsOnly(entry("email", "ava@example.org"), entry("phone", "+61491570156"));
    assertThat(
            ContactProjection.of(
                    facts,
                    CLINIKO,
                    FieldSelection.of(FieldPack.MINIMAL),
                    new Holds(false, true),
                    Locale.UK,
                    "AU")
                .values())
        .containsOnly(entry("emr_email", "ava@example.org"), entry("phone", "+61491570156"));
  }

  @Test
  void onlyWhatChangedIsWrittenAndTheStampTravelsAlong() {
    ContactProjection desired =
        project(
            FieldPack.MINIMAL,
            facts(
                "patient.firstName",
                new FactValue.Text("Ava"),
                "totals.upcoming",
                FactValue.Number.of(2)));
    Map<String, Object> pushed =
        Map.of("firstName", "Ava", "upcoming_appointment_counts", new BigDecimal("1"));
    assertThat(desired.changeFrom(pushed, NOW, ZONE))
        .containsOnly(
            entry("upcoming_appointment_counts", new BigDecimal("2")),
            entry("last_updated_date_via_api", "2026-03-10T01:00:00Z"));
    assertThat(desired.changeFrom(desired.values(), NOW, ZONE)).isEmpty();
  }

  @Test
  void aStampThatIsADateIsTheClinicsDay() {
    FieldMap map = new FieldMaps().find("simplepractice").orElseThrow();
    ContactProjection desired =
        ContactProjection.of(
            facts("patient.firstName", new FactValue.Text("Ava")),
            map,
            FieldSelection.of(FieldPack.MINIMAL),
            Holds.BOTH,
            Locale.US,
            "US");
    assertThat(desired.changeFrom(Map.of(), NOW, ZONE))
        .containsEntry("last_updated_date_via_api", "2026-03-09");
  }

  @Test
  void dataAsOfNeverCausesAWriteAndChangesNoHash() {
    ContactProjection early =
        project(FieldPack.FULL, "patient.firstName", new FactValue.Text("Ava"));
    ContactProjection late =
        project(
            FieldPack.FULL,
            facts("patient.firstName", new FactValue.Text("Ava"), "meta.dataAsOf", START));
    assertThat(late.hash()).isEqualTo(early.hash());
    assertThat(late.changeFrom(early.values(), NOW, ZONE)).isEmpty();
    assertThat(late.changeFrom(Map.of(), NOW, ZONE))
        .containsEntry("data_as_of", "2026-03-11T22:30:00Z");
  }

  @Test
  void aCancelledOneThatIsRebookedLosesItsOldCancellation() {
    ContactProjection desired = project(FieldPack.STANDARD, "upcoming.startsAt", START);
    Map<String, Object> pushed =
        Map.of(
            "upcoming_appointment_cancelled_at",
            "2026-03-09T00:00:00Z",
            "upcoming_appointment_cancellation_reason",
            "");
    assertThat(desired.changeFrom(pushed, NOW, ZONE))
        .containsEntry("upcoming_appointment_cancelled_at", "")
        .doesNotContainKey("upcoming_appointment_cancellation_reason");
  }

  @Test
  void sensitiveFieldsNeedTheirApproval() {
    Facts facts = facts("patient.gender", new FactValue.Text("F"));
    assertThat(project(FieldPack.FULL, facts).values()).isEmpty();
    FieldSelection approved =
        new FieldSelection(
            FieldPack.FULL, Set.of(), Set.of(), Set.of(FieldClass.IDENTITY, FieldClass.SENSITIVE));
    assertThat(ContactProjection.of(facts, CLINIKO, approved, Holds.BOTH, Locale.UK, "AU").values())
        .containsOnly(entry("emr_gender", "F"));
  }

  @Test
  void aChangeBecomesAWriteByFieldIdAndMissingFieldsAreNamed() {
    SortedMap<String, Object> change = new TreeMap<>();
    change.put("firstName", "Ava");
    change.put("patient_id", "700100");
    change.put("visits_total", new BigDecimal("3"));
    GhlCustomFields fields =
        new GhlCustomFields(
            List.of(new GhlCustomField("f1", "Patient ID", "patient_id", "TEXT", List.of(), null)));
    ContactWrites.Prepared prepared = ContactWrites.prepare(change, fields, Set.of());
    assertThat(prepared.write().fields()).containsOnly(entry(GhlContactField.FIRST_NAME, "Ava"));
    assertThat(prepared.write().customFields()).containsOnly(entry("f1", "700100"));
    assertThat(prepared.missing()).containsExactly("visits_total");
  }

  @Test
  void noValueIsWrittenInAText() {
    assertThat(project(FieldPack.FULL, "patient.firstName", new FactValue.Text("Ava")).toString())
        .contains("firstName")
        .doesNotContain("Ava");
  }

  @Property(tries = 300)
  void afterPushingAChangeNothingIsLeftToChange(
      @ForAll("someFacts") Facts before, @ForAll("someFacts") Facts after, @ForAll FieldPack pack) {
    TreeMap<String, Object> pushed =
        new TreeMap<>(project(pack, before).changeFrom(Map.of(), NOW, ZONE));
    ContactProjection desired = project(pack, after);
    pushed.putAll(desired.changeFrom(pushed, NOW, ZONE));
    assertThat(desired.changeFrom(pushed, NOW, ZONE)).isEmpty();
    assertThat(pushed).containsAllEntriesOf(desired.values());
  }

  @Property(tries = 300)
  void hashesAreEqualExactlyForEqualContacts(
      @ForAll("someFacts") Facts one, @ForAll("someFacts") Facts other) {
    ContactProjection left = project(FieldPack.FULL, one);
    ContactProjection right = project(FieldPack.FULL, other);
    assertThat(left.hash().equals(right.hash())).isEqualTo(left.values().equals(right.values()));
  }

  @Provide
  Arbitrary<Facts> someFacts() {
    Map<String, List<FactValue>> choices =
        Map.of(
            "patient.firstName", List.of(new FactValue.Text("Ava"), new FactValue.Text("Eva")),
            "patient.email",
                List.of(new FactValue.Text("ava@example.org"), new FactValue.Text("none")),
            "totals.upcoming", List.of(FactValue.Number.of(0), FactValue.Number.of(1)),
            "upcoming.startsAt", List.of(START),
            "upcoming.cancelledAt", List.of(START),
            "consent.smsMarketing", List.of(new FactValue.Bool(true), new FactValue.Bool(false)),
            "meta.dataAsOf", List.of(START));
    return Arbitraries.subsetOf(choices.keySet())
        .flatMap(
            paths ->
                Arbitraries.integers()
                    .between(0, 1)
                    .list()
                    .ofSize(7)
                    .map(
                        picks -> {
                          TreeMap<String, FactValue> values = new TreeMap<>();
                          int index = 0;
                          for (String path : new java.util.TreeSet<>(paths)) {
                            List<FactValue> options = choices.get(path);
                            values.put(path, options.get(picks.get(index++) % options.size()));
                          }
                          return new Facts(values, null);
                        }));
  }

  private static ContactProjection project(FieldPack pack, String path, FactValue value) {
    return project(pack, facts(path, value));
  }

  private static ContactProjection project(FieldPack pack, Facts facts) {
    return ContactProjection.of(
        facts, CLINIKO, FieldSelection.of(pack), Holds.BOTH, Locale.UK, "AU");
  }

  private static Facts facts(Object... pathsAndValues) {
    TreeMap<String, FactValue> values = new TreeMap<>();
    for (int index = 0; index < pathsAndValues.length; index += 2) {
      values.put((String) pathsAndValues[index], (FactValue) pathsAndValues[index + 1]);
    }
    return new Facts(values, null);
  }
}
