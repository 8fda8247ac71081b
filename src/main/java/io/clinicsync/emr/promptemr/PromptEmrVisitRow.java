package io.clinicsync.emr.promptemr;

import io.clinicsync.canonical.Appointment.Status;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.promptemr.PromptEmrIntake.Unreadable;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.FileIntake.FileRow;
import io.clinicsync.emr.spi.FileIntake.Flaw;
import io.clinicsync.emr.spi.FileIntake.Reading;
import io.clinicsync.emr.spi.FileIntake.StagedRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A row of the report of visits; it may tell of the patient, too. */
final class PromptEmrVisitRow {

  private static final List<String> TEXTS =
      List.of("visitType", "visitNumber", "provider", "facility", "stage", "claimNumber");
  private static final int LONGEST_NAME = 200;
  private static final int MOST_MINUTES = 24 * 60;

  private final EmrAccount account;
  private final FileRow row;
  private final PromptEmrTimes times;
  private final List<Flaw> warnings = new ArrayList<>();

  PromptEmrVisitRow(EmrAccount account, FileRow row) {
    this.account = account;
    this.row = row;
    this.times = new PromptEmrTimes(row.form(), row.asOf().atZone(account.zone()).toLocalDate());
  }

  /**
   * @throws Unreadable when the visit cannot be understood; a patient who cannot is left out
   */
  Reading read() {
    String given = row.text("visitId");
    EmrRef known =
        given == null || given.length() > LONGEST_NAME ? null : EmrRef.appointment(given);
    EmrRef patient = EmrRef.patient(PromptEmrIntake.id(row, PromptEmrFiles.PATIENT, known));
    PromptEmrTimes.Moment start = start(known);
    EmrRef ref = known == null ? made(patient, start) : known;
    Map<RecordKind, String> named = new EnumMap<>(RecordKind.class);
    name(named, RecordKind.PRACTITIONER, "provider", ref);
    name(named, RecordKind.TREATMENT, "visitType", ref);
    name(named, RecordKind.SITE, "facility", ref);
    Map<String, String> fields = new TreeMap<>();
    TEXTS.forEach(field -> PromptEmrPersonRow.copy(row, field, fields));
    PromptEmrPersonRow.copy(row, "cancelledReason", fields);
    fields.put("patient", patient.id().value());
    fields.put("start", start.instant().toString());
    Instant end = end(ref, start);
    fields.put("end", end == null ? "" : end.toString());
    boolean past = !start.instant().isAfter(row.asOf());
    fields.put("status", status(row.text("stage"), row.text("claimNumber"), past).name());
    List<StagedRow> rows = new ArrayList<>();
    rows.add(new StagedRow(ref, false, patient, start.instant(), named, fields));
    if (PromptEmrPersonRow.isThere(row)) {
      try {
        rows.add(PromptEmrPersonRow.of(account, row, PromptEmrFiles.PATIENT));
      } catch (Unreadable person) {
        warnings.add(person.flaw());
      }
    }
    return new Reading.Taken(rows, warnings);
  }

  private PromptEmrTimes.Moment start(@Nullable EmrRef known) {
    String text = row.text("startLocal");
    if (text == null) {
      throw new Unreadable(known, "startLocal", "value_missing");
    }
    PromptEmrTimes.Moment start = times.moment(text, row.text("startTime"), account.zone());
    if (start == null) {
      throw times.date(text) == null
          ? new Unreadable(known, "startLocal", "date_not_understood")
          : row.text("startTime") == null
              ? new Unreadable(known, "startLocal", "time_missing")
              : new Unreadable(known, "startTime", "time_not_understood");
    }
    if (start.flaw() != null) {
      warnings.add(new Flaw("startLocal", Objects.requireNonNull(start.flaw())));
    }
    return start;
  }

  /** Reports may lack an id; then patient, start, provider and kind of visit name it. */
  private EmrRef made(EmrRef patient, PromptEmrTimes.Moment start) {
    return PromptEmrIntake.made(
        RecordKind.APPOINTMENT,
        patient.id().value(),
        start.local().toString(),
        Objects.requireNonNullElse(row.text("provider"), ""),
        Objects.requireNonNullElse(row.text("visitType"), ""));
  }

  private void name(Map<RecordKind, String> named, RecordKind kind, String field, EmrRef ref) {
    String name = row.text(field);
    if (name != null) {
      if (name.length() > LONGEST_NAME) {
        throw new Unreadable(ref, field, "value_too_long");
      }
      named.put(kind, name);
    }
  }

  private @Nullable Instant end(EmrRef ref, PromptEmrTimes.Moment start) {
    String until = row.text("endLocal");
    String minutes = row.text("durationMin");
    Instant end = null;
    if (until != null) {
      PromptEmrTimes.Moment moment = times.moment(until, null, account.zone());
      var time = moment == null ? times.time(until) : null;
      if (moment == null && time == null) {
        throw new Unreadable(ref, "endLocal", "time_not_understood");
      }
      end =
          moment != null
              ? moment.instant()
              : PromptEmrTimes.moment(
                      start.local().toLocalDate().atTime(Objects.requireNonNull(time)),
                      account.zone())
                  .instant();
    } else if (minutes != null) {
      if (!minutes.matches("[0-9]{1,4}") || Integer.parseInt(minutes) > MOST_MINUTES) {
        throw new Unreadable(ref, "durationMin", "number_not_understood");
      }
      end = start.instant().plus(Duration.ofMinutes(Integer.parseInt(minutes)));
    }
    if (end != null && !end.isAfter(start.instant())) {
      warnings.add(new Flaw(until == null ? "durationMin" : "endLocal", "end_before_start"));
      return null;
    }
    return end;
  }

  /**
   * What a stage means (assumed; Prompt's words are not published). A stage we do not know says
   * nothing about a visit that is past.
   */
  static Status status(@Nullable String stage, @Nullable String claim, boolean past) {
    String letters = stage == null ? "" : stage.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
    if (letters.contains("cancel")) {
      return Status.CANCELLED;
    }
    if (letters.contains("noshow")) {
      return Status.NO_SHOW;
    }
    boolean came =
        (letters.contains("checkedin") && !letters.contains("notcheckedin"))
            || letters.contains("checkedout")
            || (letters.contains("complete") && !letters.contains("incomplete"));
    if (came || (past && claim != null)) {
      return Status.ARRIVED;
    }
    return past ? Status.UNKNOWN : Status.BOOKED;
  }
}
