package io.clinicsync.emr.promptemr;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.canonical.Appointment.Status;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.FileIntake.FileForm;
import io.clinicsync.emr.spi.FileIntake.FileKind;
import io.clinicsync.emr.spi.FileIntake.FileRow;
import io.clinicsync.emr.spi.FileIntake.Flaw;
import io.clinicsync.emr.spi.FileIntake.Reading;
import io.clinicsync.emr.spi.FileIntake.StagedRow;
import io.clinicsync.emr.spi.Urgency;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What rows of Prompt's reports mean. */
class PromptEmrFilesTests {

  private static final ZoneId ZONE = ZoneId.of("America/Los_Angeles");
  private static final Instant AS_OF = Instant.parse("2026-03-01T18:00:00Z");
  private static final EmrAccount ACCOUNT =
      new EmrAccount(
          new UUID(1, 1),
          new ConnectionId(new UUID(1, 2)),
          PromptEmrConnector.WAY,
          URI.create("https://go.promptemr.com"),
          ZONE,
          "USD",
          new Credentials(Map.of()),
          Urgency.SYNC);

  private final PromptEmrIntake intake = new PromptEmrIntake();

  private Reading read(FileKind kind, Map<String, String> values, FileForm form) {
    return intake.understand(ACCOUNT, kind, new FileRow(values, AS_OF, form));
  }

  private Reading.Taken taken(FileKind kind, Map<String, String> values) {
    return (Reading.Taken) read(kind, values, FileForm.USUAL);
  }

  private static Map<String, String> visit(String... more) {
    Map<String, String> values = new HashMap<>();
    values.put("patientExternalId", "1000123-ABC");
    values.put("startLocal", "3/4/26");
    values.put("startTime", "8:10am");
    values.put("visitType", "Re-Evaluation");
    values.put("provider", "K. Adeyemi");
    values.put("facility", "Harbor");
    values.put("stage", "Not Checked In");
    for (int i = 0; i < more.length; i += 2) {
      values.put(more[i], more[i + 1]);
    }
    return values;
  }

  private static StagedRow main(Reading.Taken taken) {
    return taken.rows().getFirst();
  }

  @ParameterizedTest
  @CsvSource({
    "3/4/26, 8:10am, 2026-03-04T16:10:00Z",
    "03/04/2026, 8:10 AM, 2026-03-04T16:10:00Z",
    "2026-03-04, 20:10, 2026-03-05T04:10:00Z",
    "2026-03-04T08:10, , 2026-03-04T16:10:00Z",
    "2026-03-04 08:10:00, , 2026-03-04T16:10:00Z",
    "2026-03-04T16:10:00Z, , 2026-03-04T16:10:00Z",
    "3/4/2026 12:05am, , 2026-03-04T08:05:00Z",
    "46085, 0.34027777777777779, 2026-03-04T16:10:00Z",
    "46085.34027777778, , 2026-03-04T16:10:00Z",
  })
  void momentsAreReadAsReportsWriteThem(String date, @Nullable String time, String expected) {
    StagedRow row =
        main(
            taken(
                PromptEmrFiles.VISITS,
                visit("startLocal", date, "startTime", time == null ? "" : time)));
    assertThat(row.at()).isEqualTo(Instant.parse(expected));
  }

  @Test
  void daysCountedFrom1904AreFourYearsLater() {
    Reading reading =
        read(
            PromptEmrFiles.VISITS,
            visit("startLocal", "44623", "startTime", "0.340277777"),
            new FileForm(null, null, true));
    assertThat(main((Reading.Taken) reading).at()).isEqualTo(Instant.parse("2026-03-04T16:10:00Z"));
  }

  @Test
  void aClinicsOwnPatternWins() {
    Reading reading =
        read(
            PromptEmrFiles.VISITS,
            visit("startLocal", "04.03.2026", "startTime", "08.10"),
            new FileForm("dd.MM.yyyy", "HH.mm", false));
    assertThat(main((Reading.Taken) reading).at()).isEqualTo(Instant.parse("2026-03-04T16:10:00Z"));
  }

  @Test
  void onTheTwoNightsTheFirstOfTwoHoursIsTakenASkippedOneMovesOnAndBothAreFlagged() {
    Reading.Taken twice =
        taken(PromptEmrFiles.VISITS, visit("startLocal", "11/1/2026", "startTime", "1:30am"));
    assertThat(main(twice).at()).isEqualTo(Instant.parse("2026-11-01T08:30:00Z"));
    assertThat(twice.warnings()).containsExactly(new Flaw("startLocal", "time_ambiguous"));
    Reading.Taken skipped =
        taken(PromptEmrFiles.VISITS, visit("startLocal", "3/8/2026", "startTime", "2:30am"));
    assertThat(main(skipped).at()).isEqualTo(Instant.parse("2026-03-08T10:30:00Z"));
    assertThat(skipped.warnings()).containsExactly(new Flaw("startLocal", "time_skipped"));
  }

  @ParameterizedTest
  @CsvSource({
    "startLocal, lately, startLocal, date_not_understood",
    "startLocal, 13/45/2026, startLocal, date_not_understood",
    "startLocal, 1988, startLocal, date_not_understood",
    "startLocal, '', startLocal, value_missing",
    "startTime, '', startLocal, time_missing",
    "startTime, noon, startTime, time_not_understood",
    "startTime, 13:10pm, startTime, time_not_understood",
    "patientExternalId, '', patientExternalId, value_missing",
    "durationMin, some, durationMin, number_not_understood",
  })
  void aCellThatCannotBeUnderstoodRefusesItsRow(
      String field, String value, String refused, String code) {
    Reading reading = read(PromptEmrFiles.VISITS, visit(field, value), FileForm.USUAL);
    assertThat(reading)
        .isInstanceOfSatisfying(
            Reading.Refused.class,
            each -> assertThat(each.flaw()).isEqualTo(new Flaw(refused, code)));
  }

  @ParameterizedTest
  @CsvSource({
    "Cancelled, , true, CANCELLED",
    "Late Cancel, PC1, true, CANCELLED",
    "No Show, , true, NO_SHOW",
    "Checked Out, , true, ARRIVED",
    "Checked In, , false, ARRIVED",
    "Completed, , true, ARRIVED",
    "Not Checked In, , false, BOOKED",
    "Not Checked In, , true, UNKNOWN",
    "Not Checked In, PC1, true, ARRIVED",
    "Perhaps, , true, UNKNOWN",
    "Perhaps, , false, BOOKED",
    "'', PC1, false, BOOKED",
  })
  void aStageSaysWhetherSomebodyCame(
      String stage, @Nullable String claim, boolean past, Status expected) {
    assertThat(PromptEmrVisitRow.status(stage, claim, past)).isEqualTo(expected);
  }

  @Test
  void aVisitWithoutIdIsNamedByWhatItIs() {
    StagedRow one = main(taken(PromptEmrFiles.VISITS, visit()));
    StagedRow same = main(taken(PromptEmrFiles.VISITS, visit("stage", "Checked Out")));
    StagedRow other = main(taken(PromptEmrFiles.VISITS, visit("startTime", "9:10am")));
    assertThat(same.ref()).isEqualTo(one.ref());
    assertThat(other.ref()).isNotEqualTo(one.ref());
    assertThat(main(taken(PromptEmrFiles.VISITS, visit("visitId", "77"))).ref())
        .isEqualTo(EmrRef.appointment("77"));
  }

  @Test
  void aReportOfVisitsWithThePatientsColumnsTellsOfBoth() {
    Reading.Taken taken =
        taken(
            PromptEmrFiles.VISITS,
            visit("firstName", "Imre", "lastName", "Solano", "dob", "4/9/88", "email", ""));
    assertThat(taken.rows()).hasSize(2);
    StagedRow patient = taken.rows().getLast();
    assertThat(patient.ref()).isEqualTo(EmrRef.patient("1000123-ABC"));
    assertThat(patient.fields())
        .containsEntry("dob", "1988-04-09")
        .containsEntry("email", "")
        .doesNotContainKey("city");
    Reading.Taken odd =
        taken(
            PromptEmrFiles.VISITS,
            visit("firstName", "Imre", "lastName", "Solano", "dob", "tomorrow"));
    assertThat(odd.rows()).hasSize(1);
    assertThat(odd.warnings()).containsExactly(new Flaw("dob", "date_not_understood"));
  }

  @Test
  void chargesWithoutAmountsTellOfNoMoney() {
    Map<String, String> seen = new HashMap<>();
    seen.put("dateOfService", "2/25/26");
    seen.put("claimNumber", "PC7");
    seen.put("cptCode", "97110");
    assertThat(taken(PromptEmrFiles.CHARGES, seen).rows()).isEmpty();
    seen.put("billed", "$1,200.50");
    seen.put("balance", "(12.5)");
    StagedRow row = main(taken(PromptEmrFiles.CHARGES, seen));
    assertThat(row.ref().kind()).isEqualTo(RecordKind.INVOICE);
    assertThat(row.fields()).containsEntry("billed", "1200.50").containsEntry("balance", "-12.5");
  }
}
