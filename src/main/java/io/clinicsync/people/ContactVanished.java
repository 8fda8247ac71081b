package io.clinicsync.people;

import io.clinicsync.tenancy.ClinicId;
import java.util.List;

/**
 * A contact is no more in the CRM, and its patients have none. Published within the transaction
 * that stores it.
 *
 * @param patients who was linked to it; not empty
 */
public record ContactVanished(ClinicId clinic, List<Links.Share> patients) {

  public ContactVanished {
    patients = List.copyOf(patients);
  }
}
