package io.clinicsync.imports;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Connection;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.FileIntake;
import io.clinicsync.emr.spi.FileIntake.FileKind;
import io.clinicsync.emr.spi.FileIntake.Reading;
import io.clinicsync.imports.HandedFile.Line;
import io.clinicsync.imports.Imports.Upload;
import io.clinicsync.sync.Syncs;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.io.Serial;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Takes a small file while its sender waits, so that its rows need not be put by: most of a
 * clinic's exports say what is known, and storing and reading all of it again would be the whole
 * price. Whatever is not plain is left to the queue.
 */
@Component
class AtOnce {

  /** What is taken in a few seconds at most. */
  static final int MOST_BYTES = 2 << 20;

  static final int MOST_ROWS = 20_000;

  private static final Logger log = LoggerFactory.getLogger(AtOnce.class);

  /** The file is one for the queue; nothing of it was taken. */
  private static final class NotPlain extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    NotPlain() {
      super("not plain", null, false, false);
    }
  }

  /** Something of ours failed; the reader of the file must not take it for a flaw of the file. */
  private static final class OursFailed extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    private final String type;

    OursFailed(RuntimeException cause) {
      super("ours", cause, false, false);
      type = cause.getClass().getName();
    }
  }

  private final Tenancy tenancy;
  private final ImportStore store;
  private final Mappings mappings;
  private final RowStore rows;
  private final RowFields fields;
  private final Connectors connectors;
  private final Syncs syncs;

  AtOnce(
      Tenancy tenancy,
      ImportStore store,
      Mappings mappings,
      RowStore rows,
      RowFields fields,
      Connectors connectors,
      Syncs syncs) {
    this.tenancy = tenancy;
    this.store = store;
    this.mappings = mappings;
    this.rows = rows;
    this.fields = fields;
    this.connectors = connectors;
    this.syncs = syncs;
  }

  /**
   * Takes a file in one transaction, if it is a plain one.
   *
   * @param file opened, and not yet queued
   * @return false when it has to be queued: it is large, others wait before it, its columns are
   *     called otherwise, too many of its rows are refused, or unusually much would be removed
   * @throws FileRefused when it cannot be read
   */
  boolean take(Connection connection, UUID file, Upload upload, Instant asOf) {
    if (upload.file().length > MOST_BYTES) {
      return false;
    }
    ClinicId clinic = connection.clinic();
    Tally tally = new Tally();
    try {
      int removed =
          tenancy.inClinic(clinic, () -> takeAlone(connection, file, upload, asOf, tally));
      log.info(
          "import {} of connection {}: {} of {} rows taken, {} records gone",
          file,
          connection.id(),
          tally.rows() - tally.rejected(),
          tally.rows(),
          removed);
    } catch (NotPlain | Taking.Braked forTheQueue) {
      return false;
    } catch (FileRefused refused) {
      throw refused;
    } catch (RuntimeException failed) {
      // The queue tries again. Type only: messages may quote values.
      log.error(
          "import {} of connection {} is queued after {}",
          file,
          connection.id(),
          failed instanceof OursFailed ours ? ours.type : failed.getClass().getName());
      return false;
    }
    syncs.soon(clinic, connection.id());
    return true;
  }

  private int takeAlone(
      Connection connection, UUID file, Upload upload, Instant asOf, Tally tally) {
    ClinicId clinic = connection.clinic();
    ConnectionId id = connection.id();
    if (!rows.aloneAtOnce(clinic, id)) {
      throw new NotPlain();
    }
    EmrAccount account = Imports.account(connection);
    FileIntake intake =
        connectors.capability(connection.emr(), account, FileIntake.class).orElseThrow();
    FileKind kind =
        intake.kinds().stream()
            .filter(each -> each.id().equals(upload.kind()))
            .findFirst()
            .orElseThrow();
    ColumnMapping mapping = mappings.find(clinic, id, kind.id());
    Taking taking =
        new Taking(rows, fields, clinic, id, kind, asOf, rows.newest(clinic, id), rows.now());
    HandedFile.readBy(
        upload.file(),
        head ->
            reader(new Understanding(intake, account, kind, head, mapping, asOf), taking, tally));
    if (tally.isHopeless()) {
      throw new NotPlain();
    }
    int removed = taking.end(upload.complete(), upload.removalsConfirmed(), tally.rows() == 0);
    if (taking.skipsRemovals(upload.complete())) {
      tally.warned(0, null, "removals_skipped");
    }
    store.takenAtOnce(clinic, file, ImportStore.Outcome.taken(tally, removed));
    return removed;
  }

  private static Consumer<List<Line>> reader(
      Understanding understanding, Taking taking, Tally tally) {
    if (understanding.lacksColumns()) {
      throw new NotPlain();
    }
    return lines -> {
      if (tally.rows() + lines.size() > MOST_ROWS) {
        throw new NotPlain();
      }
      try {
        List<Reading> readings = new ArrayList<>(lines.size());
        lines.forEach(line -> readings.add(understanding.count(line, tally)));
        taking.take(readings);
      } catch (RuntimeException failed) {
        throw new OursFailed(failed);
      }
    };
  }
}
