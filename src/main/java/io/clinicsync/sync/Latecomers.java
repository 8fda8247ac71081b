package io.clinicsync.sync;

import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.emr.spi.SourceFacts;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.records.Records;
import io.clinicsync.tenancy.Tenancy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Patients who show among the changed ones, were registered long before, and are new to us: a first
 * load that goes patient by patient passed while the EMR did not show them. What they have from
 * before does not change any more, so it is read with them, and before them, so that a crash in
 * between repeats it.
 */
@Component
class Latecomers {

  private static final Logger log = LoggerFactory.getLogger(Latecomers.class);

  private final Tenancy tenancy;
  private final PagesBeside pages;
  private final PatientRecords held;
  private final RecentVersions recent;

  Latecomers(Tenancy tenancy, PagesBeside pages, PatientRecords held, RecentVersions recent) {
    this.tenancy = tenancy;
    this.pages = pages;
    this.held = held;
    this.recent = recent;
  }

  /** The patients, with what latecomers among them have stored before their page comes. */
  PatientSource before(PatientSource patients, List<RecordSource<?>> sources, RunContext run) {
    return new PatientSource() {
      @Override
      public SourceFacts facts() {
        return patients.facts();
      }

      @Override
      public Page<Patient> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
        Page<Patient> page = patients.read(account, window, cursor);
        if (window instanceof ReadWindow.ChangedSince(Instant since)) {
          bring(among(page, since, run), sources, run);
        }
        return page;
      }

      @Override
      public Optional<Patient> get(EmrAccount account, EmrRef ref) {
        return patients.get(account, ref);
      }
    };
  }

  private List<EmrRef> among(Page<Patient> page, Instant since, RunContext run) {
    List<EmrRef> old =
        page.records().stream()
            .filter(each -> each.createdAt() != null && each.createdAt().isBefore(since))
            .map(Patient::ref)
            .filter(ref -> !recent.remembers(run.connection(), ref))
            .toList();
    if (old.isEmpty()) {
      return old;
    }
    List<EmrId> ids = old.stream().map(EmrRef::id).toList();
    Set<EmrId> known =
        tenancy.inClinic(run.clinic(), () -> held.known(run.clinic(), run.connection(), ids));
    return old.stream().filter(ref -> !known.contains(ref.id())).toList();
  }

  private void bring(List<EmrRef> late, List<RecordSource<?>> sources, RunContext run) {
    for (RecordSource<?> source : sources) {
      int size = source.facts().ofPatients();
      try {
        for (int from = 0; size > 0 && from < late.size(); from += size) {
          List<EmrRef> some = late.subList(from, Math.min(late.size(), from + size));
          bring(source, new ReadWindow.OfPatients(some), run);
        }
      } catch (EmrException failed) {
        if (mayPass(failed.kind())) {
          throw failed;
        }
        // A kind this connection may not see, or cannot, keeps no patient away.
        log.warn(
            "latecomers of connection {} come without {}: {}",
            run.connection(),
            Sources.kindOf(source),
            failed.kind());
      }
    }
  }

  /** Whether it is worth waiting for: the run stops, and the next one brings them. */
  private static boolean mayPass(EmrException.Kind kind) {
    return switch (kind) {
      case RATE_LIMITED, UNAVAILABLE, CREDENTIALS_REJECTED, PERSON_NEEDED -> true;
      case PERMISSION_MISSING,
          NOT_FOUND,
          SLOT_TAKEN,
          REQUEST_REJECTED,
          CONTRACT_BROKEN,
          OUTCOME_UNKNOWN ->
          false;
    };
  }

  private <T extends EmrRecord> void bring(
      RecordSource<T> source, ReadWindow window, RunContext run) {
    Pages.each(
        source,
        run.account(),
        window,
        page -> pages.store(run, Sources.kindOf(source), page, Records.Mode.QUIET));
  }
}
