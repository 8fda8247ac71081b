package io.clinicsync.imports;

import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.FileIntake;
import io.clinicsync.emr.spi.FileIntake.FileKind;
import io.clinicsync.emr.spi.FileIntake.Reading;
import io.clinicsync.sync.Syncs;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Takes queued files, oldest first. A file is read twice: once to see whether it is what it is
 * taken for, once to take it. The run that follows reads what changed, as from any EMR.
 */
@Component
public class ImportWork {

  static final String MAPPING_NEEDED = "import_mapping_needed";
  static final String ROWS_REJECTED = "import_rows_rejected";
  static final String REMOVALS_BRAKED = "import_removals_braked";
  static final String NOT_CONNECTED = "import_not_connected";
  static final String INTERNAL = "internal_error";

  private static final Logger log = LoggerFactory.getLogger(ImportWork.class);
  private static final int MOST_ATTEMPTS = 20;

  /** Another node took the file over while this one worked on it. */
  private static final class Overtaken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Overtaken() {
      super("overtaken", null, false, false);
    }
  }

  private final Tenancy tenancy;
  private final ImportStore store;
  private final FileParts parts;
  private final Mappings mappings;
  private final RowStore rows;
  private final RowFields fields;
  private final Connections connections;
  private final Connectors connectors;
  private final Syncs syncs;

  ImportWork(
      Tenancy tenancy,
      ImportStore store,
      FileParts parts,
      Mappings mappings,
      RowStore rows,
      RowFields fields,
      Connections connections,
      Connectors connectors,
      Syncs syncs) {
    this.tenancy = tenancy;
    this.store = store;
    this.parts = parts;
    this.mappings = mappings;
    this.rows = rows;
    this.fields = fields;
    this.connections = connections;
    this.connectors = connectors;
    this.syncs = syncs;
  }

  /** Works off what waits for this clinic. */
  public void work(ClinicId clinic) {
    tenancy.inClinic(clinic, () -> store.prune(clinic));
    Optional<ImportStore.Claim> next;
    do {
      next = tenancy.inClinic(clinic, () -> store.claim(clinic));
      next.ifPresent(claim -> process(clinic, claim));
    } while (next.isPresent());
  }

  private void process(ClinicId clinic, ImportStore.Claim claim) {
    Import file = claim.file();
    try {
      Connection connection = connections.find(clinic, file.connection()).orElse(null);
      if (connection == null || connection.state() == ConnectionState.REVOKED) {
        settle(clinic, claim, ImportState.FAILED, NOT_CONNECTED, new Tally());
        return;
      }
      process(connection, claim);
    } catch (RuntimeException failed) {
      // Type only: messages may quote values.
      log.error(
          "import {} of connection {} failed: {}",
          file.id(),
          file.connection(),
          failed.getClass().getName());
      if (claim.attempts() >= MOST_ATTEMPTS) {
        settle(clinic, claim, ImportState.FAILED, INTERNAL, new Tally());
      } else {
        tenancy.inClinic(clinic, () -> store.again(clinic, claim));
      }
    }
  }

  private void process(Connection connection, ImportStore.Claim claim) {
    ClinicId clinic = connection.clinic();
    Import file = claim.file();
    EmrAccount account = Imports.account(connection);
    FileIntake intake =
        connectors.capability(connection.emr(), account, FileIntake.class).orElseThrow();
    FileKind kind =
        intake.kinds().stream()
            .filter(each -> each.id().equals(file.kind()))
            .findFirst()
            .orElseThrow();
    ColumnMapping mapping =
        tenancy.inClinic(clinic, () -> mappings.find(clinic, connection.id(), kind.id()));
    HandedFile.Head head = parts.head(clinic, file.id()).orElseThrow();
    Understanding understanding =
        new Understanding(intake, account, kind, head, mapping, file.asOf());
    if (understanding.lacksColumns()) {
      settle(clinic, claim, ImportState.MAPPING_NEEDED, MAPPING_NEEDED, new Tally());
      return;
    }
    Tally tally = new Tally();
    parts.each(clinic, file.id(), lines -> lines.forEach(line -> understanding.count(line, tally)));
    if (tally.isHopeless()) {
      settle(clinic, claim, ImportState.FAILED, ROWS_REJECTED, tally);
      return;
    }
    try {
      int removed = tenancy.inClinic(clinic, () -> take(clinic, claim, kind, understanding, tally));
      log.info(
          "import {} of connection {}: {} of {} rows taken, {} records gone",
          file.id(),
          file.connection(),
          tally.rows() - tally.rejected(),
          tally.rows(),
          removed);
      syncs.soon(clinic, connection.id());
    } catch (Overtaken past) {
      log.info("import {} is taken elsewhere", file.id());
    } catch (Taking.Braked braked) {
      settle(clinic, claim, ImportState.FAILED, REMOVALS_BRAKED, tally);
    }
  }

  private int take(
      ClinicId clinic,
      ImportStore.Claim claim,
      FileKind kind,
      Understanding understanding,
      Tally tally) {
    Import file = claim.file();
    rows.alone(file.connection());
    if (!store.isOurs(clinic, claim)) {
      throw new Overtaken();
    }
    Taking taking =
        new Taking(
            rows,
            fields,
            clinic,
            file.connection(),
            kind,
            file.asOf(),
            rows.newest(clinic, file.connection()),
            rows.now());
    parts.each(
        clinic,
        file.id(),
        lines -> {
          List<Reading> readings = new ArrayList<>(lines.size());
          lines.forEach(line -> readings.add(understanding.read(line)));
          taking.take(readings);
        });
    int removed = taking.end(file.complete(), claim.removalsConfirmed(), tally.rows() == 0);
    if (taking.skipsRemovals(file.complete())) {
      tally.warned(0, null, "removals_skipped");
    }
    store.settle(clinic, claim, ImportStore.Outcome.taken(tally, removed));
    return removed;
  }

  private void settle(
      ClinicId clinic,
      ImportStore.Claim claim,
      ImportState state,
      @Nullable String code,
      Tally tally) {
    ImportStore.Outcome outcome = new ImportStore.Outcome(state, code, tally, 0);
    tenancy.inClinic(clinic, () -> store.settle(clinic, claim, outcome));
  }
}
