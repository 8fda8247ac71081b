package io.clinicsync.booking;

import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.clinics.Connection;
import io.clinicsync.records.Catalogues;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * What voice and chat agents see of a catalogue: treatments the clinic keeps from them are not
 * there at all, so that none is offered, found by its name, or named as a close one [BK-4].
 */
@Component
class AgentView {

  private final Tenancy tenancy;
  private final Catalogues catalogues;
  private final Policies policies;

  AgentView(Tenancy tenancy, Catalogues catalogues, Policies policies) {
    this.tenancy = tenancy;
    this.catalogues = catalogues;
    this.policies = policies;
  }

  /**
   * The connection's catalogue as last read; empty before the first read.
   *
   * @param agent whether a voice or chat agent asks
   */
  Optional<Catalogue> catalogue(Connection connection, boolean agent) {
    ClinicId clinic = connection.clinic();
    return tenancy.inClinic(
        clinic,
        () ->
            catalogues
                .find(clinic, connection.id())
                .map(all -> agent ? of(all, policies.all(clinic, connection.id())) : all));
  }

  static Catalogue of(Catalogue catalogue, Map<String, BookingPolicy> policies) {
    Set<EmrRef> hidden =
        catalogue.treatments().stream()
            .map(Catalogue.Treatment::ref)
            .filter(each -> !Policies.of(policies, each.id().value()).aiVisible())
            .collect(Collectors.toSet());
    return hidden.isEmpty()
        ? catalogue
        : new Catalogue(
            catalogue.practitioners(),
            catalogue.treatments().stream().filter(each -> !hidden.contains(each.ref())).toList(),
            catalogue.sites(),
            catalogue.rooms(),
            catalogue.offerings().stream()
                .filter(each -> !hidden.contains(each.treatment()))
                .toList());
  }
}
