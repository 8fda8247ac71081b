package io.clinicsync.insights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.clinicsync.ApplicationTest;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connections;
import io.clinicsync.records.Catalogues;
import io.clinicsync.records.Cause;
import io.clinicsync.records.DueMarkers;
import io.clinicsync.records.Records;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;

@ApplicationTest
@ExtendWith(OutputCaptureExtension.class)
class ParkedFactsTests {

  private static final ZoneId ZONE = ZoneId.of("Europe/London");

  @Autowired private Tenancy tenancy;
  @Autowired private Clinics clinics;
  @Autowired private Connections connections;
  @Autowired private io.clinicsync.records.PatientRecords records;
  @Autowired private Records stored;
  @Autowired private Catalogues catalogues;
  @Autowired private DueMarkers due;
  @Autowired private PatientFactsStore store;
  @Autowired private ParkedFacts parked;
  @Autowired private ApplicationEventPublisher events;
  @Autowired private Clock clock;
  @Autowired private JdbcClient jdbc;

  @Test
  void aPatientWhoseFactsFailIsParkedAloneAndComesBack(CapturedOutput output) {
    ClinicId clinic =
        clinics.create(clinics.createOrganisation("Org"), "Clinic", ZONE, "GB", "GBP").id();
    ConnectionId connection =
        connections
            .add(
                clinic,
                new Connections.NewConnection(
                    "cliniko",
                    "api-key",
                    "Cliniko",
                    Map.of("apiKey", "MS0-au1"),
                    URI.create("http://localhost:1/cliniko"),
                    ZONE,
                    "GBP"))
            .id();
    List<EmrId> ids = IntStream.range(0, 300).mapToObj(n -> new EmrId("p" + n)).toList();
    EmrId poisoned = ids.get(7);
    tenancy.inClinic(
        clinic,
        () -> {
          stored.store(
              clinic,
              connection,
              ids.stream().map(ParkedFactsTests::patient).toList(),
              Records.Mode.FIRST_LOAD,
              Duration.ofHours(24));
          // Without the event, which would wake the application's own worker.
          jdbc.sql(
                  """
                  INSERT INTO records_due (tenant_id, connection_id, patient_id, cause, turn, marked_at)
                  SELECT tenant_id, connection_id, id, :cause, nextval('records_due_turns'), now()
                  FROM records_patients WHERE tenant_id = :tenant
                  """)
              .param("cause", Cause.SYNC.ordinal())
              .param("tenant", clinic.value())
              .update();
        });
    FactsKeeper.Rule poison =
        (input, names, now, settings) -> {
          if (input.patient().ref().id().equals(poisoned)) {
            throw new ArithmeticException("a value of Canarywoman");
          }
          return PatientFacts.of(input, names, now, settings);
        };

    assertThat(keeper(poison).work(clinic)).isEqualTo(300);
    assertThat(due.clinicsWaiting()).as("nothing is left due").doesNotContain(clinic);
    List<EmrId> others = new ArrayList<>(ids);
    others.remove(poisoned);
    assertThat(known(clinic, connection, ids)).containsExactlyInAnyOrderElementsOf(others);
    List<ParkedFacts.Entry> entries = tenancy.inClinic(clinic, () -> parked.of(clinic));
    assertThat(entries).hasSize(1);
    assertThat(entries.getFirst().patient()).isEqualTo(poisoned);
    assertThat(entries.getFirst().problem()).startsWith("ArithmeticException at ");
    assertThat(entries + output.getAll()).doesNotContain("Canarywoman");

    // The next version computes them again, whether they changed or not.
    assertThat(keeper(PatientFacts::of).markParked()).contains(clinic);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              keeper(PatientFacts::of).work(clinic);
              return tenancy.inClinic(clinic, () -> parked.of(clinic)).isEmpty();
            });
    assertThat(known(clinic, connection, ids)).hasSize(300);
  }

  private List<EmrId> known(ClinicId clinic, ConnectionId connection, List<EmrId> ids) {
    return tenancy.inClinic(
        clinic, () -> List.copyOf(store.find(clinic, connection, ids).keySet()));
  }

  private FactsKeeper keeper(FactsKeeper.Rule rule) {
    return new FactsKeeper(
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
        rule);
  }

  private static Patient patient(EmrId id) {
    Instant then = Instant.parse("2026-03-01T00:00:00Z");
    return new Patient(
        EmrRef.patient(id.value()),
        then,
        null,
        then,
        new Patient.Name(null, "Invented", "Example", null),
        null,
        null,
        null,
        List.of(),
        new Patient.Address(null, null, null, null, null, null),
        new Patient.Consent(null, null, null, null, null),
        new Patient.Standing(false, false, false, false),
        null,
        null,
        Map.of(),
        "{}");
  }
}
