package io.clinicsync.imports;

import java.util.List;

/** Takes a table row by row. */
interface TableRows {

  /** What stands before the code of a cell that has no value we could take. */
  char FLAW = '\uFFFF';

  /** Longest text of a cell. */
  int LONGEST_CELL = 2_000;

  /** Most columns a file may have. */
  int MOST_COLUMNS = 200;

  /** Most rows a file may have. */
  int MOST_ROWS = 500_000;

  /**
   * One row.
   *
   * @param number as a spreadsheet counts it, from 1
   * @param cells trimmed; blank where there is nothing; a flaw where {@link #FLAW} leads
   */
  void row(int number, List<String> cells);

  /** A cell's text as it may be kept. */
  static String cell(String text) {
    String stripped = text.strip();
    if (stripped.length() > LONGEST_CELL) {
      return FLAW + "value_too_long";
    }
    for (int i = 0; i < stripped.length(); i++) {
      char at = stripped.charAt(i);
      if (at == FLAW || (Character.isISOControl(at) && at != '\n' && at != '\r' && at != '\t')) {
        return FLAW + "value_not_understood";
      }
    }
    return stripped;
  }
}
