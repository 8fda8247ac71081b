package io.clinicsync.sandbox.server;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What every simulated account has: a name, one caller at a time, vendor time that stands still
 * during a call, ids that replay alike, and a log of what staff did. Thread-safe.
 */
public final class AccountState {

  private final String name;
  private final SimulatorKit kit;
  private final ReentrantLock lock = new ReentrantLock();
  private long lastId;
  private Instant moment = Instant.EPOCH;

  /**
   * A fresh account.
   *
   * @param lastId ids start after it
   */
  public AccountState(String name, SimulatorKit kit, long lastId) {
    this.name = name;
    this.kit = kit;
    this.lastId = lastId;
  }

  /** Does something with nobody in between. */
  public <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      if (lock.getHoldCount() == 1) {
        moment = kit.clock().instant();
      }
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  /** When the running call began; only within {@link #locked}. */
  public Instant moment() {
    return moment;
  }

  /** {@link #moment} in whole seconds. */
  public Instant second() {
    return moment.truncatedTo(ChronoUnit.SECONDS);
  }

  /** The next id. */
  public long newId() {
    // Gaps, since other accounts take numbers too.
    lastId += 1 + lastId % 7;
    return lastId;
  }

  /** The last id given out. */
  public long lastId() {
    return locked(() -> lastId);
  }

  /** Goes on after this id. */
  public void lastId(long id) {
    locked(() -> lastId = id);
  }

  /** Notes in the operation log what staff did to a record. */
  public void logEdit(String operation, String id, String version) {
    kit.log()
        .add(
            kit.clock().instant(), name, LogEntry.Kind.EDIT, operation, List.of(id), 1, 0, version);
  }
}
