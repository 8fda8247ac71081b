package io.clinicsync.sandbox.promptemr;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.sandbox.server.Moments;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.jspecify.annotations.Nullable;

/** Writes reports. A cell is a text, a number, a date or a time of day, as the format has them. */
final class PromptEmrReports {

  private static final DateTimeFormatter SHORT = DateTimeFormatter.ofPattern("M/d/yy", Locale.US);
  private static final DateTimeFormatter LONG = DateTimeFormatter.ofPattern("M/d/yyyy", Locale.US);
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("h:mma", Locale.US);
  private static final BigDecimal DAY = BigDecimal.valueOf(86_400);

  private static final Map<String, String> PERSON = new LinkedHashMap<>();

  static {
    PERSON.put("First Name", "FirstName");
    PERSON.put("Last Name", "LastName");
    PERSON.put("Preferred Name", "PreferredName");
    PERSON.put("Middle Name", "MiddleName");
    PERSON.put("SSN", "SSN");
    PERSON.put("Email", "Email");
    PERSON.put("Mobile Phone", "MobilePhone");
    PERSON.put("Home Phone", "HomePhone");
    PERSON.put("Street1", "Street1");
    PERSON.put("Street2", "Street2");
    PERSON.put("City", "City");
    PERSON.put("State", "StateOrProvince");
    PERSON.put("Zip", "PostalCode");
    PERSON.put("Country Code", "CountryCode");
    PERSON.put("Gender", "Gender");
  }

  private static final Map<String, String> CHARGE = new LinkedHashMap<>();

  static {
    CHARGE.put("Claim Number", "ClaimNumber");
    CHARGE.put("CPT Code", "CptCode");
    CHARGE.put("Units", "Units");
    CHARGE.put("Billed", "Billed");
    CHARGE.put("Patient Paid", "PatientPaid");
    CHARGE.put("Insurance Paid", "InsurancePaid");
    CHARGE.put("Balance", "Balance");
    CHARGE.put("Treating Therapist", "Provider");
    CHARGE.put("Visit Facility", "Facility");
  }

  private final PromptEmrAccount account;
  private final boolean visitIds;

  PromptEmrReports(PromptEmrAccount account, boolean visitIds) {
    this.account = account;
    this.visitIds = visitIds;
  }

  byte[] make(String kind, boolean xlsx, boolean combined) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (ObjectNode row : account.table(kind).all()) {
      if (!row.has("_gone")) {
        rows.add(
            switch (kind) {
              case "patients" -> patient(row);
              case "visits" -> visit(row, combined);
              default -> charge(row);
            });
      }
    }
    return xlsx ? workbook(kind, rows) : text(rows);
  }

  private static @Nullable String at(ObjectNode row, String member) {
    return row.hasNonNull(member) ? row.get(member).asText() : null;
  }

  private static @Nullable Object day(@Nullable String text) {
    try {
      return text == null ? null : LocalDate.parse(text);
    } catch (java.time.DateTimeException asTyped) {
      return text;
    }
  }

  private static void person(Map<String, @Nullable Object> cells, ObjectNode row) {
    PERSON.forEach((header, member) -> cells.put(header, at(row, member)));
    cells.put("DOB", day(at(row, "DateOfBirth")));
  }

  private static Map<String, @Nullable Object> patient(ObjectNode row) {
    Map<String, @Nullable Object> cells = new LinkedHashMap<>();
    cells.put("Acct#", at(row, "_id"));
    person(cells, row);
    cells.put("Inactive", at(row, "Inactive"));
    cells.put("created_at", at(row, "created_at"));
    cells.put("Notes", "Prefers mornings");
    return cells;
  }

  private Map<String, @Nullable Object> visit(ObjectNode row, boolean combined) {
    Map<String, @Nullable Object> cells = new LinkedHashMap<>();
    if (visitIds) {
      cells.put("Visit ID", at(row, "_id"));
    }
    cells.put("Acct#", at(row, "PatientId"));
    if (combined) {
      Optional<ObjectNode> patient =
          account.table("patients").find(String.valueOf(at(row, "PatientId")));
      patient.ifPresent(found -> person(cells, found));
    }
    ZonedDateTime start = Moments.instant(row.get("_start").asText()).atZone(account.zone());
    cells.put("Visit Date", start.toLocalDate());
    cells.put("Visit Time", start.toLocalTime());
    cells.put("Duration", at(row, "_minutes"));
    cells.put("Visit Type", at(row, "VisitType"));
    cells.put("Visit #", at(row, "VisitNumber"));
    cells.put("Treating Therapist", at(row, "Provider"));
    cells.put("Visit Facility", at(row, "Facility"));
    cells.put("Stage", at(row, "Stage"));
    cells.put("Prompt Claim Number", at(row, "ClaimNumber"));
    cells.put("Cancellation Reason", at(row, "CancellationReason"));
    cells.put("Primary Diagnosis", "M54.50 Low back pain");
    cells.put("Room Color", "green");
    return cells;
  }

  private static Map<String, @Nullable Object> charge(ObjectNode row) {
    Map<String, @Nullable Object> cells = new LinkedHashMap<>();
    cells.put("Date Of Service", day(at(row, "DateOfService")));
    cells.put("Acct#", at(row, "PatientId"));
    CHARGE.forEach((header, member) -> cells.put(header, at(row, member)));
    return cells;
  }

  /** Every row has the same columns; a combined row of a patient who is gone has fewer. */
  private static List<String> headers(List<Map<String, @Nullable Object>> rows) {
    Map<String, Boolean> headers = new LinkedHashMap<>();
    rows.forEach(row -> row.keySet().forEach(header -> headers.put(header, true)));
    return List.copyOf(headers.keySet());
  }

  private static byte[] text(List<Map<String, @Nullable Object>> rows) {
    StringBuilder out = new StringBuilder();
    List<String> headers = headers(rows);
    out.append(String.join(",", headers)).append("\r\n");
    for (Map<String, @Nullable Object> row : rows) {
      for (int i = 0; i < headers.size(); i++) {
        out.append(i == 0 ? "" : ",").append(quoted(headers.get(i), row.get(headers.get(i))));
      }
      out.append("\r\n");
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String quoted(String header, @Nullable Object cell) {
    String text =
        switch (cell) {
          case null -> "";
          case LocalDate day -> day.format(header.equals("DOB") ? LONG : SHORT);
          case LocalTime time -> time.format(TIME).toLowerCase(Locale.ROOT);
          default -> cell.toString();
        };
    return text.chars().anyMatch(each -> ",\"\r\n".indexOf(each) >= 0)
        ? '"' + text.replace("\"", "\"\"") + '"'
        : text;
  }

  private static byte[] workbook(String name, List<Map<String, @Nullable Object>> rows) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<String> headers = headers(rows);
    try (Workbook workbook = new Workbook(out, "Prompt", "10.0")) {
      Worksheet sheet = workbook.newWorksheet(name);
      for (int column = 0; column < headers.size(); column++) {
        sheet.value(0, column, headers.get(column));
        for (int row = 0; row < rows.size(); row++) {
          cell(sheet, row + 1, column, rows.get(row).get(headers.get(column)));
        }
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  private static void cell(Worksheet sheet, int row, int column, @Nullable Object cell) {
    switch (cell) {
      case null -> {}
      case LocalDate day -> sheet.value(row, column, day);
      case LocalTime time ->
          sheet.value(
              row,
              column,
              BigDecimal.valueOf(time.toSecondOfDay())
                  .divide(DAY, 15, java.math.RoundingMode.HALF_UP));
      default -> sheet.value(row, column, cell.toString());
    }
  }
}
