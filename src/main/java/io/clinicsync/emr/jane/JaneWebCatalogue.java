package io.clinicsync.emr.jane;

import io.clinicsync.canonical.Catalogue;
import io.clinicsync.emr.spi.CatalogueSource;
import io.clinicsync.emr.spi.EmrAccount;

/** Staff, treatments, locations and disciplines as the clinic's own pages read them. */
final class JaneWebCatalogue implements CatalogueSource {

  static final String LOCATIONS = "/api/v2/locations";

  private final JaneWeb web;

  JaneWebCatalogue(JaneWeb web) {
    this.web = web;
  }

  @Override
  public Catalogue read(EmrAccount account) {
    return new JaneCatalogue(account.currency(), "all_treatment_ids")
        .of(
            web.all(account, "jane.web.staff", "/admin/api/v2/staff_members", "staff_members"),
            web.all(account, "jane.web.treatments", "/admin/api/v2/treatments", "treatments"),
            web.all(account, "jane.web.locations", LOCATIONS, "locations"),
            web.all(account, "jane.web.disciplines", "/api/v2/disciplines", "disciplines"));
  }
}
