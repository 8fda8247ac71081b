package io.clinicsync.booking;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.clinics.Connection;
import io.clinicsync.records.Catalogues;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What voice and chat agents see: treatments the clinic keeps from them are not there at all, so
 * that none is offered, found by its name, or named as a close one, and neither are their
 * appointments [BK-4].
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

  /**
   * Tells of appointments whether the caller sees them, as the clinic has decided by now. One
   * without a treatment follows what holds for all; one of a treatment that left the catalogue
   * follows what was decided of it.
   *
   * @param agent whether a voice or chat agent asks
   */
  Predicate<Appointment> appointments(Connection connection, boolean agent) {
    if (!agent) {
      return each -> true;
    }
    Map<String, BookingPolicy> decided = policies.all(connection.clinic(), connection.id());
    return each -> isSeen(decided, each.treatment());
  }

  private static boolean isSeen(Map<String, BookingPolicy> policies, @Nullable EmrRef treatment) {
    return Policies.of(policies, treatment == null ? null : treatment.id().value()).aiVisible();
  }

  static Catalogue of(Catalogue catalogue, Map<String, BookingPolicy> policies) {
    Set<EmrRef> hidden =
        catalogue.treatments().stream()
            .map(Catalogue.Treatment::ref)
            .filter(each -> !isSeen(policies, each))
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
