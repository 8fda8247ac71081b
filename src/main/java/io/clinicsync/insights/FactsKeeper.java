package io.clinicsync.insights;

import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.clinics.Clinic;
import io.clinicsync.clinics.ClinicSettings;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.records.Catalogues;
import io.clinicsync.records.Cause;
import io.clinicsync.records.DueMarkers;
import io.clinicsync.records.Markers;
import io.clinicsync.records.PatientHistory;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Computes the facts of patients that are due, and says whose changed. */
@Component
public class FactsKeeper {

  private static final Logger log = LoggerFactory.getLogger(FactsKeeper.class);
  private static final int BATCH = 250;
  private static final Catalogue NO_CATALOGUE =
      new Catalogue(List.of(), List.of(), List.of(), List.of(), List.of());

  private final Tenancy tenancy;
  private final Clinics clinics;
  private final Connections connections;
  private final io.clinicsync.records.PatientRecords records;
  private final Catalogues catalogues;
  private final DueMarkers due;
  private final PatientFactsStore store;
  private final ParkedFacts parked;
  private final ApplicationEventPublisher events;
  private final Clock clock;
  private final Rule rule;

  /** How facts follow from records. Pure. */
  interface Rule {
    Facts facts(PatientRecords input, CatalogueNames names, Instant now, FactSettings settings);
  }

  @Autowired
  FactsKeeper(
      Tenancy tenancy,
      Clinics clinics,
      Connections connections,
      io.clinicsync.records.PatientRecords records,
      Catalogues catalogues,
      DueMarkers due,
      PatientFactsStore store,
      ParkedFacts parked,
      ApplicationEventPublisher events,
      Clock clock) {
    this(
        tenancy,
        clinics,
        connections,
        records,
        catalogues,
        due,
        store,
        parked,
        events,
        clock,
        PatientFacts::of);
  }

  FactsKeeper(
      Tenancy tenancy,
      Clinics clinics,
      Connections connections,
      io.clinicsync.records.PatientRecords records,
      Catalogues catalogues,
      DueMarkers due,
      PatientFactsStore store,
      ParkedFacts parked,
      ApplicationEventPublisher events,
      Clock clock,
      Rule rule) {
    this.tenancy = tenancy;
    this.clinics = clinics;
    this.connections = connections;
    this.records = records;
    this.catalogues = catalogues;
    this.due = due;
    this.store = store;
    this.parked = parked;
    this.rule = rule;
    this.events = events;
    this.clock = clock;
  }

  /**
   * Works off everything that is due for this clinic; several callers share the work. Returns how
   * many were computed.
   */
  public int work(ClinicId clinic) {
    Clinic settings = clinics.require(clinic);
    int computed = 0;
    int batch;
    do {
      batch = tenancy.inClinic(clinic, () -> batch(settings));
      computed += batch;
    } while (batch == BATCH);
    return computed;
  }

  /**
   * Marks patients whose facts change by the clock, in every clinic. Returns the clinics with work
   * to do.
   */
  public List<ClinicId> markDueByClock() {
    Instant now = clock.instant();
    List<ClinicId> waiting = store.clinicsDueBy(now);
    for (ClinicId clinic : waiting) {
      tenancy.inClinic(
          clinic,
          () ->
              store
                  .dueBy(clinic, now, 10_000)
                  .forEach(
                      (connection, patients) ->
                          due.mark(clinic, connection, patients, Cause.CLOCK)));
    }
    return waiting;
  }

  /**
   * Marks every patient of a clinic due, quietly; of a first load that still runs only those that
   * are complete, the others are marked as the load goes on.
   */
  void markEverybody(ClinicId clinic) {
    for (Connection connection : connections.of(clinic)) {
      tenancy.inClinic(
          clinic,
          () -> {
            if (connection.quietUntilLoaded()) {
              due.mark(
                  clinic, connection.id(), store.known(clinic, connection.id()), Cause.MAPPING);
            } else {
              due.markAll(clinic, connection.id(), Cause.MAPPING);
            }
          });
    }
  }

  private int batch(Clinic clinic) {
    List<Markers.Due> taken = due.markers().take(clinic.id(), BATCH);
    Map<ConnectionId, List<Markers.Due>> byConnection =
        taken.stream().collect(Collectors.groupingBy(Markers.Due::connection));
    byConnection.forEach((connection, markers) -> compute(clinic, connection, markers));
    due.markers().done(clinic.id(), taken);
    return taken.size();
  }

  private void compute(Clinic clinic, ConnectionId connection, List<Markers.Due> markers) {
    Instant now = clock.instant();
    Map<EmrId, Cause> causes = new HashMap<>();
    markers.forEach(marker -> causes.put(marker.patient(), marker.cause()));
    CatalogueNames names =
        catalogues
            .find(clinic.id(), connection)
            .map(CatalogueNames::of)
            .orElseGet(() -> CatalogueNames.of(NO_CATALOGUE));
    FactSettings settings = settings(clinic, connection);
    Map<EmrId, Set<EmrRef>> moved = records.movedInPlace(clinic.id(), connection, causes.keySet());
    Map<EmrId, Facts> computed = new HashMap<>();
    for (PatientHistory history : records.histories(clinic.id(), connection, causes.keySet())) {
      EmrId id = history.patient().ref().id();
      PatientRecords input = input(history, moved.getOrDefault(id, Set.of()), now);
      try {
        computed.put(id, rule.facts(input, names, now, settings));
      } catch (RuntimeException failed) {
        park(clinic, connection, id, failed);
      }
    }
    parked.release(clinic.id(), connection, computed.keySet());
    List<EmrId> changed = store.store(clinic.id(), connection, computed, now);
    changed.stream()
        .collect(Collectors.groupingBy(id -> causes.getOrDefault(id, Cause.SYNC)))
        .forEach(
            (cause, patients) ->
                events.publishEvent(new FactsChanged(clinic.id(), connection, patients, cause)));
  }

  /**
   * The facts of one person who is a patient of several connections; joins the caller's
   * transaction.
   *
   * @param patients by connection, the leading one first; those we do not hold are left out
   */
  public Optional<Facts> combined(Clinic clinic, SequencedMap<ConnectionId, EmrId> patients) {
    Instant now = clock.instant();
    List<CombinedFacts.Part> parts = new ArrayList<>();
    patients.forEach(
        (connection, id) ->
            records.histories(clinic.id(), connection, List.of(id)).stream()
                .findFirst()
                .map(
                    history ->
                        new CombinedFacts.Part(
                            input(
                                history,
                                records
                                    .movedInPlace(clinic.id(), connection, Set.of(id))
                                    .getOrDefault(id, Set.of()),
                                now),
                            catalogues.find(clinic.id(), connection).orElse(NO_CATALOGUE),
                            settings(clinic, connection)))
                .ifPresent(parts::add));
    return parts.isEmpty() ? Optional.empty() : Optional.of(CombinedFacts.of(parts, now));
  }

  private static PatientRecords input(PatientHistory history, Set<EmrRef> moved, Instant now) {
    return new PatientRecords(
        history.patient(),
        history.appointments(),
        history.invoices(),
        history.payments(),
        history.purchases(),
        moved,
        now);
  }

  /** One patient's trouble holds up nobody else. A message may quote values, so it is not kept. */
  private void park(Clinic clinic, ConnectionId connection, EmrId patient, RuntimeException why) {
    String problem =
        why.getClass().getSimpleName()
            + (why.getStackTrace().length == 0 ? "" : " at " + why.getStackTrace()[0]);
    log.error(
        "facts of patient {} of connection {} could not be computed: {}",
        patient,
        connection,
        problem);
    parked.park(clinic.id(), connection, patient, problem);
  }

  /** Marks parked patients due: another version may compute them. Returns their clinics. */
  List<ClinicId> markParked() {
    List<ClinicId> found = parked.clinics();
    for (ClinicId clinic : found) {
      tenancy.inClinic(
          clinic,
          () ->
              parked
                  .byConnection(clinic)
                  .forEach(
                      (connection, patients) ->
                          due.mark(clinic, connection, patients, Cause.MAPPING)));
    }
    return found;
  }

  private FactSettings settings(Clinic clinic, ConnectionId connection) {
    ClinicSettings chosen = clinic.settings();
    Set<RecordKind> read = connections.kindsRead(clinic.id(), connection);
    FactSettings.MoneyBasis basis =
        read.contains(RecordKind.PAYMENT)
            ? FactSettings.MoneyBasis.PAYMENTS
            : read.contains(RecordKind.INVOICE)
                ? FactSettings.MoneyBasis.PAID_INVOICES
                : FactSettings.MoneyBasis.NONE;
    return new FactSettings(
        clinic.zone(),
        Locale.of("en", clinic.country()),
        clinic.currency(),
        basis,
        new FactSettings.Thresholds(chosen.atRiskDays(), chosen.lapsedDays(), chosen.lostDays()),
        Map.of(),
        Duration.ofMinutes(chosen.reminderLeadMinutes()),
        Duration.ofHours(chosen.lateCancelHours()),
        chosen.dayCounters());
  }
}
