package io.clinicsync.imports;

import io.clinicsync.canonical.ConnectionId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file that was handed over, and what came of it.
 *
 * @param kind of file, as the EMR's connector names it
 * @param code what keeps it from being applied; null when nothing does
 * @param asOf when the file was made
 * @param complete whether what it lacks is gone
 * @param rows that were read; {@code accepted} of them say something we could take
 * @param removed records it lacked
 * @param flaws the first hundred cells that were refused or assumed about
 */
public record Import(
    UUID id,
    ConnectionId connection,
    String kind,
    ImportState state,
    @Nullable String code,
    Instant asOf,
    boolean complete,
    Instant receivedAt,
    @Nullable Instant finishedAt,
    int rows,
    int accepted,
    int rejected,
    int removed,
    List<Flaw> flaws) {

  public Import {
    flaws = List.copyOf(flaws);
  }

  /**
   * Something wrong with a row, never with its value.
   *
   * @param row as a spreadsheet counts it; 0 where it is about the file
   * @param column the header above the cell; null where it is about the whole row
   * @param refused whether the row was refused; else something was assumed
   */
  public record Flaw(int row, @Nullable String column, String code, boolean refused) {}
}
