package io.clinicsync.sync;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A backfill somebody asked for [SY-2].
 *
 * @param done sources read to their end
 * @param code stable code of what it waits for or failed with; null when nothing is wrong
 * @param skipped entries left out because only active ones were wanted
 * @param expected how many records we hold in its range; a guess at how many there are, null when
 *     we hold none
 * @param perMinute records read per minute of work; null before there is anything to divide
 * @param expectedEnd null when it does not run or nothing can be said
 */
public record Backfill(
    UUID id,
    ConnectionId connection,
    Wanted wanted,
    State state,
    List<RecordKind> done,
    @Nullable String code,
    Instant requestedAt,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    int read,
    int created,
    int updated,
    int unchanged,
    int rejected,
    int skipped,
    @Nullable Integer expected,
    @Nullable Long perMinute,
    @Nullable Instant expectedEnd) {

  /**
   * What to read again.
   *
   * @param sources which kinds of records; never empty
   * @param range appointments starting within it; null reads all. Kinds an EMR cannot read by start
   *     are read whole
   * @param activeOnly leaves out archived, deceased and discharged patients and removed records
   * @param announce transitions found are published; otherwise the backfill is quiet [TR-4]
   * @param dryRun counts what would be stored and stores nothing
   */
  public record Wanted(
      Set<RecordKind> sources,
      @Nullable TimeRange range,
      boolean activeOnly,
      boolean announce,
      boolean dryRun) {

    public Wanted {
      sources = Set.copyOf(sources);
      if (sources.isEmpty()) {
        throw new IllegalArgumentException("A backfill reads at least one kind of record");
      }
    }
  }

  /** How far it is. */
  public enum State {
    QUEUED,
    RUNNING,
    PAUSED,
    DONE,
    CANCELLED,
    FAILED;

    /** Whether it may still go on. */
    public boolean isOpen() {
      return this == QUEUED || this == RUNNING || this == PAUSED;
    }
  }
}
