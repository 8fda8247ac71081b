package io.clinicsync.vault;

import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.CrossTenantReads;
import io.clinicsync.tenancy.CrossTenantReads.Sweep;
import io.clinicsync.tenancy.OrganisationId;
import io.clinicsync.tenancy.Tenancy;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The wrapped keysets in the database. */
@Component
class Keysets {

  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final CrossTenantReads crossTenant;
  private final Clock clock;

  Keysets(Tenancy tenancy, JdbcClient jdbc, CrossTenantReads crossTenant, Clock clock) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.crossTenant = crossTenant;
    this.clock = clock;
  }

  /** A keyset as stored. */
  record Wrapped(byte[] bytes, String masterKeyId) {}

  Optional<Wrapped> find(Owner owner) {
    return inScope(
        owner,
        () ->
            jdbc.sql(
                    "SELECT wrapped, master_key_id FROM "
                        + table(owner)
                        + " WHERE "
                        + column(owner)
                        + " = ?")
                .param(id(owner))
                .query(
                    (row, number) ->
                        new Wrapped(row.getBytes("wrapped"), row.getString("master_key_id")))
                .optional());
  }

  /** Stores the first keyset of an owner; whoever comes second gets the one that is there. */
  Wrapped addIfAbsent(Owner owner, Wrapped wrapped) {
    return inScope(
        owner,
        () -> {
          jdbc.sql(
                  "INSERT INTO "
                      + table(owner)
                      + " ("
                      + column(owner)
                      + ", wrapped, master_key_id, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
              .params(
                  id(owner),
                  wrapped.bytes(),
                  wrapped.masterKeyId(),
                  OffsetDateTime.now(clock.withZone(ZoneOffset.UTC)))
              .update();
          return find(owner).orElseThrow();
        });
  }

  /** Replaces a wrapping, unless somebody else already did. */
  boolean rewrap(Owner owner, Wrapped from, Wrapped to) {
    return inScope(
        owner,
        () ->
            jdbc.sql(
                        "UPDATE "
                            + table(owner)
                            + " SET wrapped = ?, master_key_id = ? WHERE "
                            + column(owner)
                            + " = ? AND master_key_id = ?")
                    .params(to.bytes(), to.masterKeyId(), id(owner), from.masterKeyId())
                    .update()
                == 1);
  }

  /** Owners whose keyset is wrapped by any other key than this. */
  List<Owner> notWrappedBy(String masterKeyId) {
    List<Owner> owners = new ArrayList<>();
    owners.addAll(
        crossTenant.list(
            Sweep.KEYSETS_TO_REWRAP,
            "SELECT tenant_id FROM vault_clinic_keysets WHERE master_key_id <> :key",
            Map.of("key", masterKeyId),
            (row, number) -> Owner.of(new ClinicId(row.getObject(1, UUID.class)))));
    owners.addAll(
        crossTenant.list(
            Sweep.KEYSETS_TO_REWRAP,
            "SELECT organisation_id FROM vault_organisation_keysets WHERE master_key_id <> :key",
            Map.of("key", masterKeyId),
            (row, number) -> Owner.of(new OrganisationId(row.getObject(1, UUID.class)))));
    return owners;
  }

  private <T> T inScope(Owner owner, Supplier<T> work) {
    return switch (owner) {
      case Owner.OfClinic(ClinicId id) -> tenancy.inClinic(id, work);
      case Owner.OfOrganisation(OrganisationId id) -> tenancy.inOrganisation(id, work);
    };
  }

  private static String table(Owner owner) {
    return switch (owner) {
      case Owner.OfClinic clinic -> "vault_clinic_keysets";
      case Owner.OfOrganisation organisation -> "vault_organisation_keysets";
    };
  }

  private static String column(Owner owner) {
    return switch (owner) {
      case Owner.OfClinic clinic -> "tenant_id";
      case Owner.OfOrganisation organisation -> "organisation_id";
    };
  }

  private static UUID id(Owner owner) {
    return switch (owner) {
      case Owner.OfClinic(ClinicId id) -> id.value();
      case Owner.OfOrganisation(OrganisationId id) -> id.value();
    };
  }
}
