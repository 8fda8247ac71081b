package io.clinicsync.clinics;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.EmrSession;
import io.clinicsync.emr.spi.EmrSessions;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import io.clinicsync.vault.Owner;
import io.clinicsync.vault.Vault;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * The sessions of stored connections in the database, sealed and shared by all nodes. An account
 * that is only being tried keeps its session in memory until its connection is stored, so that
 * connecting signs in once.
 */
@Component
class SharedSessions implements EmrSessions {

  private static final Logger log = LoggerFactory.getLogger(SharedSessions.class);

  private static final String COLUMN = "clinics_sessions.sealed";

  /** Four times before a hold would end. */
  private static final Duration HOLDS_ON_EVERY = Duration.ofSeconds(10);

  /** Five minutes: work that takes longer hangs, and others go on. */
  private static final int MOST_HOLDS_ON = 30;

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration SHORTEST_WAIT = Duration.ofMillis(20);
  private static final Duration LONGEST_WAIT = Duration.ofMillis(250);

  private final Tenancy tenancy;
  private final SessionRows rows;
  private final Vault vault;
  private final Duration holdsOnEvery;

  /** Sessions read a moment ago; a vendor that refuses one makes its connector ask anew. */
  private final Cache<SessionRows.Key, EmrSession> recent =
      Caffeine.newBuilder().maximumSize(20_000).expireAfterWrite(Duration.ofSeconds(30)).build();

  private final Cache<SessionRows.Key, EmrSession> tried =
      Caffeine.newBuilder().maximumSize(2_000).expireAfterWrite(Duration.ofMinutes(10)).build();

  /** Callers of one node queue here and not at the database. */
  private final LoadingCache<SessionRows.Key, ReentrantLock> queues =
      Caffeine.newBuilder().weakValues().build(key -> new ReentrantLock(true));

  @Autowired
  SharedSessions(Tenancy tenancy, SessionRows rows, Vault vault) {
    this(tenancy, rows, vault, HOLDS_ON_EVERY);
  }

  SharedSessions(Tenancy tenancy, SessionRows rows, Vault vault, Duration holdsOnEvery) {
    this.holdsOnEvery = holdsOnEvery;
    this.tenancy = tenancy;
    this.rows = rows;
    this.vault = vault;
  }

  @Override
  public Optional<EmrSession> find(EmrAccount account, String name) {
    SessionRows.Key key = key(account, name);
    EmrSession known = recent.getIfPresent(key);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<EmrSession> stored =
        tenancy.inClinic(key.clinic(), () -> rows.find(key)).flatMap(row -> opened(key, row));
    stored.ifPresent(session -> recent.put(key, session));
    return stored.or(() -> Optional.ofNullable(tried.getIfPresent(key)));
  }

  @Override
  public <T extends @Nullable Object> T alone(
      EmrAccount account, String name, Function<Holder, T> work) {
    SessionRows.Key key = key(account, name);
    long end = System.nanoTime() + PATIENCE.toNanos();
    ReentrantLock queue = queues.get(key);
    enter(queue, end);
    try {
      UUID token = UUID.randomUUID();
      SessionRows.Row row = hold(key, token, end);
      if (row == null) {
        return work.apply(new TriedHolder(key));
      }
      Hold hold = new Hold(key, token);
      try {
        Thread.ofVirtual().name("session-hold").start(hold::last);
        return work.apply(new StoredHolder(hold, opened(key, row).orElse(null)));
      } finally {
        hold.done.countDown();
        tenancy.inClinic(key.clinic(), () -> rows.release(key, token));
      }
    } finally {
      queue.unlock();
    }
  }

  /**
   * A hold that lasts while the work takes long. So what a node held that died is free soon, and
   * nobody who books waits for minutes.
   */
  private final class Hold {

    private final SessionRows.Key key;
    private final UUID token;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile boolean overtaken;

    Hold(SessionRows.Key key, UUID token) {
      this.key = key;
      this.token = token;
    }

    /** Each time in a thread of its own: one that hangs at the database must not be the last. */
    void last() {
      try {
        for (int time = 0; time < MOST_HOLDS_ON && !overtaken; time++) {
          if (done.await(holdsOnEvery.toMillis(), TimeUnit.MILLISECONDS)) {
            return;
          }
          Thread.ofVirtual().name("session-hold-on").start(this::holdOn);
        }
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }

    private void holdOn() {
      try {
        boolean held = tenancy.inClinic(key.clinic(), () -> rows.holdOn(key, token));
        overtaken |= !held && done.getCount() > 0;
      } catch (RuntimeException failed) {
        log.warn(
            "a session of connection {} could not be held on to: {}",
            key.connection(),
            failed.getClass().getName());
      }
    }
  }

  private static void enter(ReentrantLock queue, long end) {
    try {
      if (!queue.tryLock(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw busy();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw busy();
    }
  }

  /** The row once nobody else holds it; null when its connection is not stored (yet). */
  private SessionRows.@Nullable Row hold(SessionRows.Key key, UUID token, long end) {
    Duration wait = SHORTEST_WAIT;
    while (true) {
      Optional<SessionRows.Row> held = tenancy.inClinic(key.clinic(), () -> rows.hold(key, token));
      if (held.isPresent()) {
        return held.get();
      }
      if (!tenancy.inClinic(key.clinic(), () -> rows.connectionExists(key))) {
        return null;
      }
      if (System.nanoTime() > end) {
        throw busy();
      }
      pause(wait);
      wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait.multipliedBy(2);
    }
  }

  private static void pause(Duration wait) {
    try {
      TimeUnit.NANOSECONDS.sleep(wait.toNanos());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw busy();
    }
  }

  private static EmrException busy() {
    return new EmrException(
        EmrException.Kind.UNAVAILABLE,
        "Another call is still working on this account's session",
        Duration.ofSeconds(5),
        null);
  }

  /** Stores what an account brought from being tried; joins an open transaction. */
  void adopt(ClinicId clinic, ConnectionId triedAs, ConnectionId id) {
    for (Map.Entry<SessionRows.Key, EmrSession> each : tried.asMap().entrySet()) {
      SessionRows.Key was = each.getKey();
      if (was.clinic().equals(clinic) && was.connection().equals(triedAs)) {
        SessionRows.Key key = new SessionRows.Key(clinic, id, was.name());
        UUID token = UUID.randomUUID();
        byte[] sealed = seal(key, each.getValue().value());
        rows.hold(key, token);
        rows.keep(key, token, sealed, each.getValue().expiresAt());
        rows.release(key, token);
        tried.invalidate(was);
      }
    }
  }

  /**
   * Ends a connection's sessions with credentials that others follow. What was agreed with the EMR
   * about calls to us outlives them. Joins an open transaction.
   */
  void renew(ClinicId clinic, ConnectionId id) {
    rows.forgetBut(clinic, id, EmrSessions.LISTENING);
    recent.asMap().keySet().removeIf(key -> key.connection().equals(id));
    tried.asMap().keySet().removeIf(key -> key.connection().equals(id));
  }

  /** Ends a connection's sessions with its credentials; joins an open transaction. */
  void forget(ClinicId clinic, ConnectionId id) {
    rows.forget(clinic, id);
    recent.asMap().keySet().removeIf(key -> key.connection().equals(id));
    tried.asMap().keySet().removeIf(key -> key.connection().equals(id));
  }

  private Optional<EmrSession> opened(SessionRows.Key key, SessionRows.Row row) {
    byte[] sealed = row.sealed();
    if (sealed == null) {
      return Optional.empty();
    }
    String value = vault.open(Owner.of(key.clinic()), key.row(), COLUMN, sealed);
    return Optional.of(new EmrSession(value, row.expiresAt(), row.version()));
  }

  private byte[] seal(SessionRows.Key key, String value) {
    return vault.seal(Owner.of(key.clinic()), key.row(), COLUMN, value);
  }

  private static SessionRows.Key key(EmrAccount account, String name) {
    return new SessionRows.Key(new ClinicId(account.tenant()), account.id(), name);
  }

  private final class StoredHolder implements Holder {

    private final SessionRows.Key key;
    private final Hold hold;
    private @Nullable EmrSession current;

    StoredHolder(Hold hold, @Nullable EmrSession current) {
      this.key = hold.key;
      this.hold = hold;
      this.current = current;
    }

    @Override
    public Optional<EmrSession> current() {
      if (hold.overtaken) {
        throw busy();
      }
      return Optional.ofNullable(current);
    }

    @Override
    public EmrSession keep(String value, @Nullable Instant expiresAt) {
      long version = store(seal(key, value), expiresAt);
      EmrSession kept = new EmrSession(value, expiresAt, version);
      recent.put(key, kept);
      current = kept;
      return kept;
    }

    @Override
    public void drop() {
      store(null, null);
      recent.invalidate(key);
      current = null;
    }

    private long store(byte @Nullable [] sealed, @Nullable Instant expiresAt) {
      return tenancy
          .inClinic(key.clinic(), () -> rows.keep(key, hold.token, sealed, expiresAt))
          .orElseThrow(SharedSessions::busy);
    }
  }

  private final class TriedHolder implements Holder {

    private final SessionRows.Key key;

    TriedHolder(SessionRows.Key key) {
      this.key = key;
    }

    @Override
    public Optional<EmrSession> current() {
      return Optional.ofNullable(tried.getIfPresent(key));
    }

    @Override
    public EmrSession keep(String value, @Nullable Instant expiresAt) {
      long version = current().map(EmrSession::version).orElse(0L) + 1;
      EmrSession kept = new EmrSession(value, expiresAt, version);
      tried.put(key, kept);
      return kept;
    }

    @Override
    public void drop() {
      tried.invalidate(key);
    }
  }
}
