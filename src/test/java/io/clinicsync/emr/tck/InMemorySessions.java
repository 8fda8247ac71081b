package io.clinicsync.emr.tck;

import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrSession;
import io.clinicsync.emr.spi.EmrSessions;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sessions of one process, for connectors under test. */
public final class InMemorySessions implements EmrSessions {

  private final Map<String, EmrSession> sessions = new ConcurrentHashMap<>();
  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

  @Override
  public Optional<EmrSession> find(EmrAccount account, String name) {
    return Optional.ofNullable(sessions.get(key(account, name)));
  }

  @Override
  public <T extends @Nullable Object> T alone(
      EmrAccount account, String name, Function<Holder, T> work) {
    String key = key(account, name);
    ReentrantLock lock = locks.computeIfAbsent(key, each -> new ReentrantLock());
    lock.lock();
    try {
      return work.apply(new InMemoryHolder(key));
    } finally {
      lock.unlock();
    }
  }

  private static String key(EmrAccount account, String name) {
    return account.tenant() + "/" + account.id() + "/" + name;
  }

  private final class InMemoryHolder implements Holder {

    private final String key;

    InMemoryHolder(String key) {
      this.key = key;
    }

    @Override
    public Optional<EmrSession> current() {
      return Optional.ofNullable(sessions.get(key));
    }

    @Override
    public EmrSession keep(String value, @Nullable Instant expiresAt) {
      long version = current().map(EmrSession::version).orElse(0L) + 1;
      EmrSession kept = new EmrSession(value, expiresAt, version);
      sessions.put(key, kept);
      return kept;
    }

    @Override
    public void drop() {
      sessions.remove(key);
    }
  }
}
