package io.clinicsync.imports;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file into blocks of rows. Columns nobody may keep, social security numbers first of all,
 * are left out here, before anything is stored, and so are blank rows.
 */
final class HandedFile {

  /** Rows of a block; what bounds the memory an import takes beside the file itself. */
  static final int BLOCK = 500;

  private static final int BLOCK_CHARACTERS = 400_000;

  /** Headers of what must never be kept, and of what nobody here needs. */
  private static final Pattern FORBIDDEN =
      Pattern.compile(
          "SSN|(?i:(?<![a-z])s[.\\s_-]*s[.\\s_-]*n(?![a-z])|social|soc[.\\s]*sec|\\bss\\s*(#|no|num)|tax\\s*id"
              + "|diagnos|\\bicd|\\bnotes?\\b|medical history)");

  /** A number written as only a social security number is. */
  private static final Pattern SOCIAL_SECURITY =
      Pattern.compile("[0-9]{3}[- .][0-9]{2}[- .][0-9]{4}");

  private HandedFile() {}

  /**
   * What stands above the rows.
   *
   * @param headers of the columns that are kept
   * @param encoding of a text; null of a workbook
   */
  record Head(List<String> headers, boolean from1904, @Nullable String encoding) {
    Head {
      headers = List.copyOf(headers);
    }
  }

  /** One row of what is kept; {@code number} as a spreadsheet counts it. */
  record Line(int number, List<String> cells) {}

  /**
   * Reads a file.
   *
   * @param block gets the rows in order, block by block
   * @return what stood above them
   * @throws FileRefused when it cannot be read
   */
  static Head read(byte[] file, Consumer<List<Line>> block) {
    return readBy(file, head -> block);
  }

  /**
   * Reads a file whose rows cannot be told apart without what stands above them.
   *
   * @param reader is asked once, before the first block, for what gets the blocks
   * @return what stood above the rows
   * @throws FileRefused when it cannot be read
   */
  static Head readBy(byte[] file, Function<Head, Consumer<List<Line>>> reader) {
    if (file.length == 0) {
      throw new FileRefused(FileRefused.Reason.EMPTY);
    }
    Blocks blocks;
    if (starts(file, 0x50, 0x4B, 0x03, 0x04)) {
      Workbook workbook = Workbook.of(file);
      blocks = new Blocks(names -> new Head(names, workbook.from1904(), null), reader);
      workbook.each(blocks);
    } else if (starts(file, 0xD0, 0xCF, 0x11, 0xE0)) {
      // The container of encrypted workbooks, and of those before 2007.
      throw new FileRefused(FileRefused.Reason.PROTECTED);
    } else {
      TextFile text = TextFile.of(file);
      blocks = new Blocks(names -> new Head(names, false, text.encoding()), reader);
      text.each(blocks);
    }
    Head head = blocks.head();
    blocks.end();
    return head;
  }

  private static boolean starts(byte[] file, int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (file.length <= i || (file[i] & 0xFF) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether a column of this name is left out. */
  static boolean isForbidden(String header) {
    return FORBIDDEN.matcher(header.replace('_', ' ')).find();
  }

  /** Letters and digits decide whether two headers are the same. */
  static String plain(String header) {
    return header.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
  }

  private static final class Blocks implements TableRows {

    private final Function<List<String>, Head> heading;
    private final Function<Head, Consumer<List<Line>>> reader;
    private @Nullable Head head;
    private Consumer<List<Line>> block = lines -> {};
    private final List<Integer> kept = new ArrayList<>();
    private List<Line> lines = new ArrayList<>();
    private int characters;
    private int count;

    Blocks(Function<List<String>, Head> heading, Function<Head, Consumer<List<Line>>> reader) {
      this.heading = heading;
      this.reader = reader;
    }

    Head head() {
      if (head == null) {
        throw new FileRefused(FileRefused.Reason.EMPTY);
      }
      return head;
    }

    @Override
    public void row(int number, List<String> cells) {
      if (cells.stream().allMatch(String::isEmpty)) {
        return;
      }
      if (head == null) {
        head = heading.apply(names(cells));
        block = reader.apply(head);
        return;
      }
      if (++count > MOST_ROWS) {
        throw new FileRefused(FileRefused.Reason.TOO_MANY_ROWS);
      }
      List<String> line = new ArrayList<>(kept.size());
      for (int column : kept) {
        String cell = column < cells.size() ? cells.get(column) : "";
        String safe = SOCIAL_SECURITY.matcher(cell).matches() ? "" : cell;
        characters += safe.length();
        line.add(safe);
      }
      lines.add(new Line(number, line));
      if (lines.size() >= BLOCK || characters > BLOCK_CHARACTERS) {
        end();
      }
    }

    private List<String> names(List<String> cells) {
      List<String> names = new ArrayList<>();
      for (int column = 0; column < cells.size(); column++) {
        String name = cells.get(column);
        if (!name.isEmpty() && name.charAt(0) != FLAW && !isForbidden(name)) {
          kept.add(column);
          names.add(name.length() > 200 ? name.substring(0, 200) : name);
        }
      }
      return names;
    }

    void end() {
      if (!lines.isEmpty()) {
        block.accept(lines);
        lines = new ArrayList<>();
        characters = 0;
      }
    }
  }
}
