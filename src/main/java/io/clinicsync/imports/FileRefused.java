package io.clinicsync.imports;

import java.io.Serial;

/** A file is not taken at all; nothing of it is kept. */
public final class FileRefused extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  /** Why, by stable code. */
  public enum Reason {
    /** No CSV and no XLSX. */
    UNKNOWN("import_file_unknown"),
    EMPTY("import_file_empty"),
    /** Text in an encoding that cannot be told. */
    ENCODING("import_file_encoding"),
    /** A password is needed to open it, or it is a workbook of before 2007. */
    PROTECTED("import_file_protected"),
    /** Far more comes out of the archive than an export holds. */
    INFLATES("import_file_inflates"),
    BROKEN("import_file_broken"),
    TOO_MANY_ROWS("import_too_many_rows"),
    TOO_MANY_COLUMNS("import_too_many_columns"),
    TOO_LARGE("import_file_too_large");

    private final String code;

    Reason(String code) {
      this.code = code;
    }

    /** The code in the catalogue of errors. */
    public String code() {
      return code;
    }
  }

  private final Reason reason;

  FileRefused(Reason reason) {
    super(reason.code(), null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
