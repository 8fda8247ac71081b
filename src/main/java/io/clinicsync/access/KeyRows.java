package io.clinicsync.access;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.tenancy.OrganisationId;
import io.clinicsync.tenancy.Tenancy;
import io.clinicsync.vault.Owner;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** API key rows of clinics and organisations; the two tables differ in their owner only. */
@Component
class KeyRows {

  private final Tenancy tenancy;
  private final JdbcClient jdbc;

  KeyRows(Tenancy tenancy, JdbcClient jdbc) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
  }

  /** A stored key. */
  record KeyRow(
      UUID id,
      String name,
      @Nullable ConnectionId connection,
      Set<KeyScope> scopes,
      byte[] hash,
      byte[] hashKeySealed,
      @Nullable UUID replacedBy,
      Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable Instant revokedAt,
      @Nullable Instant lastUsedAt) {

    boolean isLive(Instant now) {
      return revokedAt == null && (expiresAt == null || now.isBefore(expiresAt));
    }

    @Override
    public String toString() {
      return "KeyRow[" + id + "]";
    }
  }

  /** Finds whose key this is before a scope is known; ids only (resolver). */
  Optional<Owner> owner(UUID keyId) {
    return tenancy.resolve(
        () ->
            jdbc.sql("SELECT tenant_id, organisation_id FROM app.resolve_api_key(?)")
                .param(keyId)
                .query(
                    (row, number) -> {
                      UUID tenant = row.getObject("tenant_id", UUID.class);
                      return tenant != null
                          ? Owner.of(new ClinicId(tenant))
                          : Owner.of(
                              new OrganisationId(row.getObject("organisation_id", UUID.class)));
                    })
                .optional());
  }

  Optional<KeyRow> find(Owner owner, UUID id) {
    return inScope(
        owner,
        () ->
            jdbc.sql(
                    "SELECT * FROM " + table(owner) + " WHERE " + column(owner) + " = ? AND id = ?")
                .params(ownerId(owner), id)
                .query((row, number) -> read(owner, row))
                .optional());
  }

  List<KeyRow> all(Owner owner) {
    return inScope(
        owner,
        () ->
            jdbc.sql(
                    "SELECT * FROM "
                        + table(owner)
                        + " WHERE "
                        + column(owner)
                        + " = ? ORDER BY created_at, id")
                .param(ownerId(owner))
                .query((row, number) -> read(owner, row))
                .list());
  }

  void insert(Owner owner, KeyRow key) {
    inScope(
        owner,
        () -> {
          boolean ofClinic = owner instanceof Owner.OfClinic;
          var insert =
              jdbc.sql(
                      "INSERT INTO "
                          + table(owner)
                          + " ("
                          + column(owner)
                          + ", id, name, scopes, hash, hash_key_sealed, created_at, expires_at"
                          + (ofClinic ? ", connection_id" : "")
                          + ") VALUES (:owner, :id, :name, :scopes, :hash, :sealed, :created, :expires"
                          + (ofClinic ? ", :connection" : "")
                          + ")")
                  .param("owner", ownerId(owner))
                  .param("id", key.id())
                  .param("name", key.name())
                  .param(
                      "scopes",
                      key.scopes().stream().map(Enum::name).sorted().toArray(String[]::new))
                  .param("hash", key.hash())
                  .param("sealed", key.hashKeySealed())
                  .param("created", utc(key.createdAt()))
                  .param("expires", utc(key.expiresAt()));
          if (ofClinic) {
            ConnectionId connection = key.connection();
            insert = insert.param("connection", connection == null ? null : connection.value());
          }
          return insert.update();
        });
  }

  /** Marks a key as replaced; false when it was already, or is not live any more. */
  boolean replace(Owner owner, UUID id, UUID by, Instant oldEndsAt) {
    return inScope(
        owner,
        () ->
            jdbc.sql(
                        "UPDATE "
                            + table(owner)
                            + " SET replaced_by = ?, expires_at = least(expires_at, ?) WHERE "
                            + column(owner)
                            + " = ? AND id = ? AND replaced_by IS NULL AND revoked_at IS NULL")
                    .params(by, utc(oldEndsAt), ownerId(owner), id)
                    .update()
                == 1);
  }

  boolean revoke(Owner owner, UUID id, Instant now) {
    return update(owner, id, "revoked_at", now, "revoked_at IS NULL");
  }

  void used(Owner owner, UUID id, Instant now) {
    update(owner, id, "last_used_at", now, "true");
  }

  private boolean update(Owner owner, UUID id, String what, Instant value, String guard) {
    return inScope(
        owner,
        () ->
            jdbc.sql(
                        "UPDATE "
                            + table(owner)
                            + " SET "
                            + what
                            + " = ? WHERE "
                            + column(owner)
                            + " = ? AND id = ? AND "
                            + guard)
                    .params(utc(value), ownerId(owner), id)
                    .update()
                == 1);
  }

  private static KeyRow read(Owner owner, ResultSet row) throws SQLException {
    UUID connection =
        owner instanceof Owner.OfClinic ? row.getObject("connection_id", UUID.class) : null;
    Array scopes = row.getArray("scopes");
    EnumSet<KeyScope> read = EnumSet.noneOf(KeyScope.class);
    Arrays.stream((String[]) scopes.getArray()).map(KeyScope::valueOf).forEach(read::add);
    return new KeyRow(
        row.getObject("id", UUID.class),
        row.getString("name"),
        connection == null ? null : new ConnectionId(connection),
        read,
        row.getBytes("hash"),
        row.getBytes("hash_key_sealed"),
        row.getObject("replaced_by", UUID.class),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        instant(row, "expires_at"),
        instant(row, "revoked_at"),
        instant(row, "last_used_at"));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
    return value == null ? null : value.toInstant();
  }

  private static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }

  private <T> T inScope(Owner owner, Supplier<T> work) {
    return switch (owner) {
      case Owner.OfClinic(ClinicId id) -> tenancy.inClinic(id, work);
      case Owner.OfOrganisation(OrganisationId id) -> tenancy.inOrganisation(id, work);
    };
  }

  private static String table(Owner owner) {
    return owner instanceof Owner.OfClinic ? "access_clinic_keys" : "access_organisation_keys";
  }

  private static String column(Owner owner) {
    return owner instanceof Owner.OfClinic ? "tenant_id" : "organisation_id";
  }

  private static UUID ownerId(Owner owner) {
    return switch (owner) {
      case Owner.OfClinic(ClinicId id) -> id.value();
      case Owner.OfOrganisation(OrganisationId id) -> id.value();
    };
  }
}
