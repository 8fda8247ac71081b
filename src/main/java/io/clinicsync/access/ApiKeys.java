package io.clinicsync.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.clinicsync.access.KeyRows.KeyRow;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.Caller;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.tenancy.OrganisationId;
import io.clinicsync.vault.Owner;
import io.clinicsync.vault.Vault;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Issues, checks, rotates and revokes API keys. */
@Component
public class ApiKeys {

  private static final String COLUMN = "access_keys.hash_key";

  /** How stale "last used" may be, so that a busy key does not cost a write per call. */
  private static final Duration LAST_USED_PRECISION = Duration.ofMinutes(1);

  private final KeyRows rows;
  private final Vault vault;
  private final Clock clock;

  /**
   * Whose key an id is never changes, so it is remembered; the key itself is read each time and so
   * revoked at once.
   */
  private final Cache<UUID, Owner> owners = Caffeine.newBuilder().maximumSize(50_000).build();

  ApiKeys(KeyRows rows, Vault vault, Clock clock) {
    this.rows = rows;
    this.vault = vault;
    this.clock = clock;
  }

  /** What a key may be used for and until when; never its secret. */
  public record KeyView(
      UUID id,
      String name,
      @Nullable ConnectionId connection,
      Set<KeyScope> scopes,
      Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable Instant lastUsedAt,
      boolean live) {}

  /** Issues a key of an organisation. */
  public IssuedKey issue(OrganisationId organisation, String name, Set<KeyScope> scopes) {
    return issue(Owner.of(organisation), name, null, scopes, null);
  }

  /** Issues a key of a clinic, bound to one connection or, with null, to none. */
  public IssuedKey issue(
      ClinicId clinic,
      @Nullable ConnectionId connection,
      String name,
      Set<KeyScope> scopes,
      @Nullable Instant expiresAt) {
    return issue(Owner.of(clinic), name, connection, scopes, expiresAt);
  }

  /** The keys of an owner, oldest first. */
  public List<KeyView> of(Owner owner) {
    Instant now = clock.instant();
    return rows.all(owner).stream()
        .map(
            row ->
                new KeyView(
                    row.id(),
                    row.name(),
                    row.connection(),
                    row.scopes(),
                    row.createdAt(),
                    row.expiresAt(),
                    row.lastUsedAt(),
                    row.isLive(now)))
        .toList();
  }

  /**
   * Issues a successor; the old key goes on for the overlap, so two are live.
   *
   * @return empty when the key is unknown, not live, or already has a successor
   */
  public Optional<IssuedKey> rotate(Owner owner, UUID id, Duration overlap) {
    Instant now = clock.instant();
    KeyRow old = rows.find(owner, id).filter(row -> row.isLive(now)).orElse(null);
    if (old == null || old.replacedBy() != null) {
      return Optional.empty();
    }
    IssuedKey fresh = issue(owner, old.name(), old.connection(), old.scopes(), null);
    if (!rows.replace(owner, id, fresh.id(), now.plus(overlap))) {
      rows.revoke(owner, fresh.id(), now);
      return Optional.empty();
    }
    return Optional.of(fresh);
  }

  /** Ends a key at once; false when it is unknown or already ended. */
  public boolean revoke(Owner owner, UUID id) {
    return rows.revoke(owner, id, clock.instant());
  }

  /**
   * Who sent this key; empty when it is malformed, unknown, wrong, expired or revoked - the answer
   * never says which.
   */
  public Optional<Caller> authenticate(String text) {
    KeyText key = KeyText.parse(text).orElse(null);
    if (key == null) {
      return Optional.empty();
    }
    Owner owner = owners.getIfPresent(key.id());
    if (owner == null) {
      owner = rows.owner(key.id()).orElse(null);
      if (owner == null) {
        return Optional.empty();
      }
      owners.put(key.id(), owner);
    }
    KeyRow row = rows.find(owner, key.id()).orElse(null);
    Instant now = clock.instant();
    if (row == null || !row.isLive(now)) {
      return Optional.empty();
    }
    if (!key.matches(
        vault.open(owner, key.id().toString(), COLUMN, row.hashKeySealed()), row.hash())) {
      return Optional.empty();
    }
    Instant lastUsed = row.lastUsedAt();
    if (lastUsed == null || lastUsed.plus(LAST_USED_PRECISION).isBefore(now)) {
      rows.used(owner, row.id(), now);
    }
    return Optional.of(caller(owner, row));
  }

  private IssuedKey issue(
      Owner owner,
      String name,
      @Nullable ConnectionId connection,
      Set<KeyScope> scopes,
      @Nullable Instant expiresAt) {
    KeyText key = KeyText.create();
    String hashKey = KeyText.random();
    rows.insert(
        owner,
        new KeyRow(
            key.id(),
            name,
            connection,
            scopes,
            key.hash(hashKey),
            vault.seal(owner, key.id().toString(), COLUMN, hashKey),
            null,
            clock.instant(),
            expiresAt,
            null,
            null));
    return new IssuedKey(key.id(), name, key.text());
  }

  private static Caller caller(Owner owner, KeyRow row) {
    return switch (owner) {
      case Owner.OfClinic(ClinicId id) ->
          new Caller(row.id(), null, id, row.connection(), row.scopes());
      case Owner.OfOrganisation(OrganisationId id) ->
          new Caller(row.id(), id, null, null, row.scopes());
    };
  }
}
