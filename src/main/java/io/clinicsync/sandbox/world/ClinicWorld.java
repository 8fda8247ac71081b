package io.clinicsync.sandbox.world;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

/**
 * An invented clinic: two years of past and ninety days of future, the same for the same seed,
 * size, zone and now. All people are made up; e-mail addresses end in example.org or example.com.
 *
 * <p>It deliberately contains what trips integrations up: households on one phone, people of one
 * name, twins, merged and deleted patients, both daylight-saving nights, undone arrivals, classes,
 * unpaid, void and credited bills, inactive staff.
 *
 * @param zone the main site's and the account's zone
 */
public record ClinicWorld(
    long seed,
    int size,
    ZoneId zone,
    Instant now,
    List<Worker> workers,
    List<Site> sites,
    List<Service> services,
    List<Person> persons,
    List<Visit> visits,
    List<Session> sessions,
    List<Bill> bills) {

  /**
   * Builds the world.
   *
   * @param size number of patients; 100,000 take a few seconds
   * @param now everything is placed relative to it
   */
  public static ClinicWorld of(long seed, int size, ZoneId zone, Instant now) {
    return new WorldBuilder(seed, size, zone, now).build();
  }
}
