package io.clinicsync.tenancy;

import java.util.UUID;

/** Names an organisation: who pays, an agency or one clinic's owner. */
public record OrganisationId(UUID value) {

  public static OrganisationId create() {
    return new OrganisationId(UUID.randomUUID());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
