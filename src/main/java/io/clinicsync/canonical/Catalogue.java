package io.clinicsync.canonical;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who offers what where. Holds inactive and archived entries too, since old appointments still
 * point to them.
 */
public record Catalogue(
    List<Practitioner> practitioners,
    List<Treatment> treatments,
    List<Site> sites,
    List<Room> rooms,
    List<Offering> offerings) {

  public Catalogue {
    practitioners = List.copyOf(practitioners);
    treatments = List.copyOf(treatments);
    sites = List.copyOf(sites);
    rooms = List.copyOf(rooms);
    offerings = List.copyOf(offerings);
  }

  /** Someone who treats. */
  public record Practitioner(
      EmrRef ref, String name, @Nullable String email, boolean active, boolean bookableOnline) {}

  /**
   * A kind of appointment.
   *
   * @param code the practice's short code, where the EMR keeps one beside the name
   * @param seats 1 for an individual treatment, more for a class
   */
  public record Treatment(
      EmrRef ref,
      String name,
      @Nullable String code,
      @Nullable String category,
      @Nullable Duration duration,
      int seats,
      @Nullable Money price,
      boolean active,
      boolean bookableOnline) {}

  /**
   * A place of the clinic.
   *
   * @param zone null where the EMR does not say; then the connection's zone holds
   */
  public record Site(
      EmrRef ref,
      String name,
      @Nullable ZoneId zone,
      @Nullable String city,
      @Nullable String country,
      boolean active,
      boolean bookableOnline) {}

  /** A room or resource of a site. */
  public record Room(EmrRef ref, String name, @Nullable EmrRef site) {}

  /** This treatment is offered by this practitioner at this site. */
  public record Offering(EmrRef site, EmrRef treatment, EmrRef practitioner) {}
}
