package io.clinicsync.demo;

import io.clinicsync.booking.Availability;
import io.clinicsync.booking.BookingAnswer.Offer;
import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.tenancy.ClinicId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** A booking a newcomer can paste: an open time of a demo clinic, for somebody invented. */
@Component
@Profile("local")
class DemoBooking {

  private final Connections connections;
  private final Availability availability;
  private final Clock clock;

  DemoBooking(Connections connections, Availability availability, Clock clock) {
    this.connections = connections;
    this.availability = availability;
    this.clock = clock;
  }

  /** The command; empty while the clinic's catalogue or its open times are not known. */
  Optional<String> toTry(DemoFile demo) {
    DemoFile.DemoConnection first = demo.connections().getFirst();
    Connection connection =
        connections
            .find(
                new ClinicId(UUID.fromString(first.clinicId())),
                new ConnectionId(UUID.fromString(first.connectionId())))
            .orElseThrow();
    return opening(connection)
        .map(
            offer ->
                """
                curl -s -H 'x-api-key: %s' -H 'Content-Type: application/json' '%s/api/v1/bookings' -d '
                          {"patient": {"first_name": "Ana", "last_name": "Sorel", "email": "ana.sorel@example.org", "register": true},
                           "practitioner": "%s", "treatment": "%s", "site": "%s", "starts_at": "%s"}'"""
                    .formatted(
                        first.apiKey(),
                        demo.address(),
                        offer.practitioner(),
                        offer.treatment(),
                        offer.site(),
                        offer.startsAt()));
  }

  private Optional<Offer> opening(Connection connection) {
    Instant from = clock.instant().plus(Duration.ofDays(1));
    TimeRange week = new TimeRange(from, from.plus(Duration.ofDays(7)));
    List<Catalogue.Treatment> treatments =
        availability.catalogue(connection, false).map(Catalogue::treatments).orElse(List.of());
    try {
      for (Catalogue.Treatment each : treatments) {
        if (each.active() && each.bookableOnline() && each.seats() <= 1) {
          Availability.Wish wish =
              new Availability.Wish(
                  List.of(),
                  List.of(each.ref().id().value()),
                  List.of(),
                  week,
                  Availability.DayPart.ANY,
                  false);
          Optional<Offer> first = availability.find(connection, wish).offers().stream().findFirst();
          if (first.isPresent()) {
            return first;
          }
        }
      }
    } catch (EmrException notNow) {
      return Optional.empty();
    }
    return Optional.empty();
  }
}
