package io.clinicsync.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clinicsync.imports.FileRefused.Reason;
import io.clinicsync.imports.HandedFile.Head;
import io.clinicsync.imports.HandedFile.Line;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as people and programs hand them over, good and bad. */
class HandedFileTests {

  private record Read(Head head, List<Line> lines) {
    List<String> row(int index) {
      return lines.get(index).cells();
    }
  }

  private static Read read(byte[] file) {
    List<Line> lines = new ArrayList<>();
    Head head = HandedFile.read(file, lines::addAll);
    return new Read(head, lines);
  }

  private static Read read(String text) {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void refused(byte[] file, Reason reason) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOfSatisfying(
            FileRefused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  @Test
  void quotedCellsLinesWithinThemAndMissingCellsAreRead() {
    Read read =
        read("Acct#,First Name,City\r\n1,\"Zoë \"\"Z\"\"\",\"Port\nMara\"\r\n\r\n2,Leo\r\n");
    assertThat(read.head().headers()).containsExactly("Acct#", "First Name", "City");
    assertThat(read.row(0)).containsExactly("1", "Zoë \"Z\"", "Port\nMara");
    assertThat(read.row(1)).containsExactly("2", "Leo", "");
    assertThat(read.lines()).extracting(Line::number).containsExactly(2, 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {",", ";", "\t"})
  void theSeparatorIsFoundOut(String separator) {
    Read read =
        read("A,B,C\n1,\"2,;\t2\",3\n".replace(",", separator).replace("\"2" + separator, "\"2,"));
    assertThat(read.head().headers()).containsExactly("A", "B", "C");
    assertThat(read.row(0).getFirst()).isEqualTo("1");
    assertThat(read.row(0).getLast()).isEqualTo("3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "windows-1252"})
  void namesKeepTheirLettersInEveryEncodingThatCanBeTold(String charset) {
    String mark = charset.equals("windows-1252") ? "" : "\uFEFF";
    Read read =
        read((mark + "Acct#,First Name\n1,Chloé Müller\n").getBytes(Charset.forName(charset)));
    assertThat(read.row(0)).containsExactly("1", "Chloé Müller");
    assertThat(read.head().encoding()).isEqualToIgnoringCase(charset);
  }

  @Test
  void anEncodingThatCannotBeToldIsRefusedRatherThanMisread() {
    refused("Acct#,First Name\n1,Zoe\n".getBytes(StandardCharsets.UTF_16LE), Reason.ENCODING);
    refused(new byte[] {'A', ',', 'B', '\n', '1', ',', (byte) 0x81, '\n'}, Reason.ENCODING);
    byte[] cut = "\uFEFFA,B\n1,2".getBytes(StandardCharsets.UTF_16LE);
    refused(java.util.Arrays.copyOf(cut, cut.length - 1), Reason.ENCODING);
  }

  @Test
  void whatIsNoTableIsRefused() {
    refused(new byte[0], Reason.EMPTY);
    refused("\n\n,,\n".getBytes(StandardCharsets.UTF_8), Reason.EMPTY);
    refused("<html><body>Sign in</body></html>".getBytes(StandardCharsets.UTF_8), Reason.UNKNOWN);
    refused("{\"items\":[]}".getBytes(StandardCharsets.UTF_8), Reason.UNKNOWN);
    refused("%PDF-1.7\n".getBytes(StandardCharsets.UTF_8), Reason.UNKNOWN);
    refused(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13}, Reason.UNKNOWN);
    refused(("a,".repeat(201) + "\n1\n").getBytes(StandardCharsets.UTF_8), Reason.TOO_MANY_COLUMNS);
  }

  @Test
  void aPasswordAnOldWorkbookAndABrokenArchiveAreRefused() throws IOException {
    byte[] container = new byte[512];
    byte[] magic = {
      (byte) 0xD0, (byte) 0xCF, 0x11, (byte) 0xE0, (byte) 0xA1, (byte) 0xB1, 0x1A, (byte) 0xE1
    };
    System.arraycopy(magic, 0, container, 0, magic.length);
    refused(container, Reason.PROTECTED);
    byte[] whole = workbook(sheet -> sheet.value(0, 0, "Acct#"));
    refused(java.util.Arrays.copyOf(whole, whole.length / 2), Reason.BROKEN);
    // Bit 0 of the flags, in the local and in the central header: this entry is encrypted.
    refused(encrypted(whole), Reason.PROTECTED);
    refused(archive("notes.txt", 10), Reason.UNKNOWN);
  }

  @Test
  void anArchiveThatGrowsBeyondReasonIsRefused() throws IOException {
    refused(archive("xl/workbook.xml", 64 << 20), Reason.INFLATES);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("xl/workbook.xml"));
      zip.write(
          "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"bbbb\">]><workbook/>"
              .getBytes(StandardCharsets.UTF_8));
    }
    refused(out.toByteArray(), Reason.INFLATES);
  }

  private static byte[] archive(String entry, int zeros) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(entry));
      byte[] block = new byte[1 << 20];
      for (int left = zeros; left > 0; left -= block.length) {
        zip.write(block, 0, Math.min(left, block.length));
      }
    }
    return out.toByteArray();
  }

  private static byte[] encrypted(byte[] whole) {
    byte[] changed = whole.clone();
    for (int i = 0; i + 10 < changed.length; i++) {
      if (changed[i] == 'P' && changed[i + 1] == 'K') {
        if (changed[i + 2] == 3 && changed[i + 3] == 4) {
          changed[i + 6] |= 1;
        } else if (changed[i + 2] == 1 && changed[i + 3] == 2) {
          changed[i + 8] |= 1;
        }
      }
    }
    return changed;
  }

  private static byte[] workbook(java.util.function.Consumer<Worksheet> fill) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Workbook workbook = new Workbook(out, "Test", "1.0")) {
      fill.accept(workbook.newWorksheet("Report"));
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
    return out.toByteArray();
  }

  @Test
  void numbersOfAWorkbookAreWrittenPlainAndFormulasAreNeverEvaluated() throws IOException {
    byte[] file =
        workbook(
            sheet -> {
              for (int column = 0; column < 6; column++) {
                sheet.value(0, column, "C" + column);
              }
              sheet.value(1, 0, 1000123);
              sheet.value(1, 1, 5551234567d);
              sheet.value(1, 2, 0.1);
              sheet.formula(1, 3, "1+1");
              sheet.value(1, 4, "=1+1");
              sheet.value(1, 5, true);
            });
    Read read = read(file);
    assertThat(read.row(0).subList(0, 3)).containsExactly("1000123", "5551234567", "0.1");
    assertThat(read.row(0).get(3)).isEqualTo(TableRows.FLAW + "cell_without_value");
    assertThat(read.row(0).subList(4, 6)).containsExactly("=1+1", "true");
    // As a spreadsheet saves it, with the value it had.
    byte[] saved = entry(file, "xl/worksheets/sheet1.xml", "<f>1+1</f>", "<f>1+1</f><v>2</v>");
    assertThat(read(saved).row(0).get(3)).isEqualTo("2");
    byte[] error =
        entry(file, "xl/worksheets/sheet1.xml", "<f>1+1</f>", "<f>1/0</f><v>#DIV/0!</v>");
    assertThat(read(error).row(0).get(3)).isEqualTo(TableRows.FLAW + "cell_error");
  }

  /** The same archive with something else in one entry. */
  private static byte[] entry(byte[] file, String name, String from, String to) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var in =
            org.apache.commons.compress.archivers.zip.ZipFile.builder()
                .setSeekableByteChannel(
                    new org.apache.commons.compress.utils.SeekableInMemoryByteChannel(file))
                .get();
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (var each : java.util.Collections.list(in.getEntries())) {
        byte[] bytes = in.getInputStream(each).readAllBytes();
        zip.putNextEntry(new ZipEntry(each.getName()));
        if (each.getName().equals(name)) {
          String text = new String(bytes, StandardCharsets.UTF_8);
          assertThat(text).contains(from);
          bytes = text.replace(from, to).getBytes(StandardCharsets.UTF_8);
        }
        zip.write(bytes);
      }
    }
    return out.toByteArray();
  }

  @Test
  void aWorkbookThatCountsFrom1904SaysSo() throws IOException {
    byte[] file = workbook(sheet -> sheet.value(0, 0, "Acct#"));
    assertThat(read(file).head().from1904()).isFalse();
    byte[] mac =
        entry(
            file,
            "xl/workbook.xml",
            "<workbookPr date1904=\"false\"",
            "<workbookPr date1904=\"true\"");
    assertThat(read(mac).head().from1904()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSN",
        "ssn",
        "Patient SSN",
        "PatientSSN",
        "SSN_last4",
        "Social",
        "Social Security #",
        "SS#",
        "Tax ID",
        "Notes",
        "Visit Note",
        "Primary Diagnosis",
        "ICD-10"
      })
  void whatNobodyMayKeepIsLeftOutByItsHeader(String header) {
    Read read = read("Acct#," + header + ",City\n1,canary,Lakeside\n");
    assertThat(read.head().headers()).containsExactly("Acct#", "City");
    assertThat(read.row(0)).containsExactly("1", "Lakeside");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Class Name", "Assn", "Notified", "City", "Stage", "Acct#"})
  void otherHeadersStay(String header) {
    assertThat(read("A," + header + "\n1,2\n").row(0)).containsExactly("1", "2");
  }

  @Test
  void aSocialSecurityNumberUnderAnyHeaderIsLeftOut() {
    assertThat(read("Acct#,Memo\n1,900-12-3456\n2,555-010-4410\n").lines())
        .extracting(line -> line.cells().get(1))
        .containsExactly("", "555-010-4410");
  }

  @Test
  void cellsThatCannotBeKeptAreFlawsAndTheRestOfTheRowIsRead() {
    Read read = read("A,B\n" + "x".repeat(2_001) + ",2\n");
    assertThat(read.row(0)).containsExactly(TableRows.FLAW + "value_too_long", "2");
  }

  @Test
  void threeHundredThousandLinesPassInSmallBlocks() {
    StringBuilder text =
        new StringBuilder("Acct#,First Name,Last Name,Visit Date,Visit Time,Visit Type\n");
    for (int i = 0; i < 300_000; i++) {
      text.append(i).append("-ABK,Ava,Reed,3/4/26,8:10am,Follow Up\n");
    }
    byte[] file = text.toString().getBytes(StandardCharsets.UTF_8);
    int[] seen = new int[2];
    HandedFile.read(
        file,
        lines -> {
          seen[0] += lines.size();
          seen[1] = Math.max(seen[1], lines.size());
        });
    assertThat(seen[0]).isEqualTo(300_000);
    assertThat(seen[1]).isLessThanOrEqualTo(HandedFile.BLOCK);
  }

  @Test
  void moreRowsThanAreTakenAreRefused() {
    byte[] file =
        ("A,B\n" + "1,2\n".repeat(TableRows.MOST_ROWS + 1)).getBytes(StandardCharsets.UTF_8);
    refused(file, Reason.TOO_MANY_ROWS);
  }
}
