package io.clinicsync.compat.web;

import io.clinicsync.booking.BookingRequests.Asked;
import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.ConnectionState;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.Entitlements;
import io.clinicsync.tenancy.Caller;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.KeyScope;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/** Who calls, and which connection that means: the key's own, and no other. */
@Component
class RouteCallers {

  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  private final Connections connections;
  private final Entitlements entitlements;

  RouteCallers(Connections connections, Entitlements entitlements) {
    this.connections = connections;
    this.entitlements = entitlements;
  }

  /**
   * The key's connection.
   *
   * @param emrs whose route it is
   */
  Connection connection(Set<String> emrs) {
    Caller caller = caller();
    ClinicId clinic = caller.clinic();
    ConnectionId only = caller.connection();
    if (clinic == null || only == null) {
      throw RouteRefused.forbidden(
          "This key is not bound to one connection.",
          "Issue a key with a connection and the scope book, and use that.");
    }
    if (!caller.may(KeyScope.BOOK)) {
      throw RouteRefused.forbidden(
          "This key may not book.", "Issue a key with the scope book, and use that.");
    }
    Connection connection =
        connections
            .find(clinic, only)
            .filter(each -> each.state() != ConnectionState.REVOKED)
            .orElseThrow(RouteRefused::unauthorised);
    if (!emrs.contains(connection.emr())) {
      throw RouteRefused.forbidden(
          "This key's connection is of another EMR than this route.",
          "Use the route of the key's EMR, or a key of this route's EMR.");
    }
    if (caller.may(KeyScope.AGENT)
        && !entitlements.allows(clinic, connection.id(), Entitlements.Feature.RECEPTIONIST)) {
      throw RouteRefused.forbidden(
          "This connection is not enabled for voice and chat agents.",
          "Enable them with PUT …/connections/{connectionId}/entitlements/receptionist.");
    }
    return connection;
  }

  private static Caller caller() {
    Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
    if (authentication == null || !(authentication.getPrincipal() instanceof Caller caller)) {
      throw RouteRefused.unauthorised();
    }
    return caller;
  }

  /** Under which key the call is known again. */
  Asked asked(HttpServletRequest request) {
    String key = request.getHeader(IDEMPOTENCY_KEY);
    if (key != null && !key.matches("[\\x21-\\x7e]{1,200}")) {
      throw RouteRefused.fields(
          400,
          List.of(IDEMPOTENCY_KEY),
          "The header Idempotency-Key must be 1 to 200 visible ASCII characters.");
    }
    Caller caller = caller();
    return new Asked(caller.keyId(), key, caller.may(KeyScope.AGENT));
  }
}
