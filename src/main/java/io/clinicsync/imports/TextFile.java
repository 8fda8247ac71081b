package io.clinicsync.imports;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A file of separated values. Its encoding is told by its mark or by what its bytes can be: UTF-8
 * where all of them are, else Windows-1252, which spreadsheets on Windows write; anything else is
 * refused rather than misread. Cells are text and nothing is evaluated.
 */
final class TextFile {

  private static final Charset WINDOWS = Charset.forName("windows-1252");
  private static final int HEAD = 64 * 1024;

  /** Bytes that are no character of Windows-1252. */
  private static final String UNUSED = "\u0081\u008D\u008F\u0090\u009D";

  private final byte[] file;
  private final Charset charset;
  private final int skip;

  private TextFile(byte[] file, Charset charset, int skip) {
    this.file = file;
    this.charset = charset;
    this.skip = skip;
  }

  /**
   * @throws FileRefused when this is no text we can read
   */
  static TextFile of(byte[] file) {
    if (starts(file, 0xEF, 0xBB, 0xBF)) {
      return decodable(new TextFile(file, StandardCharsets.UTF_8, 3));
    }
    if (starts(file, 0xFF, 0xFE)) {
      return decodable(new TextFile(file, StandardCharsets.UTF_16LE, 2));
    }
    if (starts(file, 0xFE, 0xFF)) {
      return decodable(new TextFile(file, StandardCharsets.UTF_16BE, 2));
    }
    if (opens(file, '<') || opens(file, '{') || opens(file, '%')) {
      // A page, an object or a document that was saved under the wrong name.
      throw new FileRefused(FileRefused.Reason.UNKNOWN);
    }
    int zeros = 0;
    for (byte each : file) {
      int value = each & 0xFF;
      zeros += value == 0 ? 1 : 0;
      if (value < 0x20 && value != 0 && value != '\t' && value != '\n' && value != '\r') {
        throw new FileRefused(FileRefused.Reason.UNKNOWN);
      }
    }
    if (zeros > 0) {
      // Two bytes a character without a mark: text, but which way round is a guess.
      throw new FileRefused(
          zeros * 3L > file.length ? FileRefused.Reason.ENCODING : FileRefused.Reason.UNKNOWN);
    }
    TextFile utf8 = new TextFile(file, StandardCharsets.UTF_8, 0);
    if (utf8.decodes()) {
      return utf8;
    }
    for (byte each : file) {
      if (UNUSED.indexOf((char) (each & 0xFF)) >= 0) {
        throw new FileRefused(FileRefused.Reason.ENCODING);
      }
    }
    return new TextFile(file, WINDOWS, 0);
  }

  private static boolean opens(byte[] file, char with) {
    int at = 0;
    while (at < file.length && Character.isWhitespace(file[at])) {
      at++;
    }
    return at < file.length && file[at] == with;
  }

  private static TextFile decodable(TextFile text) {
    if (!text.decodes()) {
      throw new FileRefused(FileRefused.Reason.ENCODING);
    }
    return text;
  }

  private static boolean starts(byte[] file, int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (file.length <= i || (file[i] & 0xFF) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  private boolean decodes() {
    CharsetDecoder decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(file, skip, file.length - skip);
    CharBuffer out = CharBuffer.allocate(8 * 1024);
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      out.clear();
      if (result.isError()) {
        return false;
      }
      if (result.isUnderflow()) {
        return true;
      }
    }
  }

  /** What it is written in. */
  String encoding() {
    return charset.name();
  }

  /**
   * Gives all rows.
   *
   * @throws FileRefused when it is no table
   */
  void each(TableRows rows) {
    CsvRecordHandler handler =
        CsvRecordHandler.builder()
            .maxFields(TableRows.MOST_COLUMNS * 10)
            .maxFieldSize(1 << 20)
            .maxRecordSize(1 << 22)
            .build();
    CsvReader.CsvReaderBuilder format =
        CsvReader.builder()
            .fieldSeparator(separator())
            .skipEmptyLines(false)
            .allowExtraFields(true)
            .allowMissingFields(true)
            .allowExtraCharsAfterClosingQuote(true)
            .maxBufferSize(1 << 22);
    int number = 0;
    try (CsvReader<CsvRecord> records = format.build(handler, reader())) {
      for (CsvRecord each : records) {
        List<String> cells = each.getFields();
        if (cells.size() > TableRows.MOST_COLUMNS) {
          throw new FileRefused(FileRefused.Reason.TOO_MANY_COLUMNS);
        }
        rows.row(++number, cells.stream().map(TableRows::cell).toList());
      }
    } catch (CsvParseException broken) {
      throw new FileRefused(FileRefused.Reason.BROKEN);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private Reader reader() {
    return new InputStreamReader(new ByteArrayInputStream(file, skip, file.length - skip), charset);
  }

  /** Comma, semicolon or tab: the one the first line has most of, outside quotes. */
  private char separator() {
    int[] count = new int[3];
    boolean quoted = false;
    int left = HEAD;
    try (Reader reader = reader()) {
      for (int at = reader.read(); at >= 0 && left-- > 0; at = reader.read()) {
        if (at == '"') {
          quoted = !quoted;
        } else if (!quoted && at == '\n' && count[0] + count[1] + count[2] > 0) {
          break;
        } else if (!quoted) {
          int which = ",;\t".indexOf(at);
          if (which >= 0) {
            count[which]++;
          }
        }
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    int most = 0;
    for (int i = 1; i < count.length; i++) {
      most = count[i] > count[most] ? i : most;
    }
    return ",;\t".charAt(most);
  }
}
