package io.clinicsync.sync;

import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.clinics.Connection;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.RecordSource;
import io.clinicsync.records.Cause;
import io.clinicsync.records.DueMarkers;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Reads a connection for the first time patient by patient, where all its sources can be read so:
 * first what belongs to no patient, then each page of patients with their own records. A patient is
 * marked due once everything about it is stored, so that contacts are written while the rest is
 * still being read, and each with all that is known.
 *
 * <p>Every step is stored. The patients' checkpoint lists whom the page under way still waits for;
 * each other source's checkpoint stands in the part it read last. The marks come at the end, all at
 * once, from the vendor's time at each source's first answer, so that the windows after it bring
 * whatever changed during the load [R3].
 */
@Component
class FirstLoad {

  private final Tenancy tenancy;
  private final SyncStore store;
  private final WindowReader windows;
  private final DueMarkers due;
  private final SyncSettings settings;
  private final Clock clock;

  FirstLoad(
      Tenancy tenancy,
      SyncStore store,
      WindowReader windows,
      DueMarkers due,
      SyncSettings settings,
      Clock clock) {
    this.tenancy = tenancy;
    this.store = store;
    this.windows = windows;
    this.due = due;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Reads as much of the load as time allows.
   *
   * @return the sources that are left to be read one after the other: all, where the EMR or an
   *     earlier run's progress leaves no other way
   */
  List<RecordSource<?>> read(
      Connection connection,
      List<RecordSource<?>> sources,
      SyncStore.Claim claim,
      RunContext run,
      Runs.Failures failures) {
    return walk(connection, sources, claim.checkpoints(), run, failures)
        .map(Walk::go)
        .orElse(sources);
  }

  private Optional<Walk> walk(
      Connection connection,
      List<RecordSource<?>> sources,
      Map<RecordKind, Checkpoint> checkpoints,
      RunContext run,
      Runs.Failures failures) {
    PatientSource patients = null;
    Map<RecordKind, RecordSource<?>> others = new LinkedHashMap<>();
    for (RecordSource<?> source : sources) {
      if (source instanceof PatientSource found) {
        patients = found;
      } else if (source.facts().ofPatients() > 0) {
        others.put(Sources.kindOf(source), source);
      } else {
        return Optional.empty();
      }
    }
    if (!connection.quietUntilLoaded() || patients == null || others.isEmpty()) {
      return Optional.empty();
    }
    Checkpoint first = at(checkpoints, RecordKind.PATIENT);
    boolean begun = first.mark() != null || first.open() != null || !first.waiting().isEmpty();
    Map<RecordKind, Checkpoint> parts = new LinkedHashMap<>();
    for (RecordKind kind : others.keySet()) {
      Checkpoint at = at(checkpoints, kind);
      Checkpoint.Open open = at.open();
      if (open == null ? at.mark() != null : !open.isPart()) {
        return Optional.empty(); // read one after the other so far, and to be read on so
      }
      // Who is not in a part once the patients are under way was given up by an earlier run.
      if (open != null || !begun) {
        parts.put(kind, at);
      }
    }
    return parts.isEmpty()
        ? Optional.empty()
        : Optional.of(new Walk(run, failures, patients, others, first, parts));
  }

  private static Checkpoint at(Map<RecordKind, Checkpoint> checkpoints, RecordKind kind) {
    return checkpoints.getOrDefault(kind, Checkpoint.untouched(kind));
  }

  /** One run's share of a load. */
  private final class Walk {

    private final RunContext run;
    private final Runs.Failures failures;
    private final PatientSource source;
    private final Map<RecordKind, RecordSource<?>> others;
    private final Map<RecordKind, Checkpoint> parts;
    private Checkpoint patients;
    private boolean patientsEnded;

    Walk(
        RunContext run,
        Runs.Failures failures,
        PatientSource source,
        Map<RecordKind, RecordSource<?>> others,
        Checkpoint patients,
        Map<RecordKind, Checkpoint> parts) {
      this.run = run;
      this.failures = failures;
      this.source = source;
      this.others = others;
      this.patients = patients;
      this.patientsEnded = patients.mark() != null && patients.open() == null;
      this.parts = parts;
    }

    List<RecordSource<?>> go() {
      boolean begun = patientsEnded || patients.open() != null || !patients.waiting().isEmpty();
      if (!begun && !readPart(new ReadWindow.NotByPatient())) {
        return List.of();
      }
      try {
        while (somebodyWaits()) {
          List<EmrRef> some = some();
          if (!readPart(new ReadWindow.OfPatients(some))) {
            return List.of();
          }
          announce(some);
        }
      } catch (EmrException failed) {
        if (failures.add(RecordKind.PATIENT, failed, run.connection())) {
          return List.of();
        }
        List.copyOf(parts.keySet()).forEach(this::giveUp);
        return left();
      }
      if (failures.goesOn) {
        return List.of();
      }
      close();
      return left();
    }

    /**
     * Reads pages until somebody waits; false when nobody will any more or the run's time is up.
     */
    private boolean somebodyWaits() {
      while (patients.waiting().isEmpty()) {
        if (patientsEnded) {
          return false;
        }
        if (run.stopped().get()) {
          failures.goesOn = true;
          return false;
        }
        patients =
            windows.page(run, source, Windows.open(patients, source.facts(), clock.instant()));
        patientsEnded = patients.open() == null;
      }
      return true;
    }

    private List<EmrRef> some() {
      List<EmrRef> waiting = patients.waiting();
      int most =
          parts.keySet().stream()
              .mapToInt(kind -> other(kind).facts().ofPatients())
              .min()
              .orElse(waiting.size());
      return waiting.subList(0, Math.min(most, waiting.size()));
    }

    /**
     * Reads this part of each source that is not past it; false when the run ends here. A source
     * that fails for a reason of its own is given up for this load, and the others go on.
     */
    private boolean readPart(ReadWindow part) {
      for (RecordKind kind : List.copyOf(parts.keySet())) {
        try {
          Checkpoint reached = readPart(part, kind, at(parts, kind));
          parts.put(kind, reached);
          if (reached.open() != null && reached.open().cursor() != null) {
            failures.goesOn = true;
            return false;
          }
        } catch (EmrException failed) {
          if (failures.add(kind, failed, run.connection())) {
            return false;
          }
          giveUp(kind);
        }
      }
      return true;
    }

    private Checkpoint readPart(ReadWindow part, RecordKind kind, Checkpoint at) {
      Checkpoint.Open open = at.open();
      if (open == null) {
        open = Checkpoint.Open.of(part, null);
      } else if (!open.window().equals(part)) {
        open = open.then(part);
      } else if (open.cursor() == null) {
        return at; // read to its end already
      }
      return windows.read(run, other(kind), new Checkpoint(kind, at.mark(), open, at.doneAt()));
    }

    /** All there is of them is stored: whoever works with them may begin. */
    private void announce(List<EmrRef> complete) {
      List<EmrRef> waiting = patients.waiting();
      Checkpoint next = patients.waitingFor(waiting.subList(complete.size(), waiting.size()));
      tenancy.inClinic(
          run.clinic(),
          () -> {
            hold();
            due.mark(
                run.clinic(),
                run.connection(),
                complete.stream().map(EmrRef::id).toList(),
                Cause.BACKFILL);
            store.save(run.clinic(), run.connection(), run.lane(), next);
          });
      patients = next;
    }

    /** What is read of the source so far stays stored; the rest is read as if it were all new. */
    private void giveUp(RecordKind kind) {
      parts.remove(kind);
      save(List.of(Checkpoint.untouched(kind)));
    }

    private void close() {
      if (patients.mark() == null) {
        // Not one patient was shown, which proves nothing about what they have [P5].
        List.copyOf(parts.keySet()).forEach(this::giveUp);
      }
      List<Checkpoint> closed = new ArrayList<>();
      parts.forEach((kind, at) -> closed.add(windows.close(at, other(kind).facts().byChange())));
      save(closed);
      failures.complete.add(RecordKind.PATIENT);
      failures.complete.addAll(parts.keySet());
    }

    private void save(List<Checkpoint> checkpoints) {
      tenancy.inClinic(
          run.clinic(),
          () -> {
            hold();
            checkpoints.forEach(
                each -> store.save(run.clinic(), run.connection(), run.lane(), each));
          });
    }

    private void hold() {
      store.hold(run.clinic(), run.connection(), run.lane(), run.fence(), settings.lease());
    }

    private List<RecordSource<?>> left() {
      List<RecordSource<?>> left = new ArrayList<>();
      others.forEach(
          (kind, each) -> {
            if (!failures.complete.contains(kind) && !failures.bySource.containsKey(kind)) {
              left.add(each);
            }
          });
      return left;
    }

    private RecordSource<? extends EmrRecord> other(RecordKind kind) {
      return Objects.requireNonNull(others.get(kind));
    }
  }
}
