package io.clinicsync.sandbox.world;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Writes the bills for what took place. */
final class Billing {

  private final SplittableRandom random;
  private final Instant now;
  private final List<Site> sites;
  private final List<Service> services;
  private final List<Visit> visits;
  private final int persons;
  private int number = 1000;

  Billing(
      SplittableRandom random,
      Instant now,
      List<Site> sites,
      List<Service> services,
      List<Visit> visits,
      int persons) {
    this.random = random;
    this.now = now;
    this.sites = sites;
    this.services = services;
    this.visits = visits;
    this.persons = persons;
  }

  List<Bill> make() {
    List<Bill> bills = new ArrayList<>(visits.size() / 2);
    for (int v = 0; v < visits.size(); v++) {
      Visit visit = visits.get(v);
      boolean tookPlace =
          visit.end().isBefore(now) && visit.cancelledAt() == null && visit.archivedAt() == null;
      if (tookPlace && !Boolean.FALSE.equals(visit.arrived()) && random.nextInt(10) < 8) {
        bills.add(bill(visit.person(), v, visit, visit.end()));
      }
    }
    // Goods over the counter, without an appointment.
    for (int i = 0; i < persons / 40 && !visits.isEmpty(); i++) {
      Visit like = visits.get(random.nextInt(visits.size()));
      bills.add(
          bill(like.person(), -1, like, now.minusSeconds(86_400L * (1 + random.nextInt(300)))));
    }
    return bills;
  }

  private Bill bill(int person, int visit, Visit like, Instant created) {
    BigDecimal price = services.get(like.service()).price();
    BigDecimal amount = price.signum() == 0 ? new BigDecimal("15.0") : price;
    BigDecimal tax =
        random.nextInt(4) == 0
            ? amount.divide(new BigDecimal(11), 2, RoundingMode.HALF_UP)
            : BigDecimal.ZERO;
    int drawn = random.nextInt(100);
    Bill.State state =
        drawn < 78
            ? Bill.State.PAID
            : drawn < 90 ? Bill.State.OPEN : drawn < 95 ? Bill.State.VOID : Bill.State.CREDITED;
    Instant settled = created.plusSeconds(drawn < 60 ? 600 : 86_400L * 9);
    Instant closed = state == Bill.State.OPEN || settled.isAfter(now) ? null : settled;
    if (closed == null) {
      state = Bill.State.OPEN;
    }
    Instant archived = drawn == 89 || drawn == 50 ? (closed == null ? created : closed) : null;
    Instant updated = closed == null ? created : closed;
    return new Bill(
        person,
        visit,
        like.worker(),
        like.site(),
        like.service(),
        ++number,
        created.atZone(sites.get(like.site()).zone()).toLocalDate(),
        amount,
        tax,
        state,
        closed,
        archived,
        created,
        updated);
  }
}
