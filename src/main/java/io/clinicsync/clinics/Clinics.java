package io.clinicsync.clinics;

import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Entities;
import io.clinicsync.tenancy.OrganisationId;
import io.clinicsync.tenancy.Tenancy;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Organisations and their clinics. */
@Component
public class Clinics {

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final Entities entities;
  private final EntityManager manager;
  private final ClinicRows rows;
  private final OrganisationRepository organisations;
  private final ClinicRepository clinics;
  private final Clock clock;
  private final ApplicationEventPublisher events;

  Clinics(
      Tenancy tenancy,
      JdbcClient jdbc,
      Entities entities,
      EntityManager manager,
      ClinicRows rows,
      OrganisationRepository organisations,
      ClinicRepository clinics,
      Clock clock,
      ApplicationEventPublisher events) {
    this.events = events;
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.entities = entities;
    this.manager = manager;
    this.rows = rows;
    this.organisations = organisations;
    this.clinics = clinics;
    this.clock = clock;
  }

  /** Whether there is any organisation yet; before the first one nobody can have a key. */
  public boolean anyOrganisation() {
    return tenancy.resolve(
        () -> jdbc.sql("SELECT app.any_organisation()").query(Boolean.class).single());
  }

  /** Creates an organisation. Names need not be unique. */
  public OrganisationId createOrganisation(String name) {
    OrganisationId id = OrganisationId.create();
    createOrganisation(id, name);
    return id;
  }

  /** Creates an organisation under a given id, unless it is there already. */
  public void createOrganisation(OrganisationId id, String name) {
    entities.inOrganisation(
        id,
        () -> {
          if (organisations.findById(id.value()).isEmpty()) {
            manager.persist(new Organisation(id.value(), name, clock.instant()));
          }
          return id;
        });
  }

  /** The organisation's name; empty when there is no such organisation. */
  public Optional<String> organisationName(OrganisationId id) {
    return entities.inOrganisation(
        id, () -> organisations.findById(id.value()).map(Organisation::name));
  }

  /** Creates a clinic with default settings. */
  public Clinic create(
      OrganisationId organisation, String name, ZoneId zone, String country, String currency) {
    return entities.inOrganisation(
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
          manager.persist(clinic);
          return clinic;
        });
  }

  /** The organisation's clinics, by name. */
  public List<Clinic> of(OrganisationId organisation) {
    return tenancy.inOrganisation(organisation, () -> rows.of(organisation));
  }

  /** The clinic, if this organisation owns it. */
  public Optional<Clinic> find(OrganisationId organisation, ClinicId id) {
    return tenancy.inOrganisation(organisation, () -> rows.find(id));
  }

  /** A clinic that is known to exist, read within its own scope. */
  public Clinic require(ClinicId id) {
    return tenancy.inClinic(
        id,
        () ->
            rows.find(id)
                .orElseThrow(() -> new IllegalStateException("Clinic " + id + " is gone")));
  }

  /** Replaces a clinic's settings. */
  public Clinic change(OrganisationId organisation, ClinicId id, ClinicSettings settings) {
    Clinic changed =
        entities.inOrganisation(
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
