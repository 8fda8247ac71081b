package io.clinicsync.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.clinicsync.ApplicationTest;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connections;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.OrganisationId;
import io.clinicsync.tenancy.Tenancy;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@ApplicationTest
class RunningSyncTests {

  @Autowired private Clinics clinics;
  @Autowired private Connections connections;
  @Autowired private SyncStore store;
  @Autowired private Syncs syncs;
  @Autowired private Tenancy tenancy;

  @Test
  void whileARunGoesOnItsNextOneIsNotKnownYet() {
    ZoneId zone = ZoneId.of("Europe/London");
    OrganisationId organisation = clinics.createOrganisation("Org");
    ClinicId clinic = clinics.create(organisation, "Clinic", zone, "GB", "GBP").id();
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
                    zone,
                    "GBP"))
            .id();
    assertThat(syncs.nextRun(clinic, connection)).isEmpty();
    tenancy.inClinic(
        clinic,
        () ->
            store
                .claim(clinic, connection, Lane.LIVE, "test", Duration.ofMinutes(1))
                .orElseThrow());
    assertThat(syncs.nextRun(clinic, connection)).isEmpty();
  }
}
