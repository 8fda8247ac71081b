package io.clinicsync.tenancy;

import io.clinicsync.canonical.ConnectionId;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, and what for. Filled by {@code access} for each request.
 *
 * @param keyId the key it came with
 * @param organisation set for an organisation's key; null for a clinic's key
 * @param clinic set for a clinic's key; null for an organisation's key
 * @param connection the one connection the key is bound to; null when it reaches all of the
 *     clinic's
 */
public record Caller(
    UUID keyId,
    @Nullable OrganisationId organisation,
    @Nullable ClinicId clinic,
    @Nullable ConnectionId connection,
    Set<KeyScope> scopes) {

  public Caller {
    scopes = Set.copyOf(scopes);
    if ((organisation == null) == (clinic == null)) {
      throw new IllegalArgumentException("A caller belongs to an organisation or to a clinic");
    }
  }

  public boolean may(KeyScope scope) {
    return scopes.contains(scope);
  }
}
