package io.clinicsync.booking;

import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.ClinicWorkers;
import io.clinicsync.tenancy.Tenancy;
import java.util.UUID;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the booking sweep does, at once and to its end. */
public final class BookingSweep {

  private BookingSweep() {}

  /** Whether the sweep would settle something of a clinic now. */
  public static boolean isDue(ApplicationContext context, ClinicId clinic) {
    return context.getBean(AttemptQueue.class).clinicsToSettle().contains(clinic);
  }

  /** Lets the sweep's workers settle an attempt as if its time had come. */
  public static void hasten(ApplicationContext context, ClinicId clinic, String attempt) {
    context
        .getBean(Tenancy.class)
        .inClinic(
            clinic,
            () -> {
              context
                  .getBean(JdbcClient.class)
                  .sql("UPDATE booking_attempts SET settle_at = created_at WHERE id = ?")
                  .param(UUID.fromString(attempt))
                  .update();
            });
    context.getBean("settlingWorkers", ClinicWorkers.class).wake(clinic);
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
}
