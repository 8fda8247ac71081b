package io.clinicsync.api;

import io.clinicsync.access.ApiKeys;
import io.clinicsync.access.IssuedKey;
import io.clinicsync.canonical.Hashes;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.tenancy.OrganisationId;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * The way to the first organisation of an empty installation: an address printed once in the log,
 * good for one use within an hour. Its token's hash lives in this process only, so a new start
 * prints a new one.
 */
@Component
public class SetUp {

  private static final Logger log = LoggerFactory.getLogger(SetUp.class);
  private static final Duration LIFETIME = Duration.ofHours(1);

  private final Clinics clinics;
  private final ApiKeys keys;
  private final Environment environment;
  private final Clock clock;
  private final AtomicReference<@Nullable Offer> offer = new AtomicReference<>();

  SetUp(Clinics clinics, ApiKeys keys, Environment environment, Clock clock) {
    this.clinics = clinics;
    this.keys = keys;
    this.environment = environment;
    this.clock = clock;
  }

  private record Offer(byte[] hash, Instant expires) {}

  /**
   * Prints the address where there is nobody yet who could have a key. The demo makes its own
   * organisation.
   */
  @EventListener(ApplicationReadyEvent.class)
  public void offer() {
    if (environment.matchesProfiles("local") || clinics.anyOrganisation()) {
      return;
    }
    String token = newOffer();
    String address =
        environment.getProperty(
            "clinicsync.address",
            "http://localhost:" + environment.getProperty("local.server.port", "8080"));
    log.info(
        "There is no organisation yet. Create the first one within an hour, once, at {}/setup/{}",
        address,
        token);
  }

  /** A new token; the one before is void. */
  String newOffer() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    offer.set(new Offer(Hashes.sha256(token), clock.instant().plus(LIFETIME)));
    return token;
  }

  /** Whether this token still opens the door. */
  public boolean isOpen(String token) {
    Offer open = offer.get();
    return open != null && fits(open, token) && !clinics.anyOrganisation();
  }

  /**
   * Uses the token up for the first organisation; empty when it does not open the door (any more).
   */
  public Optional<IssuedKey> create(String token, String organisationName) {
    Offer open = offer.get();
    if (open == null
        || !fits(open, token)
        || !offer.compareAndSet(open, null)
        || clinics.anyOrganisation()) {
      return Optional.empty();
    }
    OrganisationId organisation = clinics.createOrganisation(organisationName);
    return Optional.of(keys.issue(organisation, "first key", Set.of(KeyScope.MANAGE)));
  }

  private boolean fits(Offer open, String token) {
    return clock.instant().isBefore(open.expires())
        && MessageDigest.isEqual(open.hash(), Hashes.sha256(token));
  }
}
