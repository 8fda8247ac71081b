package io.clinicsync.emr.jane;

import io.clinicsync.canonical.Catalogue;
import io.clinicsync.emr.spi.CatalogueSource;
import io.clinicsync.emr.spi.EmrAccount;

/** Staff, treatments, locations and disciplines of the Developer Platform; four short lists. */
final class JaneApiCatalogue implements CatalogueSource {

  private final JaneApi api;

  JaneApiCatalogue(JaneApi api) {
    this.api = api;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://developers.jane.app">GET /staff_members, /treatments, /locations</a>
   */
  @Override
  public Catalogue read(EmrAccount account) {
    return new JaneCatalogue(account.currency(), "treatment_ids")
        .of(
            api.all(account, "staff_members"),
            api.all(account, "treatments"),
            api.all(account, "locations"),
            api.all(account, "disciplines"));
  }
}
