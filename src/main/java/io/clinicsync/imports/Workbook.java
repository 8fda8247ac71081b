package io.clinicsync.imports;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.dhatim.fastexcel.reader.Cell;
import org.dhatim.fastexcel.reader.CellType;
import org.dhatim.fastexcel.reader.ExcelReaderException;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.dhatim.fastexcel.reader.ReadingOptions;
import org.dhatim.fastexcel.reader.Row;
import org.dhatim.fastexcel.reader.Sheet;
import org.jspecify.annotations.Nullable;

/**
 * The first sheet of a workbook, row by row. Numbers stay numbers: whether one is a day is for the
 * column to say. Of a formula only the value it had when the file was saved is taken; nothing is
 * ever evaluated.
 */
final class Workbook {

  private final byte[] file;
  private boolean from1904;

  private Workbook(byte[] file) {
    this.file = file;
  }

  /**
   * @throws FileRefused when it may not be opened
   */
  static Workbook of(byte[] file) {
    Archive.mustBeHarmless(file);
    return new Workbook(file);
  }

  /** Whether days are counted from 1904; known once {@link #each} has begun. */
  boolean from1904() {
    return from1904;
  }

  /**
   * Gives all rows.
   *
   * @throws FileRefused when it is no workbook
   */
  void each(TableRows rows) {
    try (ReadableWorkbook workbook =
        new ReadableWorkbook(new ByteArrayInputStream(file), new ReadingOptions(false, true))) {
      from1904 = workbook.isDate1904();
      Sheet sheet = workbook.getFirstSheet();
      try (Stream<Row> stream = sheet.openStream()) {
        stream.forEach(row -> rows.row(row.getRowNum(), cells(row)));
      }
    } catch (IOException | ExcelReaderException broken) {
      throw new FileRefused(FileRefused.Reason.BROKEN);
    } catch (UncheckedIOException | IndexOutOfBoundsException | IllegalArgumentException broken) {
      throw new FileRefused(FileRefused.Reason.BROKEN);
    }
  }

  private static List<String> cells(Row row) {
    int count = row.getCellCount();
    if (count > TableRows.MOST_COLUMNS) {
      throw new FileRefused(FileRefused.Reason.TOO_MANY_COLUMNS);
    }
    List<String> cells = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      cells.add(row.hasCell(i) ? text(row.getCell(i)) : "");
    }
    return cells;
  }

  private static String text(@Nullable Cell cell) {
    if (cell == null || cell.getType() == CellType.EMPTY) {
      return "";
    }
    String raw = cell.getRawValue();
    return switch (cell.getType()) {
      case NUMBER -> number(raw);
      case STRING -> TableRows.cell(cell.asString());
      case BOOLEAN -> "1".equals(raw) || "true".equalsIgnoreCase(raw) ? "true" : "false";
      case FORMULA -> saved(raw);
      case ERROR -> TableRows.FLAW + "cell_error";
      case EMPTY -> "";
    };
  }

  /** The value a formula had when the file was saved. */
  private static String saved(@Nullable String raw) {
    if (raw == null || raw.isBlank()) {
      return TableRows.FLAW + "cell_without_value";
    }
    return raw.startsWith("#") ? TableRows.FLAW + "cell_error" : number(raw);
  }

  /** Without an exponent and without what a binary fraction adds. */
  private static String number(@Nullable String raw) {
    if (raw == null) {
      return "";
    }
    try {
      BigDecimal number = new BigDecimal(raw.strip());
      if (Math.abs(number.scale()) > 30) {
        return TableRows.cell(raw);
      }
      BigDecimal plain = number.stripTrailingZeros();
      return (plain.scale() < 0 ? plain.setScale(0) : plain).toPlainString();
    } catch (NumberFormatException text) {
      return TableRows.cell(raw);
    }
  }
}
