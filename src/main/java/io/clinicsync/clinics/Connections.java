package io.clinicsync.clinics;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.Connectors;
import io.clinicsync.emr.spi.AccessWay;
import io.clinicsync.emr.spi.AppointmentSource;
import io.clinicsync.emr.spi.Auth;
import io.clinicsync.emr.spi.AvailabilityProvider;
import io.clinicsync.emr.spi.BookingGateway;
import io.clinicsync.emr.spi.BookingLink;
import io.clinicsync.emr.spi.Capability;
import io.clinicsync.emr.spi.CatalogueSource;
import io.clinicsync.emr.spi.ChangeListener;
import io.clinicsync.emr.spi.ConnectionCheck;
import io.clinicsync.emr.spi.Credentials;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrConnector;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.FileIntake;
import io.clinicsync.emr.spi.ImportedRows;
import io.clinicsync.emr.spi.InvoiceSource;
import io.clinicsync.emr.spi.OAuthSignIn;
import io.clinicsync.emr.spi.PatientDirectory;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.PaymentSource;
import io.clinicsync.emr.spi.PersonStep;
import io.clinicsync.emr.spi.PurchaseSource;
import io.clinicsync.emr.spi.SessionKeeper;
import io.clinicsync.emr.spi.Urgency;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.CrossTenantReads;
import io.clinicsync.tenancy.CrossTenantReads.Sweep;
import io.clinicsync.tenancy.Entities;
import io.clinicsync.tenancy.Tenancy;
import jakarta.persistence.EntityManager;
import java.net.URI;
import java.time.Clock;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The EMR connections of clinics, and the accounts behind them. */
@Component
public class Connections {

  private final Tenancy tenancy;
  private final Entities entities;
  private final EntityManager manager;
  private final JdbcClient jdbc;
  private final ConnectionRows rows;
  private final ConnectionRepository connections;
  private final ConnectionCredentials credentials;
  private final SharedSessions sessions;
  private final Connectors connectors;
  private final KnownHosts knownHosts;
  private final CrossTenantReads crossTenant;
  private final ImportedRows imported;
  private final ApplicationEventPublisher events;
  private final Clock clock;
  private final Cache<ConnectionId, Set<RecordKind>> kindsRead =
      Caffeine.newBuilder().maximumSize(20_000).build();

  Connections(
      Tenancy tenancy,
      Entities entities,
      EntityManager manager,
      JdbcClient jdbc,
      ConnectionRows rows,
      ConnectionRepository connections,
      ConnectionCredentials credentials,
      SharedSessions sessions,
      Connectors connectors,
      KnownHosts knownHosts,
      CrossTenantReads crossTenant,
      ImportedRows imported,
      ApplicationEventPublisher events,
      Clock clock) {
    this.tenancy = tenancy;
    this.entities = entities;
    this.manager = manager;
    this.jdbc = jdbc;
    this.rows = rows;
    this.connections = connections;
    this.credentials = credentials;
    this.sessions = sessions;
    this.connectors = connectors;
    this.knownHosts = knownHosts;
    this.crossTenant = crossTenant;
    this.imported = imported;
    this.events = events;
    this.clock = clock;
  }

  /**
   * What a clinic gives to connect.
   *
   * @param triedAs names the account while it is being tried; sessions made then are kept when it
   *     is stored, so that connecting signs in once
   * @param base only for sandboxes; null takes the place the credentials name
   */
  public record NewConnection(
      ConnectionId triedAs,
      String emr,
      String way,
      String name,
      Map<String, String> credentials,
      @Nullable URI base,
      ZoneId zone,
      String currency) {

    /** A connection not tried before. */
    public NewConnection(
        String emr,
        String way,
        String name,
        Map<String, String> credentials,
        @Nullable URI base,
        ZoneId zone,
        String currency) {
      this(new ConnectionId(UUID.randomUUID()), emr, way, name, credentials, base, zone, currency);
    }

    /** The same where the EMR's own zone and currency are known. */
    public NewConnection in(ZoneId otherZone, String otherCurrency) {
      return new NewConnection(
          triedAs, emr, way, name, credentials, base, otherZone, otherCurrency);
    }

    @Override
    public String toString() {
      return "NewConnection[" + emr + ", " + way + "]";
    }
  }

  /** The identity of a connection across clinics. */
  public record Key(ClinicId clinic, ConnectionId connection, String emr) {}

  /** Announced after a connection was created, paused, resumed, reconnected or revoked. */
  public record ConnectionChanged(ClinicId clinic, ConnectionId connection) {}

  /**
   * A connection's first load begins or goes on: its patients will soon be written somewhere. Only
   * worth preparing for; nothing depends on it.
   */
  public record ConnectionLoading(ClinicId clinic, ConnectionId connection) {}

  /**
   * Tries the credentials against the live EMR; nothing is stored. Called before {@link #add}.
   *
   * @throws EmrException CREDENTIALS_REJECTED when the credentials name no known place
   */
  public ConnectionCheck check(ClinicId clinic, NewConnection wanted) {
    EmrConnector connector = connectors.require(wanted.emr());
    AccessWay way = connector.descriptor().way(wanted.way());
    Credentials given = new Credentials(wanted.credentials());
    return connector.check(
        new EmrAccount(
            clinic.value(),
            wanted.triedAs(),
            wanted.way(),
            base(connector, way, wanted, given),
            wanted.zone(),
            wanted.currency(),
            given,
            Urgency.BOOKING));
  }

  /** Stores a connection whose credentials were checked, without knowing its account's id. */
  public Connection add(ClinicId clinic, NewConnection wanted) {
    return add(clinic, wanted, null);
  }

  /**
   * Stores a connection whose credentials were checked, or one that waits for a sign-in at the EMR,
   * which nothing can be tried before.
   *
   * @param account the account's id as the check found it; null when the EMR does not say
   */
  public Connection add(ClinicId clinic, NewConnection wanted, @Nullable String account) {
    EmrConnector connector = connectors.require(wanted.emr());
    AccessWay way = connector.descriptor().way(wanted.way());
    URI base = base(connector, way, wanted, new Credentials(wanted.credentials()));
    ConnectionId id = wanted.triedAs();
    Map<String, byte[]> sealed = credentials.seal(clinic, id, wanted.credentials());
    Connection created =
        entities.inClinic(
            clinic,
            () -> {
              Connection connection =
                  new Connection(
                      id,
                      clinic,
                      wanted.emr(),
                      wanted.way(),
                      wanted.name(),
                      base,
                      wanted.zone(),
                      wanted.currency(),
                      account,
                      clock.instant());
              if (way.auth() instanceof Auth.OAuth2) {
                connection.awaitSignIn(clock.instant());
              }
              manager.persist(connection);
              manager.flush();
              credentials.store(clinic, id, sealed);
              sessions.adopt(clinic, id, id);
              return connection;
            });
    events.publishEvent(new ConnectionChanged(clinic, id));
    return created;
  }

  /**
   * Replaces the credentials of a connection; they were checked before, unless a sign-in at the EMR
   * comes first. Work goes on from the cursor.
   *
   * @param account the account's id as the check found it; null when the EMR does not say
   * @throws OtherEmrAccount when they open another account: its records would be taken for the ones
   *     we hold. Nothing is changed then.
   */
  public void replaceCredentials(
      Connection connection, NewConnection wanted, @Nullable String account) {
    EmrConnector connector = connectors.require(connection.emr());
    AccessWay way = connector.descriptor().way(connection.way());
    Map<String, String> fresh = wanted.credentials();
    URI base = base(connector, way, wanted, new Credentials(fresh));
    Map<String, byte[]> sealed = credentials.seal(connection.clinic(), connection.id(), fresh);
    entities.inClinic(
        connection.clinic(),
        () -> {
          credentials.store(connection.clinic(), connection.id(), sealed);
          sessions.renew(connection.clinic(), connection.id());
          sessions.adopt(connection.clinic(), wanted.triedAs(), connection.id());
          Connection managed = managed(connection.id());
          managed.reconnect(connection.way(), base, account, clock.instant());
          if (way.auth() instanceof Auth.OAuth2) {
            managed.awaitSignIn(clock.instant());
          }
        });
    events.publishEvent(new ConnectionChanged(connection.clinic(), connection.id()));
  }

  /** Forgets the credentials. The records stay; nothing is read or booked any more. */
  public void revoke(ClinicId clinic, ConnectionId id) {
    entities.inClinic(
        clinic,
        () -> {
          credentials.delete(clinic, id);
          sessions.forget(clinic, id);
          managed(id).moveTo(ConnectionState.REVOKED, "credentials_removed", clock.instant());
        });
    events.publishEvent(new ConnectionChanged(clinic, id));
  }

  /** Says that a first load begins or goes on, to whoever can prepare for what it brings. */
  public void loading(ClinicId clinic, ConnectionId id) {
    events.publishEvent(new ConnectionLoading(clinic, id));
  }

  /** Stops or resumes the connection's runs. */
  public void pause(ClinicId clinic, ConnectionId id, boolean pause) {
    entities.inClinic(clinic, () -> managed(id).pause(pause));
    events.publishEvent(new ConnectionChanged(clinic, id));
  }

  /** The clinic's connections, oldest first. */
  public List<Connection> of(ClinicId clinic) {
    return tenancy.inClinic(clinic, () -> rows.of(clinic));
  }

  /** The connection, if it is this clinic's. */
  public Optional<Connection> find(ClinicId clinic, ConnectionId id) {
    return tenancy.inClinic(clinic, () -> rows.find(clinic, id));
  }

  /**
   * The account behind a connection with its credentials as they stand now; ask for each call anew
   * [R25]. Opens a transaction of its own and closes it before it returns.
   *
   * @throws EmrException CREDENTIALS_REJECTED when they were removed
   */
  public EmrAccount account(ClinicId clinic, ConnectionId id, Urgency urgency) {
    record Loaded(Connection connection, Map<String, byte[]> sealed) {}
    Loaded loaded =
        tenancy.inClinic(
            clinic,
            () ->
                new Loaded(
                    rows.find(clinic, id).orElseThrow(() -> gone(id)),
                    credentials.load(clinic, id)));
    return account(loaded.connection(), loaded.sealed(), urgency);
  }

  /**
   * As {@link #account(ClinicId, ConnectionId, Urgency)}, for callers that read the connection a
   * moment ago: only its credentials are read anew.
   *
   * @throws EmrException CREDENTIALS_REJECTED when they were removed
   */
  public EmrAccount account(Connection connection, Urgency urgency) {
    return open(sealed(connection), urgency);
  }

  /** A connection with its credentials as they are stored, unreadable. */
  public static final class Sealed {

    private final Connection connection;
    private final Map<String, byte[]> credentials;

    private Sealed(Connection connection, Map<String, byte[]> credentials) {
      this.connection = connection;
      this.credentials = credentials;
    }
  }

  /** For {@link #open}, together with whatever else is read. Joins an open transaction. */
  public Sealed sealed(Connection connection) {
    return new Sealed(
        connection,
        tenancy.inClinic(
            connection.clinic(), () -> credentials.load(connection.clinic(), connection.id())));
  }

  /**
   * The account behind what was read a moment ago. Call it outside of transactions: opening
   * credentials may ask a key service.
   *
   * @throws EmrException CREDENTIALS_REJECTED when they were removed
   */
  public EmrAccount open(Sealed sealed, Urgency urgency) {
    return account(sealed.connection, sealed.credentials, urgency);
  }

  private EmrAccount account(Connection connection, Map<String, byte[]> sealed, Urgency urgency) {
    if (sealed.isEmpty()) {
      throw new EmrException(
          EmrException.Kind.CREDENTIALS_REJECTED, "The connection has no credentials any more");
    }
    return new EmrAccount(
        connection.clinic().value(),
        connection.id(),
        connection.way(),
        connection.base(),
        connection.zone(),
        connection.currency(),
        credentials.open(connection.clinic(), connection.id(), sealed),
        urgency);
  }

  /**
   * Which kinds of records this connection's EMR gives; decided by its connector and access way,
   * and where the clinic hands files over, by what these told so far.
   */
  public Set<RecordKind> kindsRead(ClinicId clinic, ConnectionId id) {
    Set<RecordKind> known = kindsRead.getIfPresent(id);
    if (known != null) {
      return known;
    }
    Connection connection = find(clinic, id).orElseThrow();
    Set<RecordKind> read =
        declared(connection).stream()
            .map(Connections::kindOf)
            .flatMap(Optional::stream)
            .collect(Collectors.toUnmodifiableSet());
    if (isHandedOver(connection)) {
      return read.stream()
          .filter(kind -> imported.asOf(clinic.value(), id, kind).isPresent())
          .collect(Collectors.toUnmodifiableSet());
    }
    kindsRead.put(id, read);
    return read;
  }

  /** Whether the clinic hands files over, and nobody can be called. */
  public boolean isHandedOver(Connection connection) {
    return connectors.require(connection.emr()).descriptor().way(connection.way()).auth()
        instanceof Auth.HandedOver;
  }

  /** Whether this connection's EMR can do something on its way in, whatever its credentials. */
  public boolean declares(Connection connection, Class<? extends Capability> capability) {
    return declared(connection).stream().anyMatch(capability::isInstance);
  }

  private List<Capability> declared(Connection connection) {
    return connectors
        .require(connection.emr())
        .capabilities(
            new EmrAccount(
                connection.clinic().value(),
                connection.id(),
                connection.way(),
                connection.base(),
                connection.zone(),
                connection.currency(),
                new Credentials(Map.of()),
                Urgency.SYNC));
  }

  private static Optional<RecordKind> kindOf(Capability capability) {
    return switch (capability) {
      case PatientSource patients -> Optional.of(RecordKind.PATIENT);
      case AppointmentSource appointments -> Optional.of(RecordKind.APPOINTMENT);
      case InvoiceSource invoices -> Optional.of(RecordKind.INVOICE);
      case PaymentSource payments -> Optional.of(RecordKind.PAYMENT);
      case PurchaseSource purchases -> Optional.of(RecordKind.PURCHASE);
      case CatalogueSource catalogue -> Optional.empty();
      case AvailabilityProvider availability -> Optional.empty();
      case PatientDirectory directory -> Optional.empty();
      case BookingGateway gateway -> Optional.empty();
      case BookingLink link -> Optional.empty();
      case ChangeListener listener -> Optional.empty();
      case PersonStep person -> Optional.empty();
      case OAuthSignIn signIn -> Optional.empty();
      case SessionKeeper keeper -> Optional.empty();
      case FileIntake files -> Optional.empty();
    };
  }

  /**
   * Records how the connection is doing; a state that stands is not written again. Joins an open
   * transaction.
   */
  public void report(
      ClinicId clinic, ConnectionId id, ConnectionState state, @Nullable String code) {
    entities.inClinic(clinic, () -> managed(id).moveTo(state, code, clock.instant()));
  }

  /** A person signed in at the EMR: what waited for it goes on. */
  public void signedIn(ClinicId clinic, ConnectionId id) {
    entities.inClinic(
        clinic,
        () -> {
          Connection connection = managed(id);
          connection.moveTo(
              connection.quietUntilLoaded()
                  ? ConnectionState.CONNECTING
                  : ConnectionState.CATCHING_UP,
              null,
              clock.instant());
        });
    events.publishEvent(new ConnectionChanged(clinic, id));
  }

  /** Keeps a clinic's signed authorisation of this connection [D10]. */
  public void authorise(ClinicId clinic, ConnectionId id, Authorisation signed) {
    tenancy.inClinic(
        clinic,
        () -> {
          jdbc.sql(
                  "INSERT INTO clinics_authorisations (tenant_id, connection_id, id, signed_by, signed_on, wording, recorded_at)"
                      + " VALUES (?, ?, ?, ?, ?, ?, ?)")
              .params(
                  clinic.value(),
                  id.value(),
                  UUID.randomUUID(),
                  signed.signedBy(),
                  signed.signedOn(),
                  Authorisation.WORDING,
                  clock.instant().atOffset(ZoneOffset.UTC))
              .update();
        });
  }

  /** Ends the quiet first load [TR-4]. Joins an open transaction. */
  public void loaded(ClinicId clinic, ConnectionId id) {
    entities.inClinic(clinic, () -> managed(id).loaded());
  }

  /** Every connection of every clinic that wants a scheduled job. */
  public List<Key> toSchedule() {
    return crossTenant.list(
        Sweep.CONNECTIONS_TO_SCHEDULE,
        "SELECT tenant_id, id, emr FROM clinics_connections WHERE NOT paused AND state <> 'REVOKED'",
        Map.of(),
        (row, number) ->
            new Key(
                new ClinicId(row.getObject("tenant_id", UUID.class)),
                new ConnectionId(row.getObject("id", UUID.class)),
                row.getString("emr")));
  }

  /** A connection whose session may have to be kept alive. */
  public record Kept(ClinicId clinic, ConnectionId connection, String emr, String way) {}

  /**
   * Connections that may have a session worth keeping, paused ones too: a pause must not end a
   * grant. Left out are those whose session only a person or fresh credentials can bring back.
   */
  public List<Kept> toKeep() {
    return crossTenant.list(
        Sweep.SESSIONS_TO_KEEP,
        "SELECT tenant_id, id, emr, way FROM clinics_connections WHERE state <> 'REVOKED' AND NOT"
            + " (state = 'ACTION_NEEDED' AND coalesce(state_code, '') IN ('sign_in_needed', 'emr_person_needed', 'emr_credentials_rejected'))",
        Map.of(),
        (row, number) ->
            new Kept(
                new ClinicId(row.getObject("tenant_id", UUID.class)),
                new ConnectionId(row.getObject("id", UUID.class)),
                row.getString("emr"),
                row.getString("way")));
  }

  private Connection managed(ConnectionId id) {
    return connections.findById(id.value()).orElseThrow(() -> gone(id));
  }

  private static IllegalStateException gone(ConnectionId id) {
    return new IllegalStateException("Connection " + id + " is gone");
  }

  private URI base(EmrConnector connector, AccessWay way, NewConnection wanted, Credentials given) {
    URI sandbox = wanted.base();
    if (sandbox != null) {
      return knownHosts.sandbox(sandbox);
    }
    return connector.base(way, given);
  }
}
