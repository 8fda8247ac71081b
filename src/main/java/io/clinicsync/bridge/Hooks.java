package io.clinicsync.bridge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.clinicsync.bridge.BridgedRows.Told;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.Entitlements;
import io.clinicsync.clinics.Entitlements.Feature;
import io.clinicsync.clinics.GhlAccounts;
import io.clinicsync.ghl.GhlAccount;
import io.clinicsync.ghl.GhlApi;
import io.clinicsync.ghl.GhlEvent;
import io.clinicsync.ghl.GhlException;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.SecretAddresses.Addressee;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * What a workflow of GoHighLevel calls without a key. Its body is believed in nothing but the ids
 * it names: the appointment is read again from GoHighLevel with the clinic's own token, and only
 * what stands there is acted on.
 */
@Component
public class Hooks {

  private static final Logger log = LoggerFactory.getLogger(Hooks.class);
  private static final String GHL_ID = "[A-Za-z0-9_-]{1,64}";

  /** One answer for whatever is not there, not theirs or not so. */
  private static final HookAnswer NOT_CONFIRMED =
      HookAnswer.refused(
          404, "not_confirmed", "GoHighLevel shows no such appointment of this clinic.");

  private static final HookAnswer LATER =
      HookAnswer.refused(
          500, "in_progress", "This appointment is being worked on; nothing is lost.");

  private final HookAddresses addresses;
  private final HookConnections hookConnections;
  private final HookCalls calls;
  private final HookThrottle throttle;
  private final Connections connections;
  private final Entitlements entitlements;
  private final GhlAccounts accounts;
  private final GhlApi ghl;
  private final BridgedRows rows;
  private final BridgeWork work;

  /** How long a call waits for another one that works on the same appointment. */
  private final Duration patience;

  /** So that a stranger who asks for the same again costs the clinic nothing. */
  private final Cache<String, HookAnswer> refused =
      Caffeine.newBuilder().maximumSize(20_000).expireAfterWrite(Duration.ofSeconds(30)).build();

  Hooks(
      HookAddresses addresses,
      HookConnections hookConnections,
      HookCalls calls,
      HookThrottle throttle,
      Connections connections,
      Entitlements entitlements,
      GhlAccounts accounts,
      GhlApi ghl,
      BridgedRows rows,
      BridgeWork work,
      @Value("${clinicsync.hooks.patience:12s}") Duration patience) {
    this.addresses = addresses;
    this.hookConnections = hookConnections;
    this.calls = calls;
    this.throttle = throttle;
    this.connections = connections;
    this.entitlements = entitlements;
    this.accounts = accounts;
    this.ghl = ghl;
    this.rows = rows;
    this.work = work;
    this.patience = patience;
  }

  /**
   * A call.
   *
   * @param path which of our paths, without its secret
   * @param host the name that was called
   * @param emr the EMR in the path; null when there is none
   */
  public record HookCall(String path, String host, @Nullable String emr, HookBody body) {}

  /** A call that says whose it is by its sub-account. */
  public HookAnswer bare(HookCall call) {
    String location = location(call.body());
    ClinicId clinic = location == null ? null : addresses.clinic(location).orElse(null);
    if (location == null) {
      return HookAnswer.refused(
          400,
          "invalid_request",
          "The body names no location; the workflow action Webhook sends it as location.id.");
    }
    if (clinic == null) {
      return NOT_CONFIRMED;
    }
    return switch (hookConnections.find(clinic, call.host(), call.emr())) {
      case HookConnections.Found.One(Connection connection) -> taken(call, connection);
      case HookConnections.Found.Refused(HookAnswer answer) -> noted(clinic, call, null, answer);
    };
  }

  /** A call to a connection's own address. */
  public HookAnswer addressed(String secret, HookCall call) {
    Addressee addressee = addresses.find(secret).orElse(null);
    if (addressee == null) {
      return HookAnswer.refused(404, "not_found", "There is nothing at this address.");
    }
    Connection connection =
        connections
            .find(addressee.clinic(), addressee.connection())
            .filter(each -> each.state() != ConnectionState.REVOKED)
            .orElse(null);
    if (connection == null) {
      return HookAnswer.refused(404, "not_found", "There is nothing at this address.");
    }
    if (!entitlements.allows(connection.clinic(), connection.id(), Feature.BOOKING)) {
      return noted(
          connection.clinic(),
          call,
          connection.id(),
          HookAnswer.refused(
              403,
              "not_enabled",
              "This connection is not enabled for booking; enable AI booking."));
    }
    return taken(call, connection, false);
  }

  private static @Nullable String location(HookBody body) {
    return body.text("location.id", "locationId", "location_id")
        .filter(id -> id.matches(GHL_ID))
        .orElse(null);
  }

  private HookAnswer taken(HookCall call, Connection connection) {
    return taken(call, connection, true);
  }

  /**
   * Looks into it.
   *
   * @param bare whether anybody may call so
   */
  private HookAnswer taken(HookCall call, Connection connection, boolean bare) {
    HookAnswer answer = worked(call, connection, bare);
    if (answer.status() == 429) {
      // A stranger could write as many rows as they like.
      return answer;
    }
    return noted(connection.clinic(), call, connection.id(), answer);
  }

  private HookAnswer worked(HookCall call, Connection connection, boolean bare) {
    String id = appointment(call.body());
    if (id == null) {
      return HookAnswer.refused(
          400,
          "invalid_request",
          "The body names no appointment; start the workflow by an appointment trigger, which sends"
              + " calendar.appointmentId.");
    }
    String cached = connection.id() + "|" + id;
    HookAnswer before = refused.getIfPresent(cached);
    if (bare && !throttle.admits(connection.clinic())) {
      return HookAnswer.refused(
          429, "rate_limited", "Too many calls for this location; try again in a minute.");
    }
    if (before != null) {
      if (bare) {
        throttle.count(connection.clinic());
      }
      return before;
    }
    HookAnswer answer = confirmed(call, connection, id);
    if (answer.equals(NOT_CONFIRMED)) {
      refused.put(cached, answer);
      if (bare) {
        throttle.count(connection.clinic());
      }
    }
    return answer;
  }

  private static @Nullable String appointment(HookBody body) {
    return body.text(
            "calendar.appointmentId",
            "appointmentId",
            "appointment_id",
            "customData.appointmentId",
            "appointment.id")
        .filter(id -> id.matches(GHL_ID))
        .orElse(null);
  }

  private HookAnswer confirmed(HookCall call, Connection connection, String id) {
    GhlAccount account = accounts.find(connection.clinic()).orElse(null);
    String named = location(call.body());
    if (account == null || (named != null && !named.equals(account.locationId()))) {
      return NOT_CONFIRMED;
    }
    Optional<GhlEvent> event;
    try {
      event = ghl.appointment(account.urgent(true), id);
    } catch (GhlException away) {
      log.warn("an appointment could not be read from GoHighLevel: {}", away.kind());
      return HookAnswer.refused(
          500, "ghl_unavailable", "GoHighLevel does not show the appointment now; try again.");
    }
    // What this sub-account never showed is not known to be removed.
    if (event.isEmpty()
        && rows.find(connection.clinic(), connection.id(), id)
            .filter(row -> row.isOf(account))
            .isEmpty()) {
      return NOT_CONFIRMED;
    }
    return told(connection, id, Shown.of(account, event), Choice.of(call.body()));
  }

  private HookAnswer told(Connection connection, String id, Shown shown, Choice choice) {
    return switch (rows.tell(connection, id, shown, choice)) {
      case Told.Ours(Bridged row) -> work.work(connection, row);
      case Told.Before(Bridged row) -> before(row);
      case Told.Theirs() -> NOT_CONFIRMED;
      case Told.Elsewhere() -> joined(connection, id, shown.state());
    };
  }

  /** The answer that was given when this state was acted on. */
  private static HookAnswer before(Bridged row) {
    String code = row.code();
    return new HookAnswer(
        row.stage() == Bridged.Stage.DONE && isGood(code) ? 200 : 422,
        Objects.requireNonNullElse(code, "nothing_to_do"),
        Objects.requireNonNullElse(row.says(), "This was acted on before."),
        row.appointment(),
        row.alternatives());
  }

  private static boolean isGood(@Nullable String code) {
    return code == null
        || code.equals("booked")
        || code.equals("rescheduled")
        || code.equals("cancelled")
        || code.equals("already_booked")
        || code.equals("nothing_to_do");
  }

  /** Waits a little for whoever works on it. */
  private HookAnswer joined(Connection connection, String id, String state) {
    long end = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      Bridged row = rows.find(connection.clinic(), connection.id(), id).orElse(null);
      if (row == null) {
        return LATER;
      }
      // A refusal leaves another state behind; what was done is the answer only to the state asked.
      boolean answers = row.ghlState().equals(state) || !isGood(row.code());
      if (row.stage() != Bridged.Stage.OPEN && answers) {
        return before(row);
      }
    }
    return LATER;
  }

  private HookAnswer noted(
      ClinicId clinic, HookCall call, @Nullable ConnectionId connection, HookAnswer answer) {
    String id = appointment(call.body());
    calls.add(clinic, call.path(), connection, id, answer.code());
    return answer;
  }
}
