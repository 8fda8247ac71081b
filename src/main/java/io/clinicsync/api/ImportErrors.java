package io.clinicsync.api;

import io.clinicsync.api.ErrorCatalogue.Entry;
import io.clinicsync.api.ErrorCatalogue.Who;
import java.util.List;

/** What can be wrong with a file that is handed over. */
final class ImportErrors {

  static final List<Entry> ALL =
      List.of(
          new Entry(
              "import_file_unknown",
              "The file is no CSV and no XLSX.",
              Who.CLINIC,
              "Export the report as CSV or XLSX and hand that over."),
          new Entry(
              "import_file_empty",
              "The file holds no row with column names.",
              Who.CLINIC,
              "Export the report again; its first row names the columns."),
          new Entry(
              "import_file_encoding",
              "The file's letters are written in a way that cannot be told, so names could be misread.",
              Who.CLINIC,
              "Save it as CSV UTF-8, or as XLSX, and hand it over again."),
          new Entry(
              "import_file_protected",
              "The file needs a password, or is a workbook of before 2007.",
              Who.CLINIC,
              "Save it as XLSX without a password, or as CSV, and hand it over again."),
          new Entry(
              "import_file_inflates",
              "The file would grow far beyond what an export holds, so it was not opened.",
              Who.CLINIC,
              "Export the report again, or save it as CSV."),
          new Entry(
              "import_file_broken",
              "The file is damaged or was cut off.",
              Who.CLINIC,
              "Export the report again and hand that over."),
          new Entry(
              "import_file_too_large",
              "The file is larger than 25 MB.",
              Who.CLINIC,
              "Export a shorter span of time, or save it as CSV; several files are fine."),
          new Entry(
              "import_too_many_rows",
              "The file has more than 500,000 rows.",
              Who.CLINIC,
              "Export a shorter span of time; several files are fine."),
          new Entry(
              "import_too_many_columns",
              "The file has more than 200 columns.",
              Who.CLINIC,
              "Export the report with the columns that are needed; GET the import mapping lists them."),
          new Entry(
              "import_busy",
              "Other files are still being read.",
              Who.NOBODY,
              "Send the file again in a moment."),
          new Entry(
              "import_known",
              "The same file was handed over before.",
              Who.CLINIC,
              "Nothing, where that was meant; else export again and hand that over."),
          new Entry(
              "import_name_not_understood",
              "The name of the file does not say what it is and when it was exported.",
              Who.CLINIC,
              "Name it kind_yyyyMMddHHmm.csv or .xlsx, for example visits_202603041810.csv, on the clinic's clock."),
          new Entry(
              "import_mapping_needed",
              "The file waits because a column it needs is called otherwise than usual.",
              Who.CLINIC,
              "GET the import for its column names, then PUT the import mapping; the file is taken by itself."),
          new Entry(
              "import_rows_rejected",
              "More than a fifth of the file's rows could not be understood, so nothing of it was taken.",
              Who.CLINIC,
              "Look at the errors by row and column; correct the mapping or the export, then hand it over again."),
          new Entry(
              "import_removals_braked",
              "The file is said to be complete and lacks unusually many records, so nothing of it was taken.",
              Who.CLINIC,
              "Look whether the export is complete; then hand it over with confirm_removals=true, or without complete."),
          new Entry(
              "import_not_connected",
              "The connection was revoked before the file's turn came.",
              Who.CLINIC,
              "Connect again, then hand the file over again."));

  private ImportErrors() {}
}
