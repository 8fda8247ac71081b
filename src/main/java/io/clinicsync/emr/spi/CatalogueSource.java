package io.clinicsync.emr.spi;

import io.clinicsync.canonical.Catalogue;

/** Reads who offers what where, in one go. */
public non-sealed interface CatalogueSource extends Capability {

  Catalogue read(EmrAccount account);
}
