package io.clinicsync.bridge;

import io.clinicsync.tenancy.ClinicId;
import org.springframework.context.ApplicationContext;

/** What the bridge's sweeps do, at once and to its end. */
public final class BridgeInTests {

  private BridgeInTests() {}

  /** Works on what is due of a clinic. */
  public static void work(ApplicationContext context, ClinicId clinic) {
    context.getBean(BridgeWork.class).work(clinic);
  }

  /** Looks at a clinic's mapped calendars. */
  public static void look(ApplicationContext context, ClinicId clinic) {
    context.getBean(CalendarLooks.class).look(clinic);
  }

  /** Whether the sweep would look at the clinic's calendars. */
  public static boolean looksAt(ApplicationContext context, ClinicId clinic) {
    return context.getBean(LookRows.class).clinics().contains(clinic);
  }
}
