package io.clinicsync.clinics;

import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.OrganisationId;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.time.ZoneId;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A clinic: the tenant. */
@Entity
@Table(name = "clinics")
public class Clinic {

  @Id private UUID id;

  @Column(name = "organisation_id", updatable = false)
  private UUID organisationId;

  private String name;
  private String zone;
  private String country;
  private String currency;

  @JdbcTypeCode(SqlTypes.JSON)
  private ClinicSettings settings;

  @Column(name = "created_at", updatable = false)
  private Instant createdAt;

  @Version private long version;

  @SuppressWarnings("NullAway.Init") // Hibernate fills the fields
  protected Clinic() {}

  Clinic(
      ClinicId id,
      OrganisationId organisation,
      String name,
      ZoneId zone,
      String country,
      String currency,
      ClinicSettings settings,
      Instant createdAt) {
    this.id = id.value();
    this.organisationId = organisation.value();
    this.name = name;
    this.zone = zone.getId();
    this.country = country;
    this.currency = currency;
    this.settings = settings;
    this.createdAt = createdAt;
  }

  public ClinicId id() {
    return new ClinicId(id);
  }

  public OrganisationId organisation() {
    return new OrganisationId(organisationId);
  }

  public String name() {
    return name;
  }

  /** Where "today" is decided [TZ-4]. */
  public ZoneId zone() {
    return ZoneId.of(zone);
  }

  /** ISO 3166-1 alpha-2; how local phone numbers are read [PH-1]. */
  public String country() {
    return country;
  }

  /** ISO 4217. */
  public String currency() {
    return currency;
  }

  public ClinicSettings settings() {
    return settings;
  }

  public Instant createdAt() {
    return createdAt;
  }

  void change(ClinicSettings changed) {
    this.settings = changed;
  }
}
