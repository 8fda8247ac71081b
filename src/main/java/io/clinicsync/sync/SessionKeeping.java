package io.clinicsync.sync;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.SessionKeeper;
import io.clinicsync.emr.spi.Urgency;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Keeps grants alive that end unless they are used. While we are down nobody does, so an outage
 * longer than a grant's life ends it: the connection then asks for a person.
 */
@Component
class SessionKeeping {

  private static final Logger log = LoggerFactory.getLogger(SessionKeeping.class);

  private final Connections connections;
  private final Connectors connectors;
  private final Clock clock;

  /** So that a thousand grants do not ask for as many database connections at once. */
  private static final int AT_ONCE = 8;

  /** When this node last looked after each connection. */
  private final Cache<ConnectionId, Instant> kept =
      Caffeine.newBuilder().maximumSize(50_000).expireAfterWrite(Duration.ofHours(1)).build();

  /** Ways in that turned out to have no session to keep. */
  private final Set<String> without = ConcurrentHashMap.newKeySet();

  SessionKeeping(Connections connections, Connectors connectors, Clock clock) {
    this.connections = connections;
    this.connectors = connectors;
    this.clock = clock;
  }

  /** Looks after every connection that is due; one that fails holds up no other. */
  void keepAll() {
    try (var workers = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
      for (Connections.Kept kept : connections.toKeep()) {
        if (connectors.find(kept.emr()).isPresent() && !without.contains(wayOf(kept))) {
          workers.execute(() -> keep(kept));
        }
      }
    }
  }

  private static String wayOf(Connections.Kept kept) {
    return kept.emr() + "/" + kept.way();
  }

  private void keep(Connections.Kept kept) {
    try {
      connections.find(kept.clinic(), kept.connection()).ifPresent(this::keep);
    } catch (RuntimeException databaseAway) {
      log.error(
          "keeping the session of connection {} failed: {}",
          kept.connection(),
          databaseAway.getClass().getName());
    }
  }

  void keep(Connection connection) {
    try {
      EmrAccount account = connections.account(connection, Urgency.SYNC);
      Optional<SessionKeeper> keeper =
          connectors.capability(connection.emr(), account, SessionKeeper.class);
      Instant now = clock.instant();
      Instant last = kept.getIfPresent(connection.id());
      if (keeper.isEmpty()) {
        without.add(connection.emr() + "/" + connection.way());
      }
      if (keeper.isEmpty()
          || (last != null && last.plus(keeper.get().every().dividedBy(2)).isAfter(now))) {
        return;
      }
      keeper.get().keep(account);
      kept.put(connection.id(), now);
    } catch (EmrException failed) {
      log.warn("the session of connection {} was not renewed: {}", connection.id(), failed.kind());
      switch (failed.kind()) {
        case CREDENTIALS_REJECTED ->
            connections.report(
                connection.clinic(),
                connection.id(),
                ConnectionState.ACTION_NEEDED,
                Connection.SIGN_IN_NEEDED);
        case PERSON_NEEDED, PERMISSION_MISSING ->
            connections.report(
                connection.clinic(),
                connection.id(),
                ConnectionState.ACTION_NEEDED,
                RunOutcomes.code(failed));
        case RATE_LIMITED,
            UNAVAILABLE,
            NOT_FOUND,
            SLOT_TAKEN,
            REQUEST_REJECTED,
            CONTRACT_BROKEN,
            OUTCOME_UNKNOWN -> {}
      }
    } catch (RuntimeException unexpected) {
      log.error(
          "keeping the session of connection {} failed: {}",
          connection.id(),
          unexpected.getClass().getName());
    }
  }
}
