package io.clinicsync.clinics;

import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.OrganisationId;
import io.clinicsync.tenancy.Tenancy;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/** Organisations and their clinics. */
@Component
public class Clinics {

  private final Tenancy tenancy;
  private final EntityManager entities;
  private final OrganisationRepository organisations;
  private final ClinicRepository clinics;
  private final Clock clock;
  private final ApplicationEventPublisher events;

  Clinics(
      Tenancy tenancy,
      EntityManager entities,
      OrganisationRepository organisations,
      ClinicRepository clinics,
      Clock clock,
      ApplicationEventPublisher events) {
    this.events = events;
    this.tenancy = tenancy;
    this.entities = entities;
    this.organisations = organisations;
    this.clinics = clinics;
    this.clock = clock;
  }

  /** Whether there is any organisation yet; before the first one nobody can have a key. */
  public boolean anyOrganisation() {
    return tenancy.resolve(
        () ->
            (Boolean)
                entities
                    .createNativeQuery("SELECT app.any_organisation()", Boolean.class)
                    .getSingleResult());
  }

  /** Creates an organisation. Names need not be unique. */
  public OrganisationId createOrganisation(String name) {
    OrganisationId id = OrganisationId.create();
    createOrganisation(id, name);
    return id;
  }

  /** Creates an organisation under a given id, unless it is there already. */
  public void createOrganisation(OrganisationId id, String name) {
    tenancy.inOrganisation(
        id,
        () -> {
          if (organisations.findById(id.value()).isEmpty()) {
            entities.persist(new Organisation(id.value(), name, clock.instant()));
          }
          return id;
        });
  }

  /** The organisation's name; empty when there is no such organisation. */
  public Optional<String> organisationName(OrganisationId id) {
    return tenancy.inOrganisation(
        id, () -> organisations.findById(id.value()).map(Organisation::name));
  }

  /** Creates a clinic with default settings. */
  public Clinic create(
      OrganisationId organisation, String name, ZoneId zone, String country, String currency) {
    return tenancy.inOrganisation(
        organisation,
        () -> {
          Clinic clinic =
              new Clinic(
                  ClinicId.create(),
                  organisation,
                  name,
                  zone,
                  country,
                  currency,
                  ClinicSettings.defaults(),
                  clock.instant());
          entities.persist(clinic);
          return clinic;
        });
  }

  /** The organisation's clinics, by name. */
  public List<Clinic> of(OrganisationId organisation) {
    return tenancy.inOrganisation(organisation, clinics::findAllByOrderByName);
  }

  /** The clinic, if this organisation owns it. */
  public Optional<Clinic> find(OrganisationId organisation, ClinicId id) {
    return tenancy.inOrganisation(organisation, () -> clinics.findById(id.value()));
  }

  /** A clinic that is known to exist, read within its own scope. */
  public Clinic require(ClinicId id) {
    return tenancy.inClinic(
        id,
        () ->
            clinics
                .findById(id.value())
                .orElseThrow(() -> new IllegalStateException("Clinic " + id + " is gone")));
  }

  /** Replaces a clinic's settings. */
  public Clinic change(OrganisationId organisation, ClinicId id, ClinicSettings settings) {
    Clinic changed =
        tenancy.inOrganisation(
            organisation,
            () -> {
              Clinic clinic = clinics.findById(id.value()).orElseThrow();
              clinic.change(settings);
              return clinic;
            });
    events.publishEvent(new ClinicSettingsChanged(id));
    return changed;
  }

  /** A clinic decided otherwise: what follows from its settings is to be worked out again. */
  public record ClinicSettingsChanged(ClinicId clinic) {}
}
