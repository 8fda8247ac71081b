package io.clinicsync.emr.promptemr;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.promptemr.PromptEmrIntake.Unreadable;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.FileIntake.FileRow;
import io.clinicsync.emr.spi.FileIntake.Reading;
import io.clinicsync.emr.spi.FileIntake.StagedRow;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A line of the report of charges. A report without amounts tells of no money, so that no sum
 * becomes zero for want of a column.
 */
final class PromptEmrChargeRow {

  static final List<String> AMOUNTS = List.of("billed", "patientPaid", "insurerPaid", "balance");

  private PromptEmrChargeRow() {}

  /**
   * @throws Unreadable when a cell cannot be understood
   */
  static Reading read(EmrAccount account, FileRow row) {
    LocalDate day = day(account, row);
    String patient =
        row.text(PromptEmrFiles.PATIENT) == null
            ? null
            : PromptEmrIntake.id(row, PromptEmrFiles.PATIENT, null);
    EmrRef ref =
        PromptEmrIntake.made(
            RecordKind.INVOICE,
            Objects.requireNonNullElse(patient, ""),
            day.toString(),
            blankless(row, "claimNumber"),
            blankless(row, "cptCode"),
            blankless(row, "provider"));
    Map<String, String> fields = new TreeMap<>();
    for (String field : List.of("claimNumber", "cptCode", "units", "provider", "facility")) {
      PromptEmrPersonRow.copy(row, field, fields);
    }
    fields.put("patient", Objects.requireNonNullElse(patient, ""));
    fields.put("dateOfService", day.toString());
    boolean money = false;
    for (String field : AMOUNTS) {
      if (row.values().containsKey(field)) {
        money = true;
        BigDecimal amount = amount(row.text(field), field, ref);
        fields.put(field, amount == null ? "" : amount.toPlainString());
      }
    }
    return new Reading.Taken(
        money
            ? List.of(
                new StagedRow(
                    ref,
                    true,
                    patient == null ? null : EmrRef.patient(patient),
                    day.atStartOfDay(account.zone()).toInstant(),
                    Map.of(),
                    fields))
            : List.of(),
        List.of());
  }

  private static LocalDate day(EmrAccount account, FileRow row) {
    String text = row.text("dateOfService");
    if (text == null) {
      throw new Unreadable(null, "dateOfService", "value_missing");
    }
    LocalDate today = row.asOf().atZone(account.zone()).toLocalDate();
    LocalDate day = new PromptEmrTimes(row.form(), today).date(text);
    if (day == null) {
      throw new Unreadable(null, "dateOfService", "date_not_understood");
    }
    return day;
  }

  private static String blankless(FileRow row, String field) {
    return Objects.requireNonNullElse(row.text(field), "");
  }

  /** An amount such as {@code $1,200.00} or {@code (12.50)}; null when blank. */
  private static @Nullable BigDecimal amount(@Nullable String text, String field, EmrRef ref) {
    if (text == null) {
      return null;
    }
    String plain = text.replaceAll("[$,\\s()]", "");
    if (!plain.matches("-?[0-9]{1,12}(\\.[0-9]{0,6})?")) {
      throw new Unreadable(ref, field, "amount_not_understood");
    }
    BigDecimal amount = new BigDecimal(plain);
    return text.startsWith("(") ? amount.negate() : amount;
  }
}
