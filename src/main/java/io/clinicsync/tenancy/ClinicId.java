package io.clinicsync.tenancy;

import java.util.UUID;

/** Names a clinic, which is the tenant: the {@code tenant_id} of every tenant-owned row. */
public record ClinicId(UUID value) {

  public static ClinicId create() {
    return new ClinicId(UUID.randomUUID());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
