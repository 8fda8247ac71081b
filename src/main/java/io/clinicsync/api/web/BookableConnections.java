package io.clinicsync.api.web;

import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
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
   * The named one, else the key's own, else the clinic's only one.
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
    if (possible.size() > 1) {
      throw Refusal.field(
          "connection",
          "is needed, since this key reaches more than one; GET …/connections lists them");
    }
    Connection connection = possible.getFirst();
    SyncController.mustRun(connection);
    return connection;
  }
}
