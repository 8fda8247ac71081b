package io.clinicsync.vault;

import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.OrganisationId;

/** Whose secret it is; each owner has a keyset of its own [R44]. */
public sealed interface Owner {

  /** A clinic. */
  record OfClinic(ClinicId id) implements Owner {}

  /** An organisation. */
  record OfOrganisation(OrganisationId id) implements Owner {}

  static Owner of(ClinicId id) {
    return new OfClinic(id);
  }

  static Owner of(OrganisationId id) {
    return new OfOrganisation(id);
  }

  /** Text that names the owner within associated data. */
  default String label() {
    return switch (this) {
      case OfClinic(ClinicId id) -> "clinic:" + id;
      case OfOrganisation(OrganisationId id) -> "organisation:" + id;
    };
  }
}
