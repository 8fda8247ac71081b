package io.clinicsync.tenancy;

import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction may touch.
 *
 * @param readable clinics whose rows can be read
 * @param writable the one clinic whose rows can be written; null for none
 * @param organisation whose own rows can be read and written; null for none
 */
record TenantScope(
    Set<ClinicId> readable, @Nullable ClinicId writable, @Nullable OrganisationId organisation) {

  /** Reaches no row at all; for resolver functions only. */
  static final TenantScope NONE = new TenantScope(Set.of(), null, null);

  TenantScope {
    readable = Set.copyOf(readable);
  }

  static TenantScope of(ClinicId clinic) {
    return new TenantScope(Set.of(clinic), clinic, null);
  }

  /** The readable clinics as the text of a uuid array; empty text when there are none. */
  String readableAsArray() {
    return readable.isEmpty()
        ? ""
        : readable.stream()
            .map(ClinicId::toString)
            .sorted()
            .collect(Collectors.joining(",", "{", "}"));
  }
}
