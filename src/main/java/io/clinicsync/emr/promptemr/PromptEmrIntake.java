package io.clinicsync.emr.promptemr;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Hashes;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.FileIntake;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Understands the rows of exported reports. */
final class PromptEmrIntake implements FileIntake {

  @Override
  public List<FileKind> kinds() {
    return PromptEmrFiles.all();
  }

  @Override
  public Reading understand(EmrAccount account, FileKind kind, FileRow row) {
    try {
      return switch (kind.main()) {
        case PATIENT ->
            new Reading.Taken(
                List.of(PromptEmrPersonRow.of(account, row, PromptEmrFiles.EXTERNAL_ID)),
                List.of());
        case APPOINTMENT -> new PromptEmrVisitRow(account, row).read();
        case INVOICE -> PromptEmrChargeRow.read(account, row);
        default -> throw new IllegalArgumentException("There are no files of " + kind.id());
      };
    } catch (Unreadable unreadable) {
      return new Reading.Refused(unreadable.what, unreadable.flaw);
    }
  }

  /** A row that cannot be understood. Holds field names only. */
  static final class Unreadable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable EmrRef what;
    private final transient Flaw flaw;

    Unreadable(@Nullable EmrRef what, String field, String code) {
      super(code, null, false, false);
      this.what = what;
      this.flaw = new Flaw(field, code);
    }

    Flaw flaw() {
      return flaw;
    }
  }

  /**
   * The id in a cell.
   *
   * @throws Unreadable when it is blank or too long
   */
  static String id(FileRow row, String field, @Nullable EmrRef of) {
    String value = row.text(field);
    if (value == null) {
      throw new Unreadable(of, field, "value_missing");
    }
    if (value.length() > 200) {
      throw new Unreadable(of, field, "value_too_long");
    }
    return value;
  }

  /** The same words always make the same id. */
  static EmrRef made(RecordKind kind, String... words) {
    return EmrRef.of(kind, HexFormat.of().formatHex(Hashes.sha256(String.join("|", words))));
  }
}
