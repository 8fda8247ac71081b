package io.clinicsync.booking;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.Tenancy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the booking sweep does, at once and to its end; and a clinic that is too busy. */
public final class BookingInTests {

  private BookingInTests() {}

  /** Whether the sweep would settle something of a clinic now. */
  public static boolean isDue(ApplicationContext context, ClinicId clinic) {
    return context.getBean(AttemptQueue.class).clinicsToSettle().contains(clinic);
  }

  /** Settles what is due of a clinic; how its one attempt stands then. */
  public static String settle(ApplicationContext context, ClinicId clinic) {
    context.getBean(Settling.class).work(clinic);
    return context
        .getBean(Tenancy.class)
        .inClinic(
            clinic,
            () ->
                context
                    .getBean(JdbcClient.class)
                    .sql("SELECT state FROM booking_attempts")
                    .query(String.class)
                    .single());
  }

  /** Has a connection's turns taken and its queue full, until it is closed. */
  public static Busy busy(ApplicationContext context, ConnectionId connection) {
    ConnectionTurns turns = context.getBean(ConnectionTurns.class);
    CountDownLatch end = new CountDownLatch(1);
    ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    while (!turns.isFull(connection)) {
      var unused = callers.submit(() -> turns.inTurn(connection, () -> waited(end)));
      Thread.yield();
    }
    return () -> {
      end.countDown();
      callers.close();
    };
  }

  /** Ends what keeps a connection busy. */
  public interface Busy extends AutoCloseable {
    @Override
    void close();
  }

  private static boolean waited(CountDownLatch end) {
    try {
      end.await();
      return true;
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }
}
