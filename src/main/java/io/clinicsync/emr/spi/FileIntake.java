package io.clinicsync.emr.spi;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Understands the files a clinic hands over where an EMR cannot be called. {@code imports} reads
 * the files, keeps the rows this makes of them and gives them back through {@link ImportedRows};
 * the connector's sources read them there like any EMR's.
 */
public non-sealed interface FileIntake extends Capability {

  /** What kinds of files there are; constant. */
  List<FileKind> kinds();

  /** Understands one row. Makes no call and never throws on what the row holds. */
  Reading understand(EmrAccount account, FileKind kind, FileRow row);

  /**
   * One kind of file.
   *
   * @param id in addresses and file names, for example {@code visits}
   * @param main what a row of it is; rows of this kind that a complete file lacks are gone
   * @param columns what can be read from it
   */
  record FileKind(String id, RecordKind main, List<FileColumn> columns) {
    public FileKind {
      columns = List.copyOf(columns);
    }
  }

  /**
   * One thing a file can tell.
   *
   * @param field our name of it
   * @param required a file without it cannot be understood
   * @param headers what the column is usually called; compared by letters and digits only, first
   *     match wins
   */
  record FileColumn(String field, boolean required, List<String> headers) {
    public FileColumn {
      headers = List.copyOf(headers);
    }
  }

  /**
   * One row of a file.
   *
   * @param values by {@link FileColumn#field}, trimmed; blank where the cell is, and not there
   *     where the file has no such column
   * @param asOf when the file was made
   * @param form how this file writes dates
   */
  record FileRow(Map<String, String> values, Instant asOf, FileForm form) {
    public FileRow {
      values = Map.copyOf(values);
    }

    /** The cell of a column; null where there is no column or the cell is blank. */
    public @Nullable String text(String field) {
      String value = values.get(field);
      return value == null || value.isBlank() ? null : value;
    }

    @Override
    public String toString() {
      return "FileRow" + values.keySet();
    }
  }

  /**
   * How a file writes dates and times.
   *
   * @param dates and times patterns of {@link java.time.format.DateTimeFormatter}; null takes the
   *     usual ones
   * @param from1904 numbers of days count from 1904, as some spreadsheets do
   */
  record FileForm(@Nullable String dates, @Nullable String times, boolean from1904) {

    /** The usual one. */
    public static final FileForm USUAL = new FileForm(null, null, false);
  }

  /** What became of a row. */
  sealed interface Reading {

    /**
     * Understood.
     *
     * @param rows what it is, the main one first
     * @param warnings what was assumed
     */
    record Taken(List<StagedRow> rows, List<Flaw> warnings) implements Reading {
      public Taken {
        rows = List.copyOf(rows);
        warnings = List.copyOf(warnings);
      }
    }

    /**
     * Not understood.
     *
     * @param what the record it is about, where that could be read: it is set apart and what we
     *     hold of it stays
     */
    record Refused(@Nullable EmrRef what, Flaw flaw) implements Reading {}
  }

  /**
   * Something wrong with a cell, without its value.
   *
   * @param field null where it is about the whole row
   * @param code stable, for example {@code date_not_understood}
   */
  record Flaw(@Nullable String field, String code) {}

  /**
   * One record as a file tells it.
   *
   * @param repeats rows of the same ref within one file are different things and are counted
   * @param patient whose it is; null for patients themselves and where the file does not say
   * @param at when it takes place; null for what has no time
   * @param named the names of practitioner, treatment and site it points to
   * @param fields by the connector's own names; blank empties what another file told, and a field
   *     that is not there leaves it
   */
  record StagedRow(
      EmrRef ref,
      boolean repeats,
      @Nullable EmrRef patient,
      @Nullable Instant at,
      Map<RecordKind, String> named,
      Map<String, String> fields) {
    public StagedRow {
      named = Map.copyOf(named);
      fields = Map.copyOf(fields);
    }

    @Override
    public String toString() {
      return "StagedRow[" + ref.kind() + "]";
    }
  }
}
