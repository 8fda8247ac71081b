package io.clinicsync.load;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Who calls whom and how often; the benchmark writes it.
 *
 * @param application its address
 * @param vendor the simulated EMR's address
 * @param phases one after the other
 */
record Plan(String application, String vendor, List<Clinic> clinics, List<Phase> phases) {

  /**
   * A clinic and what is booked there. Times are given out by the hour, so nobody meets another.
   *
   * @param name its account at the vendor
   * @param key of our API; empty for an account that is only called directly
   * @param vendorKey of the vendor's API
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
  record Offer(String practitioner, String treatment, String site, int minutes) {}

  /**
   * A time of steady calling.
   *
   * @param quietSeconds nobody calls before it, so that the work after the phase before is done
   * @param groups call side by side
   */
  record Phase(String name, int quietSeconds, int seconds, List<Group> groups) {}

  /**
   * Callers of one kind.
   *
   * @param clinics names of those they call, in turn
   * @param perSecond new calls per second, whether or not earlier ones were answered; 0 where
   *     callers wait
   * @param callers how many call again once they were answered; 0 in an open group
   * @param pauseMillis what each of them lets pass before a call, on average
   */
  record Group(
      String name,
      Kind kind,
      List<String> clinics,
      double perSecond,
      int callers,
      int pauseMillis) {}

  /** What is done: through us, or the same calls made at the vendor directly. */
  enum Kind {
    BOOK,
    BOOK_DIRECTLY,
    FIND_TIMES,
    FIND_TIMES_DIRECTLY
  }

  static Plan read(Path file) {
    try {
      return new ObjectMapper()
          .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, true)
          .readValue(file.toFile(), Plan.class);
    } catch (IOException unreadable) {
      throw new IllegalStateException(unreadable);
    }
  }

  Clinic clinic(String name) {
    return clinics.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }
}
