package io.clinicsync.clinics;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.tenancy.ClinicId;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One EMR account of a clinic. */
@Entity
@Table(name = "clinics_connections")
public class Connection {

  @Id private UUID id;

  @Column(name = "tenant_id", updatable = false)
  private UUID tenantId;

  @Column(updatable = false)
  private String emr;

  private String way;
  private String name;

  @Column(name = "base_uri")
  private String baseUri;

  private String zone;
  private String currency;

  @Column(name = "emr_account_id")
  private @Nullable String emrAccountId;

  @Enumerated(EnumType.STRING)
  private ConnectionState state;

  @Column(name = "state_code")
  private @Nullable String stateCode;

  @Column(name = "state_since")
  private Instant stateSince;

  private boolean paused;

  @Column(name = "quiet_until_loaded")
  private boolean quietUntilLoaded;

  @Column(name = "created_at", updatable = false)
  private Instant createdAt;

  @Version private long version;

  /** The state code of a connection that waits for {@link #awaitsSignIn a sign-in}. */
  public static final String SIGN_IN_NEEDED = "sign_in_needed";

  @SuppressWarnings("NullAway.Init") // Hibernate fills the fields
  protected Connection() {}

  Connection(
      ConnectionId id,
      ClinicId clinic,
      String emr,
      String way,
      String name,
      URI base,
      ZoneId zone,
      String currency,
      @Nullable String emrAccountId,
      Instant createdAt) {
    this.id = id.value();
    this.tenantId = clinic.value();
    this.emr = emr;
    this.way = way;
    this.name = name;
    this.baseUri = base.toString();
    this.zone = zone.getId();
    this.currency = currency;
    this.emrAccountId = emrAccountId;
    this.state = ConnectionState.CONNECTING;
    this.stateSince = createdAt;
    this.quietUntilLoaded = true;
    this.createdAt = createdAt;
  }

  /** One as it is stored, for reading only. */
  static Connection stored(ResultSet row) throws SQLException {
    Connection stored = new Connection();
    stored.id = row.getObject("id", UUID.class);
    stored.tenantId = row.getObject("tenant_id", UUID.class);
    stored.emr = row.getString("emr");
    stored.way = row.getString("way");
    stored.name = row.getString("name");
    stored.baseUri = row.getString("base_uri");
    stored.zone = row.getString("zone");
    stored.currency = row.getString("currency");
    stored.emrAccountId = row.getString("emr_account_id");
    stored.state = ConnectionState.valueOf(row.getString("state"));
    stored.stateCode = row.getString("state_code");
    stored.stateSince = row.getObject("state_since", OffsetDateTime.class).toInstant();
    stored.paused = row.getBoolean("paused");
    stored.quietUntilLoaded = row.getBoolean("quiet_until_loaded");
    stored.createdAt = row.getObject("created_at", OffsetDateTime.class).toInstant();
    return stored;
  }

  public ConnectionId id() {
    return new ConnectionId(id);
  }

  public ClinicId clinic() {
    return new ClinicId(tenantId);
  }

  /** The connector's id, for example {@code cliniko}. */
  public String emr() {
    return emr;
  }

  public String way() {
    return way;
  }

  public String name() {
    return name;
  }

  public URI base() {
    return URI.create(baseUri);
  }

  public ZoneId zone() {
    return ZoneId.of(zone);
  }

  public String currency() {
    return currency;
  }

  /** What names the account in its EMR for good; null while it is not known. */
  public @Nullable String emrAccountId() {
    return emrAccountId;
  }

  public ConnectionState state() {
    return paused ? ConnectionState.PAUSED : state;
  }

  /** Stable code of what is wrong [ER-3]; null when nothing is. */
  public @Nullable String stateCode() {
    return stateCode;
  }

  public Instant stateSince() {
    return stateSince;
  }

  public boolean paused() {
    return paused;
  }

  /** Whether the first load is still running: data is written, nothing is announced [TR-4]. */
  public boolean quietUntilLoaded() {
    return quietUntilLoaded;
  }

  public Instant createdAt() {
    return createdAt;
  }

  void pause(boolean pause) {
    this.paused = pause;
  }

  /** Nothing but fresh credentials brings a revoked connection back: a run may still be ending. */
  void moveTo(ConnectionState next, @Nullable String code, Instant now) {
    if (state != ConnectionState.REVOKED) {
      set(next, code, now);
    }
  }

  private void set(ConnectionState next, @Nullable String code, Instant now) {
    if (state != next || !java.util.Objects.equals(stateCode, code)) {
      this.state = next;
      this.stateCode = code;
      this.stateSince = now;
    }
  }

  /** Nothing works before somebody allows the access at the EMR's own page. */
  void awaitSignIn(Instant now) {
    set(ConnectionState.ACTION_NEEDED, SIGN_IN_NEEDED, now);
  }

  /** Whether only a person's sign-in at the EMR brings this connection on. */
  public boolean awaitsSignIn() {
    return state == ConnectionState.ACTION_NEEDED && SIGN_IN_NEEDED.equals(stateCode);
  }

  void loaded() {
    this.quietUntilLoaded = false;
  }

  /**
   * Takes fresh credentials.
   *
   * @param account what the EMR says it is; null when it does not say
   * @throws OtherEmrAccount when it is known to be another than before
   */
  void reconnect(String way, URI base, @Nullable String account, Instant now) {
    if (account != null && emrAccountId != null && !account.equals(emrAccountId)) {
      throw new OtherEmrAccount(id());
    }
    if (account != null) {
      this.emrAccountId = account;
    }
    this.way = way;
    this.baseUri = base.toString();
    set(quietUntilLoaded ? ConnectionState.CONNECTING : ConnectionState.CATCHING_UP, null, now);
  }
}
