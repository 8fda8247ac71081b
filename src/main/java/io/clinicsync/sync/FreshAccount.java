package io.clinicsync.sync;

import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.Urgency;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The account of a run, read anew at the latest every few seconds: credentials replaced in the
 * middle of a long run are used from the next page on [R25], and an idle run does not pay for
 * looking five times.
 */
final class FreshAccount implements Supplier<EmrAccount> {

  private static final Duration AGE = Duration.ofSeconds(5);

  private final Connections connections;
  private final Connection connection;
  private final Clock clock;
  private @Nullable EmrAccount account;
  private Instant readAt = Instant.MIN;

  FreshAccount(Connections connections, Connection connection, Clock clock) {
    this.connections = connections;
    this.connection = connection;
    this.clock = clock;
  }

  @Override
  public synchronized EmrAccount get() {
    Instant now = clock.instant();
    EmrAccount current = account;
    if (current == null) {
      // The connection itself was read when the run began.
      current = connections.account(connection, Urgency.SYNC);
      account = current;
      readAt = now;
    } else if (readAt.plus(AGE).isBefore(now) || now.isBefore(readAt)) {
      current = connections.account(connection.clinic(), connection.id(), Urgency.SYNC);
      account = current;
      readAt = now;
    }
    return current;
  }
}
