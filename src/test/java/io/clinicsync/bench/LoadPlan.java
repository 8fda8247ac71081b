package io.clinicsync.bench;

import java.net.URI;
import java.util.List;

/** What the load generator is told; read by {@code io.clinicsync.load.Plan} in bench/. */
record LoadPlan(URI application, URI vendor, List<Clinic> clinics, List<Phase> phases) {

  /**
   * A clinic and what is booked there.
   *
   * @param name its account at the vendor
   * @param key of our API; empty for an account that is only called directly
   * @param firstHour the first hour that may be given out, in hours since 1970
   */
  record Clinic(
      String name,
      String key,
      String vendorKey,
      long firstHour,
      List<Person> people,
      List<Offer> offers) {}

  /** Somebody the clinic knows. */
  record Person(String id, String firstName, String lastName, String email) {}

  /** A treatment somebody gives somewhere. */
  record Offer(String practitioner, String treatment, String site, long minutes) {}

  /**
   * A time of steady calling.
   *
   * @param quietSeconds nobody calls before it
   * @param groups call side by side; the next phase follows the first of them
   */
  record Phase(String name, int quietSeconds, int seconds, List<Group> groups) {

    static Phase of(String name, int quietSeconds, int seconds, Group... groups) {
      return new Phase(name, quietSeconds, seconds, List.of(groups));
    }
  }

  /** What is done: through us, or the same calls made at the vendor directly. */
  enum Kind {
    BOOK,
    BOOK_DIRECTLY,
    FIND_TIMES,
    FIND_TIMES_DIRECTLY
  }

  /**
   * Callers of one kind.
   *
   * @param perSecond new calls per second, whether or not earlier ones were answered; 0 where
   *     callers wait
   * @param callers how many call again once they were answered; 0 in an open group
   */
  record Group(
      String name,
      Kind kind,
      List<String> clinics,
      double perSecond,
      int callers,
      int pauseMillis) {

    static Group open(String name, Kind kind, List<String> clinics, double perSecond) {
      return new Group(name, kind, clinics, perSecond, 0, 0);
    }

    static Group closed(
        String name, Kind kind, List<String> clinics, int callers, int pauseMillis) {
      return new Group(name, kind, clinics, 0, callers, pauseMillis);
    }
  }
}
