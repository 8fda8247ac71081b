package io.clinicsync.crm;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.ApplicationTest;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.EmrId;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connections;
import io.clinicsync.crm.PushQueue.Claimed;
import io.clinicsync.records.Cause;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What a claim may take. */
@ApplicationTest
class PushQueueTests {

  @Autowired private Clinics clinics;
  @Autowired private Connections connections;
  @Autowired private Tenancy tenancy;
  @Autowired private PushQueue queue;

  @Test
  void aClaimTakesNoMoreThanItAsksForAndTheMostUrgentFirst() {
    ZoneId zone = ZoneId.of("Australia/Sydney");
    ClinicId clinic =
        clinics.create(clinics.createOrganisation("Queue"), "Queue", zone, "AU", "AUD").id();
    ConnectionId connection =
        connections
            .add(
                clinic,
                new Connections.NewConnection(
                    "cliniko", "api-key", "Queue", Map.of("apiKey", "x-au1"), null, zone, "AUD"))
            .id();
    List<EmrId> patients =
        IntStream.range(0, 2000).mapToObj(each -> new EmrId("patient-" + each)).toList();
    EmrId urgent = new EmrId("urgent");
    tenancy.inClinic(
        clinic,
        () -> {
          queue.add(clinic, connection, patients, Cause.BACKFILL);
          queue.add(clinic, connection, List.of(urgent), Cause.OWN_WRITE);
        });
    Set<EmrId> claimed = new HashSet<>();
    for (int round = 0; round < 10; round++) {
      List<Claimed> some =
          tenancy.inClinic(clinic, () -> queue.claim(clinic, 60, Duration.ofMinutes(3)));
      assertThat(some).as("claim " + round).hasSize(60);
      some.forEach(each -> assertThat(claimed.add(each.patient())).isTrue());
      assertThat(claimed).contains(urgent);
    }
  }
}
