package io.clinicsync.sync;

import io.clinicsync.sandbox.cliniko.ClinikoAccount;
import io.clinicsync.sync.SyncTestBed.Tenant;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Staff at work in the vendor's own screens, repeatable by its seed. */
final class RandomEditor {

  private final Tenant tenant;
  private final Clock clock;
  private final SplittableRandom random;
  private final String name;

  RandomEditor(Tenant tenant, Clock clock, long seed) {
    this.tenant = tenant;
    this.clock = clock;
    this.random = new SplittableRandom(seed);
    this.name = "seed " + seed;
    System.out.println("random edits of " + tenant + " with " + name);
  }

  /** Makes so many edits; what the vendor refuses counts too. */
  void edit(int count) {
    for (int done = 0; done < count; done++) {
      try {
        one(tenant.account());
      } catch (IllegalArgumentException refused) {
        // Staff meet refusals too.
      }
      tenant.truth().remember();
    }
  }

  private void one(ClinikoAccount account) {
    var edits = account.edits();
    switch (random.nextInt(14)) {
      case 0, 1, 2 ->
          edits.updatePatient(any("patients"), Map.of("last_name", "Name" + random.nextInt(1000)));
      case 3 ->
          edits.createPatient(
              Map.of("first_name", "New", "last_name", "Person" + random.nextInt(1000)));
      case 4 -> edits.archivePatient(any("patients"));
      case 5 -> edits.unarchivePatient(any("patients"));
      case 6 ->
          edits.book(
              any("patients"),
              any("practitioners"),
              any("businesses"),
              any("appointment_types"),
              start());
      case 7 -> edits.moveAppointment(any("individual_appointments"), start());
      case 8 -> edits.cancelAppointment(any("individual_appointments"), 50);
      case 9 -> edits.arrive(any("individual_appointments"));
      case 10 -> edits.unarrive(any("individual_appointments"));
      case 11 -> edits.noShow(any("individual_appointments"));
      case 12 -> edits.issueInvoice(any("individual_appointments"), new BigDecimal("90.00"));
      default -> edits.payInvoice(any("invoices"));
    }
  }

  private Instant start() {
    return clock
        .instant()
        .truncatedTo(ChronoUnit.HOURS)
        .plus(Duration.ofHours(1 + random.nextInt(400)));
  }

  private String any(String resource) {
    List<String> ids = tenant.account().ids(resource);
    if (ids.isEmpty()) {
      throw new IllegalArgumentException("nothing there");
    }
    return ids.get(random.nextInt(ids.size()));
  }

  @Override
  public String toString() {
    return name;
  }
}
