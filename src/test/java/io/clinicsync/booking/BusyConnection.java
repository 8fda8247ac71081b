package io.clinicsync.booking;

import io.clinicsync.canonical.ConnectionId;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.context.ApplicationContext;

/** A connection whose turns are taken and whose queue is full, until this is closed. */
public final class BusyConnection implements AutoCloseable {

  private final CountDownLatch end = new CountDownLatch(1);
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  public BusyConnection(ApplicationContext context, ConnectionId connection) {
    ConnectionTurns turns = context.getBean(ConnectionTurns.class);
    while (!turns.isFull(connection)) {
      var unused = callers.submit(() -> turns.inTurn(connection, this::waited));
      Thread.yield();
    }
  }

  private boolean waited() {
    try {
      end.await();
      return true;
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  @Override
  public void close() {
    end.countDown();
    callers.close();
  }
}
