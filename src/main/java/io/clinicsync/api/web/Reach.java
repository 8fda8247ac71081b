package io.clinicsync.api.web;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Connection;
import io.clinicsync.tenancy.Caller;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.tenancy.OrganisationId;
import io.clinicsync.vault.Owner;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a request is about, once it is certain that its key reaches it.
 *
 * @param of the clinic; null when an organisation speaks for itself
 * @param named the connection named in the path; null when none is
 */
record Reach(Caller caller, @Nullable ClinicId of, @Nullable Connection named) {

  ClinicId clinic() {
    if (of == null) {
      throw new IllegalStateException("The endpoint is not about a clinic");
    }
    return of;
  }

  Connection connection() {
    if (named == null) {
      throw new IllegalStateException("The path names no connection");
    }
    return named;
  }

  /** Whose keys are meant. */
  Owner owner() {
    OrganisationId organisation = caller.organisation();
    return of != null || organisation == null ? Owner.of(clinic()) : Owner.of(organisation);
  }

  /** The key whose bookings it sees only; null for one that sees everybody's. */
  @Nullable UUID onlyOwn() {
    return isAgent() ? caller.keyId() : null;
  }

  /** Whether the key speaks for a voice or chat agent. */
  boolean isAgent() {
    return caller.may(KeyScope.AGENT);
  }

  /** Whether the key may see this connection. */
  boolean sees(ConnectionId connection) {
    ConnectionId only = caller.connection();
    return only == null || only.equals(connection);
  }
}
