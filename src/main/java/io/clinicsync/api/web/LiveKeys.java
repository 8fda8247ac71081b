package io.clinicsync.api.web;

import io.clinicsync.access.ApiKeys;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.vault.Owner;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Whether a key that began something at another's page may still finish it. */
@Component
class LiveKeys {

  private final ApiKeys keys;
  private final Clinics clinics;

  LiveKeys(ApiKeys keys, Clinics clinics) {
    this.keys = keys;
    this.clinics = clinics;
  }

  /**
   * Whoever lost the key meanwhile must not connect anything with it.
   *
   * @param ofOrganisation whether it is a key of the clinic's organisation
   */
  boolean isLive(ClinicId clinic, UUID key, boolean ofOrganisation) {
    Owner owner =
        ofOrganisation ? Owner.of(clinics.require(clinic).organisation()) : Owner.of(clinic);
    return keys.of(owner).stream().anyMatch(each -> each.id().equals(key) && each.live());
  }
}
