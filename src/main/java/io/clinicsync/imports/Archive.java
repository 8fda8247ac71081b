package io.clinicsync.imports;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/**
 * Looks at what would come out of an archive before anything of it is read as a workbook: how much,
 * behind how much of a password, and whether it defines entities that grow while being read.
 */
final class Archive {

  private static final long MOST_BYTES = 400L << 20;

  /** All texts of a workbook are held at once. */
  private static final long MOST_TEXT = 48L << 20;

  /** Sheets shrink to a tenth, monotonous ones to a fortieth; nothing honest to a hundredth. */
  private static final int MOST_RATIO = 100;

  private static final long SMALL = 10L << 20;
  private static final int MOST_ENTRIES = 1_000;

  private Archive() {}

  /**
   * @throws FileRefused when it must not be opened, or cannot
   */
  static void mustBeHarmless(byte[] file) {
    try (ZipFile archive =
        ZipFile.builder().setSeekableByteChannel(new SeekableInMemoryByteChannel(file)).get()) {
      long all = 0;
      int entries = 0;
      boolean workbook = false;
      for (ZipArchiveEntry entry : Collections.list(archive.getEntries())) {
        if (entry.getGeneralPurposeBit().usesEncryption()) {
          throw new FileRefused(FileRefused.Reason.PROTECTED);
        }
        if (++entries > MOST_ENTRIES) {
          throw new FileRefused(FileRefused.Reason.INFLATES);
        }
        workbook |= entry.getName().endsWith("workbook.xml");
        all += size(archive, entry, file.length, all);
      }
      if (!workbook) {
        throw new FileRefused(FileRefused.Reason.UNKNOWN);
      }
    } catch (IOException broken) {
      throw new FileRefused(FileRefused.Reason.BROKEN);
    }
  }

  private static long size(ZipFile archive, ZipArchiveEntry entry, int file, long before)
      throws IOException {
    // Whatever is no sheet may be the table of texts, which is held in memory as a whole.
    boolean texts = !entry.getName().toLowerCase(java.util.Locale.ROOT).contains("worksheets/");
    long size = 0;
    byte[] some = new byte[16 * 1024];
    try (InputStream in = archive.getInputStream(entry)) {
      for (int read = in.read(some); read >= 0; read = in.read(some)) {
        if (size == 0
            && new String(some, 0, read, StandardCharsets.ISO_8859_1).contains("<!DOCTYPE")) {
          throw new FileRefused(FileRefused.Reason.INFLATES);
        }
        size += read;
        long all = before + size;
        if (all > MOST_BYTES
            || (texts && size > MOST_TEXT)
            || (all > SMALL && all / MOST_RATIO > file)) {
          throw new FileRefused(FileRefused.Reason.INFLATES);
        }
      }
    }
    return size;
  }
}
