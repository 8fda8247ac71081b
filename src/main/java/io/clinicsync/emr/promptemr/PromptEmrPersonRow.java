package io.clinicsync.emr.promptemr;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.emr.promptemr.PromptEmrIntake.Unreadable;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.FileIntake.FileRow;
import io.clinicsync.emr.spi.FileIntake.StagedRow;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The patient a row tells of, on a report of patients or of visits. */
final class PromptEmrPersonRow {

  private static final List<String> TEXTS =
      List.of(
          "firstName",
          "lastName",
          "preferredName",
          "middleName",
          "email",
          "mobilePhone",
          "homePhone",
          "street1",
          "street2",
          "city",
          "state",
          "postalCode",
          "country",
          "gender");

  private PromptEmrPersonRow() {}

  /** Whether a row names a patient beyond the account number. */
  static boolean isThere(FileRow row) {
    return row.text("firstName") != null || row.text("lastName") != null;
  }

  /**
   * The patient.
   *
   * @param idField where the account number stands
   * @throws Unreadable when a cell cannot be understood
   */
  static StagedRow of(EmrAccount account, FileRow row, String idField) {
    EmrRef ref = EmrRef.patient(PromptEmrIntake.id(row, idField, null));
    if (!isThere(row)) {
      throw new Unreadable(ref, "firstName", "value_missing");
    }
    Map<String, String> fields = new TreeMap<>();
    TEXTS.forEach(field -> copy(row, field, fields));
    LocalDate today = row.asOf().atZone(account.zone()).toLocalDate();
    PromptEmrTimes times = new PromptEmrTimes(row.form(), today);
    if (row.values().containsKey("dob")) {
      String text = row.text("dob");
      LocalDate born = text == null ? null : times.birth(text);
      if (text != null && born == null) {
        throw new Unreadable(ref, "dob", "date_not_understood");
      }
      fields.put("dob", born == null ? "" : born.toString());
    }
    if (row.values().containsKey("inactive")) {
      fields.put("inactive", inactive(row.text("inactive"), ref));
    }
    moment(row, "createdAt", times, account, ref, fields);
    moment(row, "updatedAt", times, account, ref, fields);
    return new StagedRow(ref, false, null, null, Map.of(), fields);
  }

  static void copy(FileRow row, String field, Map<String, String> fields) {
    String value = row.values().get(field);
    if (value != null) {
      fields.put(field, value.strip());
    }
  }

  private static String inactive(@Nullable String text, EmrRef ref) {
    return switch (text == null ? "" : text.toLowerCase(Locale.ROOT)) {
      case "", "0", "false", "no", "n", "active" -> "false";
      case "1", "true", "yes", "y", "inactive" -> "true";
      default -> throw new Unreadable(ref, "inactive", "value_not_understood");
    };
  }

  /** A moment, or a day, whose first instant it is then. */
  private static void moment(
      FileRow row,
      String field,
      PromptEmrTimes times,
      EmrAccount account,
      EmrRef ref,
      Map<String, String> fields) {
    String text = row.text(field);
    if (text == null) {
      copy(row, field, fields);
      return;
    }
    PromptEmrTimes.Moment moment = times.moment(text, null, account.zone());
    LocalDate day = moment == null ? times.date(text) : null;
    if (moment == null && day == null) {
      throw new Unreadable(ref, field, "date_not_understood");
    }
    fields.put(
        field,
        moment != null
            ? moment.instant().toString()
            : java.util.Objects.requireNonNull(day)
                .atStartOfDay(account.zone())
                .toInstant()
                .toString());
  }
}
