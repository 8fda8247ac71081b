package io.clinicsync.api.web;

import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.spi.BookingGateway;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Which connection a call about bookings means, where it names none. */
@Component
class BookableConnections {

  private final Connections connections;

  BookableConnections(Connections connections) {
    this.connections = connections;
  }

  /**
   * The named one, else the key's own, else the clinic's only one, or the only one that can book.
   *
   * @param named null when the caller names none
   */
  Connection of(Reach reach, @Nullable UUID named) {
    List<Connection> possible =
        connections.of(reach.clinic()).stream()
            .filter(each -> reach.sees(each.id()))
            .filter(each -> named == null || each.id().value().equals(named))
            .filter(each -> named != null || each.state() != ConnectionState.REVOKED)
            .toList();
    if (possible.isEmpty()) {
      throw Refusal.notFound();
    }
    List<Connection> bookable =
        possible.size() == 1
            ? possible
            : possible.stream()
                .filter(each -> connections.declares(each, BookingGateway.class))
                .toList();
    if (bookable.size() != 1) {
      throw Refusal.field(
          "connection",
          "is needed, since this key reaches more than one; GET …/connections lists them");
    }
    Connection connection = bookable.getFirst();
    SyncController.mustRun(connection);
    return connection;
  }
}
