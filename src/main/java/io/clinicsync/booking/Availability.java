package io.clinicsync.booking;

import io.clinicsync.canonical.Appointment;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Slot;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.Urgency;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Open times of a connection, for any or many practitioners, treatments and sites. */
@Component
public class Availability {

  private final Connections connections;
  private final Openings openings;
  private final AgentView seen;

  Availability(Connections connections, Openings openings, AgentView seen) {
    this.connections = connections;
    this.openings = openings;
    this.seen = seen;
  }

  /** A part of the day, in the connection's zone. */
  public enum DayPart {
    ANY(LocalTime.MIN, LocalTime.MAX),
    MORNING(LocalTime.MIN, LocalTime.NOON),
    AFTERNOON(LocalTime.NOON, LocalTime.of(17, 0)),
    EVENING(LocalTime.of(17, 0), LocalTime.MAX);

    private final LocalTime from;
    private final LocalTime to;

    DayPart(LocalTime from, LocalTime to) {
      this.from = from;
      this.to = to;
    }

    boolean holds(LocalTime time) {
      return !time.isBefore(from) && time.isBefore(to);
    }
  }

  /**
   * What is looked for.
   *
   * @param practitioners ids, e-mails or names; empty means any
   * @param treatments ids or names; at least one
   * @param sites ids or names; empty means any
   * @param agent whether a voice or chat agent asks
   */
  public record Wish(
      List<String> practitioners,
      List<String> treatments,
      List<String> sites,
      TimeRange range,
      DayPart dayPart,
      boolean agent) {}

  /**
   * What was found.
   *
   * @param known false where the EMR does not tell its open times
   * @param refused what was not understood; null when everything was
   */
  public record Found(
      boolean known, List<BookingAnswer.Offer> offers, @Nullable BookingAnswer refused) {}

  /**
   * Finds open times, earliest first.
   *
   * @throws EmrException as the EMR fails
   */
  public Found find(Connection connection, Wish wish) {
    EmrAccount account = connections.account(connection, Urgency.BOOKING);
    if (!openings.known(connection, account)) {
      return new Found(false, List.of(), null);
    }
    try {
      return new Found(true, offers(connection, account, wish), null);
    } catch (Stopped notUnderstood) {
      return new Found(true, List.of(), notUnderstood.answer());
    }
  }

  private List<BookingAnswer.Offer> offers(Connection connection, EmrAccount account, Wish wish) {
    Catalogue catalogue = catalogue(connection, wish.agent()).orElse(null);
    if (catalogue == null) {
      return List.of();
    }
    References references = new References(catalogue);
    List<EmrRef> practitioners =
        wish.practitioners().isEmpty()
            ? catalogue.practitioners().stream()
                .filter(each -> each.active() && each.bookableOnline())
                .map(Catalogue.Practitioner::ref)
                .toList()
            : wish.practitioners().stream()
                .map(each -> references.practitioner(each).ref())
                .toList();
    Map<EmrRef, Catalogue.Treatment> treatments =
        wish.treatments().stream()
            .map(each -> references.treatment(each, null, null, null, null))
            .collect(
                Collectors.toMap(Catalogue.Treatment::ref, each -> each, (first, same) -> first));
    List<EmrRef> sites =
        wish.sites().isEmpty()
            ? catalogue.sites().stream()
                .filter(Catalogue.Site::active)
                .map(Catalogue.Site::ref)
                .toList()
            : wish.sites().stream().map(each -> references.site(each).ref()).toList();
    List<Openings.Calendar> calendars = new ArrayList<>();
    for (Catalogue.Offering each : catalogue.offerings()) {
      Catalogue.Treatment treatment = treatments.get(each.treatment());
      if (treatment != null
          && sites.contains(each.site())
          && practitioners.contains(each.practitioner())) {
        calendars.add(
            new Openings.Calendar(
                each.practitioner(), each.treatment(), each.site(), treatment.duration()));
      }
    }
    ZoneId zone = connection.zone();
    return openings.find(connection, account, calendars, wish.range()).stream()
        .filter(slot -> wish.dayPart().holds(startTime(slot, zone)))
        .map(BookingAnswer.Offer::of)
        .toList();
  }

  /**
   * The connection's catalogue as last read; empty before the first read.
   *
   * @param agent whether a voice or chat agent asks, who sees only what the clinic lets agents see
   */
  public Optional<Catalogue> catalogue(Connection connection, boolean agent) {
    return seen.catalogue(connection, agent);
  }

  /**
   * Which appointments of a connection the caller may be told of.
   *
   * @param agent whether a voice or chat agent asks, who is told of none whose treatment the clinic
   *     keeps from agents
   */
  public Predicate<Appointment> appointments(Connection connection, boolean agent) {
    return seen.appointments(connection, agent);
  }

  private static LocalTime startTime(Slot slot, ZoneId zone) {
    return slot.startsAt().atZone(zone).toLocalTime();
  }
}
