package io.clinicsync.sync;

import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Some EMRs cannot say which patients changed and are read whole only now and then. In between,
 * whoever's appointments or money changed is read again, and with it what else is read whole: a new
 * patient shows first by its booking.
 */
@Component
class TouchedReads {

  /** One run must not spend the clinic's quota on them; the rest comes with the whole reading. */
  private static final int MOST_PATIENTS = 100;

  private final PagesBeside pages;
  private final Clock clock;

  TouchedReads(PagesBeside pages, Clock clock) {
    this.pages = pages;
    this.clock = clock;
  }

  /** Reads the touched patients again, as far as their sources are read whole. */
  void read(List<RecordSource<?>> sources, RunContext run) {
    List<EmrRef> patients =
        run.touched().patients().stream()
            .sorted((one, other) -> one.id().value().compareTo(other.id().value()))
            .limit(MOST_PATIENTS)
            .toList();
    if (patients.isEmpty()) {
      return;
    }
    for (RecordSource<?> source : sources) {
      if (!readsWhole(source)) {
        continue;
      }
      if (source instanceof PatientSource persons) {
        one(persons, patients, run);
      } else if (source.facts().ofPatients() > 0) {
        ofPatients(source, patients, run);
      }
    }
  }

  /** Whether a source can be read neither by change nor by start. */
  static boolean readsWhole(RecordSource<?> source) {
    return !source.facts().byChange() && !source.facts().byStart();
  }

  private void one(PatientSource source, List<EmrRef> patients, RunContext run) {
    List<Patient> found = new ArrayList<>();
    for (EmrRef patient : patients) {
      source.get(run.account().get(), patient).ifPresent(found::add);
    }
    // Who is not found may only be hidden: whole readings and sweeps decide about that.
    Page<Patient> page = new Page<>(found, List.of(), List.of(), null, null, clock.instant());
    pages.store(run, RecordKind.PATIENT, page, run.mode());
  }

  private <T extends EmrRecord> void ofPatients(
      RecordSource<T> source, List<EmrRef> patients, RunContext run) {
    int size = source.facts().ofPatients();
    for (int from = 0; from < patients.size(); from += size) {
      ReadWindow window =
          new ReadWindow.OfPatients(patients.subList(from, Math.min(patients.size(), from + size)));
      Pages.each(
          source,
          run.account(),
          window,
          page -> pages.store(run, Sources.kindOf(source), page, run.mode()));
    }
  }
}
