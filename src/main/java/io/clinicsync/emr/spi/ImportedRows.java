package io.clinicsync.emr.spi;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The rows of files a clinic handed over. Implemented by {@code imports}, read by the sources of
 * connectors with a {@link FileIntake}; a test keeps them in memory.
 */
public interface ImportedRows {

  /**
   * When the newest file was made that told of such records; empty while there was none.
   *
   * @param tenant the clinic's id
   */
  Optional<Instant> asOf(UUID tenant, ConnectionId connection, RecordKind kind);

  /**
   * Rows of a kind in the order they were last changed, removed ones included.
   *
   * @param since only what we learnt at or after this moment; null for everything
   * @param after only what stands behind this position; 0 for the first rows
   */
  Stretch read(EmrAccount account, RecordKind kind, @Nullable Instant since, long after, int most);

  /** One row; empty when no file told of it. */
  Optional<Row> find(EmrAccount account, EmrRef ref);

  /** Every combination of practitioner, treatment and site that rows name. */
  Set<Map<RecordKind, String>> named(EmrAccount account);

  /**
   * Rows in the order of their changes.
   *
   * @param lookedAt when this was so, on the clock that also gives {@link Row#learntAt}: one clock
   *     for all nodes
   * @param complete whether everything learnt before {@code lookedAt} has shown itself, here or
   *     earlier; not while a file is being taken
   */
  record Stretch(List<Row> rows, Instant lookedAt, boolean complete) {
    public Stretch {
      rows = List.copyOf(rows);
    }
  }

  /**
   * One row.
   *
   * @param position where it stands in the order of changes
   * @param learntAt when we learnt what it says, on one clock for all nodes
   * @param asOf when the file was made that said so
   * @param removedAt when the file was made that lacked it; null while it stands
   * @param movedFrom the record it took the place of, where one file had both
   * @param problem what keeps its latest version from being understood; null when nothing does
   * @param fields as {@link FileIntake.StagedRow#fields}, without blank ones
   */
  record Row(
      EmrRef ref,
      long position,
      Instant learntAt,
      Instant asOf,
      @Nullable Instant removedAt,
      @Nullable EmrRef movedFrom,
      @Nullable String problem,
      Map<String, String> fields) {
    public Row {
      fields = Map.copyOf(fields);
    }

    @Override
    public String toString() {
      return "Row[" + ref.kind() + " " + position + "]";
    }
  }
}
