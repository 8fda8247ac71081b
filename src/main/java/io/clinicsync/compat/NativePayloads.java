package io.clinicsync.compat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.clinics.Clinic;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.crm.Pushes;
import io.clinicsync.insights.Facts;
import io.clinicsync.insights.PatientFactsStore;
import io.clinicsync.records.Catalogues;
import io.clinicsync.records.PatientHistory;
import io.clinicsync.records.PatientRecords;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * A patient exactly in the shape of its EMR's documented webhook payload: same keys, same nesting,
 * same types. Keys whose class the clinic did not approve are null [PR-1].
 */
@Component
public class NativePayloads {

  private static final Catalogue NO_CATALOGUE =
      new Catalogue(List.of(), List.of(), List.of(), List.of(), List.of());

  private final Tenancy tenancy;
  private final Clinics clinics;
  private final PatientRecords records;
  private final PatientFactsStore facts;
  private final Catalogues catalogues;
  private final Pushes pushes;
  private final Clock clock;
  private final FlatPayload flat;
  private final Map<String, Payload> nested;

  NativePayloads(
      Tenancy tenancy,
      Clinics clinics,
      PatientRecords records,
      PatientFactsStore facts,
      Catalogues catalogues,
      Pushes pushes,
      Clock clock,
      FlatPayload flat,
      List<Payload> nested) {
    this.tenancy = tenancy;
    this.clinics = clinics;
    this.records = records;
    this.facts = facts;
    this.catalogues = catalogues;
    this.pushes = pushes;
    this.clock = clock;
    this.flat = flat;
    this.nested =
        nested.stream()
            .collect(
                Collectors.toMap(Payload::emr, Function.identity(), (a, b) -> a, TreeMap::new));
  }

  /** The patient's payload; empty when we hold no such patient. Opens its own transaction. */
  public Optional<ObjectNode> of(Connection connection, EmrId patient) {
    Clinic clinic = clinics.require(connection.clinic());
    return tenancy
        .inClinic(connection.clinic(), () -> subject(clinic, connection, patient))
        .map(
            subject -> {
              Payload shape = nested.get(connection.emr());
              return shape == null ? flat.render(subject) : shape.render(subject);
            });
  }

  private Optional<Subject> subject(Clinic clinic, Connection connection, EmrId patient) {
    ClinicId id = clinic.id();
    Optional<PatientHistory> history =
        records.histories(id, connection.id(), List.of(patient)).stream().findFirst();
    @Nullable Instant changedAt =
        pushes.find(id, connection.id(), patient).map(Pushes.Pushed::at).orElse(null);
    return history.map(
        found ->
            new Subject(
                clinic,
                connection,
                found,
                facts
                    .find(id, connection.id(), patient)
                    .map(PatientFactsStore.Stored::facts)
                    .orElseGet(() -> new Facts(new TreeMap<>(), null)),
                catalogues.find(id, connection.id()).orElse(NO_CATALOGUE),
                changedAt,
                clock.instant()));
  }
}
