package io.clinicsync.sync;

import io.clinicsync.canonical.Hashes;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.ChangeListener;
import io.clinicsync.emr.spi.ChangeListener.Heard;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.IncomingCall;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.tenancy.Tenancy;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Takes vendors' webhooks: verified first, then kept, then acknowledged; acting on them comes after
 * [R37, R38].
 */
@Component
public class VendorCalls {

  private static final Logger log = LoggerFactory.getLogger(VendorCalls.class);

  private final VendorAddresses addresses;
  private final Connections connections;
  private final Connectors connectors;
  private final NoticeStore notices;
  private final Tenancy tenancy;
  private final ApplicationEventPublisher events;

  VendorCalls(
      VendorAddresses addresses,
      Connections connections,
      Connectors connectors,
      NoticeStore notices,
      Tenancy tenancy,
      ApplicationEventPublisher events) {
    this.addresses = addresses;
    this.connections = connections;
    this.connectors = connectors;
    this.notices = notices;
    this.tenancy = tenancy;
    this.events = events;
  }

  /** What to answer the vendor. */
  public sealed interface Reception {
    /** Kept, or known already. */
    record Kept() implements Reception {}

    /** The vendor tries the address out. */
    record Echo(String contentType, String body) implements Reception {}

    /** Not from the vendor. */
    record Forged() implements Reception {}

    /** Nobody's address. */
    record Unknown() implements Reception {}
  }

  /** A notice was kept. */
  record NoticeKept(io.clinicsync.tenancy.ClinicId clinic) {}

  /**
   * Takes a call. When this returns {@code Kept}, the notice is durable.
   *
   * @param emr the EMR in the address; must be the connection's
   */
  public Reception take(String emr, String secret, IncomingCall call) {
    Connection connection =
        addresses
            .find(secret)
            .flatMap(found -> connections.find(found.clinic(), found.connection()))
            .filter(found -> found.emr().equals(emr))
            .filter(found -> found.state() != ConnectionState.REVOKED)
            .orElse(null);
    if (connection == null) {
      return new Reception.Unknown();
    }
    EmrAccount account;
    try {
      account = connections.account(connection, Urgency.SYNC);
    } catch (EmrException withoutCredentials) {
      return new Reception.Unknown();
    }
    Optional<ChangeListener> listener = connectors.capability(emr, account, ChangeListener.class);
    if (listener.isEmpty()) {
      return new Reception.Unknown();
    }
    return switch (listener.get().hear(account, call)) {
      case Heard.Refused(String reason) -> {
        log.warn("webhook for connection {} refused: {}", connection.id(), reason);
        yield new Reception.Forged();
      }
      case Heard.Handshake(String type, String body) -> new Reception.Echo(type, body);
      case Heard.Changed changed -> {
        keep(connection, changed);
        yield new Reception.Kept();
      }
    };
  }

  private void keep(Connection connection, Heard.Changed changed) {
    byte[] hash = Hashes.sha256(changed.id());
    boolean fresh =
        tenancy.inClinic(
            connection.clinic(),
            () -> notices.add(connection.clinic(), connection.id(), hash, changed.what()));
    if (fresh) {
      events.publishEvent(new NoticeKept(connection.clinic()));
    }
  }
}
