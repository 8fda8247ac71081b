package io.clinicsync.sandbox.world;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Puts a world together from its parts. */
final class WorldBuilder {

  static final Duration PAST = Duration.ofDays(730);
  static final Duration FUTURE = Duration.ofDays(90);

  private final long seed;
  private final int size;
  private final ZoneId zone;
  private final Instant now;

  WorldBuilder(long seed, int size, ZoneId zone, Instant now) {
    this.seed = seed;
    this.size = size;
    this.zone = zone;
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
  }

  ClinicWorld build() {
    SplittableRandom random = new SplittableRandom(seed);
    List<Site> sites = sites();
    List<Service> services = services();
    List<Worker> workers = workers(random.split(), sites, services);
    List<Person> persons = new People(random.split(), size, zone, now).make();
    Diary diary = new Diary(random.split(), zone, now, workers, sites, services, persons);
    List<Visit> visits = diary.visits();
    List<Session> sessions = diary.sessions();
    List<Bill> bills =
        new Billing(random.split(), now, sites, services, visits, persons.size()).make();
    return new ClinicWorld(
        seed, size, zone, now, workers, sites, services, persons, visits, sessions, bills);
  }

  private List<Site> sites() {
    ZoneId other =
        zone.getId().equals("Australia/Perth")
            ? ZoneId.of("Australia/Sydney")
            : ZoneId.of("Australia/Perth");
    return List.of(
        new Site(
            "Main Street Clinic", "12 Main Street", "Riverton", "NSW", "2000", zone, false, true),
        new Site("Westside Rooms", "3 Harbour Road", "Westhaven", "WA", "6000", other, false, true),
        new Site("Old Mill Clinic", "9 Mill Lane", "Riverton", "NSW", "2001", zone, true, false));
  }

  private static List<Service> services() {
    return List.of(
        service("Initial consult", "Physio", 45, 1, "120.0", false, true),
        service("Follow up", "Physio", 30, 1, "85.0", false, true),
        // Same name, other category and length: names do not identify a type.
        service("Initial consult", "Podiatry", 60, 1, "140.0", false, true),
        service("Follow up", "Podiatry", 20, 1, "70.0", false, true),
        service("Remedial massage", "Massage", 60, 1, "110.0", false, true),
        service("Reformer class", "Pilates", 50, 8, "35.0", false, true),
        service("Balance class", "Physio", 60, 12, "25.0", false, false),
        service("Staff review", "Internal", 30, 1, "0.0", false, false),
        service("Hydrotherapy", "Physio", 40, 1, "95.0", true, false));
  }

  private static Service service(
      String name,
      String category,
      int minutes,
      int seats,
      String price,
      boolean archived,
      boolean online) {
    return new Service(name, category, minutes, seats, new BigDecimal(price), archived, online);
  }

  private List<Worker> workers(SplittableRandom random, List<Site> sites, List<Service> services) {
    int count = Math.clamp(4 + size / 400, 5, 60);
    List<Worker> workers = new ArrayList<>();
    List<Integer> bookable = new ArrayList<>();
    for (int i = 0; i < services.size(); i++) {
      if (!services.get(i).archived()) {
        bookable.add(i);
      }
    }
    for (int i = 0; i < count; i++) {
      String first = Names.FIRST.get((i * 7 + 3) % 50);
      String last = Names.LAST.get((i * 5 + 1) % 40);
      List<Integer> offers = bookable.stream().filter(s -> random.nextInt(3) > 0 || s < 2).toList();
      List<Integer> at = i % 4 == 3 ? List.of(1, 0) : i % 4 == 2 ? List.of(0, 1) : List.of(0);
      boolean active = i % 6 != 4;
      workers.add(
          new Worker(
              first,
              last,
              i % 3 == 0 ? "Dr" : "Ms",
              "staff" + (i + 1) + "@clinic.example.com",
              i % 2 == 0 ? "Physiotherapist" : "Podiatrist",
              at.stream().filter(s -> s < sites.size()).toList(),
              offers,
              active,
              active && i % 7 != 5));
    }
    return List.copyOf(workers);
  }
}
