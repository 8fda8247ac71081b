package io.clinicsync.sandbox.world;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Fills the diary: appointments and classes. */
final class Diary {

  private static final int[] REASONS = {10, 20, 30, 40, 50, 60};

  private final SplittableRandom random;

  /** Apart, so that spreading what was entered changes nothing else of a world. */
  private final SplittableRandom spread = new SplittableRandom(17);

  private final ZoneId zone;
  private final Instant now;
  private final List<Worker> workers;
  private final List<Site> sites;
  private final List<Service> services;
  private final List<Person> persons;

  Diary(
      SplittableRandom random,
      ZoneId zone,
      Instant now,
      List<Worker> workers,
      List<Site> sites,
      List<Service> services,
      List<Person> persons) {
    this.random = random;
    this.zone = zone;
    this.now = now;
    this.workers = workers;
    this.sites = sites;
    this.services = services;
    this.persons = persons;
  }

  List<Visit> visits() {
    List<Visit> visits = new ArrayList<>(persons.size() * 4);
    for (int p = 0; p < persons.size(); p++) {
      // Every tenth patient never came; of the merged ones the survivor holds the appointments.
      int count = p % 10 == 9 || persons.get(p).mergedInto() >= 0 ? 0 : 1 + random.nextInt(7);
      for (int i = 0; i < count; i++) {
        Instant from = persons.get(p).createdAt();
        Instant earliest =
            from.isBefore(now.minus(WorldBuilder.PAST)) ? now.minus(WorldBuilder.PAST) : from;
        int worker = random.nextInt(workers.size());
        int site = site(worker);
        visits.add(visit(p, worker, site, start(earliest, site, !workers.get(worker).active())));
      }
    }
    changeNights(visits);
    return visits;
  }

  /** Appointments on both sides of every clock change in the world. */
  private void changeNights(List<Visit> visits) {
    Instant at = now.minus(WorldBuilder.PAST);
    Instant end = now.plus(WorldBuilder.FUTURE);
    int p = 0;
    for (ZoneOffsetTransition t = zone.getRules().nextTransition(at);
        t != null && t.getInstant().isBefore(end);
        t = zone.getRules().nextTransition(t.getInstant())) {
      for (int minutes : new int[] {-90, -30, 0, 30, 90}) {
        int person = p++ % persons.size();
        if (persons.get(person).mergedInto() < 0) {
          visits.add(
              visit(
                  person, p % workers.size(), 0, t.getInstant().plus(Duration.ofMinutes(minutes))));
        }
      }
    }
  }

  private int site(int worker) {
    List<Integer> at = workers.get(worker).sites();
    // Some of the past took place at the site that has closed since.
    return random.nextInt(25) == 0 ? 2 : at.get(random.nextInt(at.size()));
  }

  private Instant start(Instant earliest, int site, boolean pastOnly) {
    Instant latest = pastOnly || sites.get(site).archived() ? now : now.plus(WorldBuilder.FUTURE);
    // One in four lies ahead, so that every world has a busy next month.
    Instant from = latest.isAfter(now) && random.nextInt(4) == 0 ? now : earliest;
    long days = Math.max(1, Duration.between(from, latest).toDays());
    ZoneId local = sites.get(site).zone();
    LocalDate date = from.atZone(local).toLocalDate().plusDays(random.nextLong(days));
    if (date.getDayOfWeek() == DayOfWeek.SUNDAY) {
      date = date.minusDays(2);
    }
    return date.atTime(8 + random.nextInt(10), 15 * random.nextInt(4)).atZone(local).toInstant();
  }

  private Visit visit(int person, int worker, int site, Instant start) {
    List<Integer> offers =
        workers.get(worker).services().stream().filter(s -> services.get(s).seats() == 1).toList();
    int service =
        start.isBefore(now) && random.nextInt(30) == 0
            ? 8
            : offers.get(random.nextInt(offers.size()));
    Instant end = start.plus(Duration.ofMinutes(services.get(service).minutes()));
    Instant created = past(start.minusSeconds(3600 * (1L + random.nextInt(24 * 14))));
    Instant updated = created;
    Boolean arrived = null;
    Instant noted = null;
    Instant cancelled = null;
    int reason = 0;
    Instant archived = null;
    Instant deleted = null;
    int fate = random.nextInt(100);
    if (fate < 12) {
      // Every third cancellation comes within the last day.
      Instant at =
          fate < 4
              ? start.minusSeconds(3600 * (1L + random.nextInt(20)))
              : start.minusSeconds(86_400L * 3);
      cancelled = later(created, past(at));
      reason = REASONS[random.nextInt(REASONS.length)];
      updated = cancelled;
    } else if (fate < 14) {
      archived = later(created, past(start.minusSeconds(7200)));
      deleted = fate == 12 ? archived : null;
      updated = archived;
    } else if (start.isBefore(now)) {
      noted = earlier(start.plusSeconds(random.nextInt(1200)), now);
      // 14..20 did not come, 21..23 were ticked and unticked again, 24..28 nobody said anything.
      arrived = fate <= 20 ? Boolean.FALSE : fate <= 23 ? null : Boolean.TRUE;
      updated = later(created, noted);
      if (fate >= 24 && fate <= 28) {
        arrived = null;
        noted = null;
        updated = created;
      }
    }
    String note = random.nextInt(15) == 0 ? "Bring \"old\" scans\nand shoes" : null;
    return new Visit(
        person, worker, site, service, start, end, arrived, noted, cancelled, reason, archived,
        deleted, note, created, updated);
  }

  List<Session> sessions() {
    List<Session> sessions = new ArrayList<>();
    int count = Math.clamp(persons.size() / 10, 8, 2000);
    for (int i = 0; i < count; i++) {
      int worker = i % workers.size();
      int service = i % 3 == 0 ? 6 : 5;
      Instant start = start(now.minus(WorldBuilder.PAST), 0, !workers.get(worker).active());
      Instant created = past(start.minus(Duration.ofDays(20)));
      Instant end = start.plus(Duration.ofMinutes(services.get(service).minutes()));
      Instant archived = i % 17 == 16 ? later(created, past(start.minusSeconds(86_400))) : null;
      List<Session.Seat> seats = seats(start, created, services.get(service).seats());
      sessions.add(
          new Session(
              worker,
              0,
              service,
              start,
              end,
              seats,
              archived,
              created,
              archived == null ? created : archived));
    }
    return sessions;
  }

  private List<Session.Seat> seats(Instant start, Instant created, int capacity) {
    List<Session.Seat> seats = new ArrayList<>();
    int taken = Math.min(1 + random.nextInt(capacity), persons.size());
    int first = random.nextInt(persons.size());
    for (int i = 0; i < taken; i++) {
      int person = (first + i * 3) % persons.size();
      if (persons.get(person).mergedInto() >= 0
          || seats.stream().anyMatch(seat -> seat.person() == person)) {
        continue;
      }
      Instant joined = past(created.plusSeconds(600L * (i + 1)));
      boolean cancels = random.nextInt(8) == 0;
      Instant cancelled = cancels ? later(joined, past(start.minusSeconds(5400))) : null;
      @Nullable Boolean arrived =
          cancels || start.isAfter(now) ? null : Boolean.valueOf(random.nextInt(10) > 0);
      Instant updated =
          cancelled != null
              ? cancelled
              : arrived != null ? later(joined, earlier(start.plusSeconds(300), now)) : joined;
      seats.add(new Session.Seat(person, arrived, cancelled, cancels ? 50 : 0, joined, updated));
    }
    return List.copyOf(seats);
  }

  /**
   * A moment staff entered something at: as given, or some time of the last month when that lies
   * ahead.
   */
  private Instant past(Instant at) {
    return at.isBefore(now.minusSeconds(3600))
        ? at
        : now.minusSeconds(3600 + spread.nextInt(30 * 86_400));
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
