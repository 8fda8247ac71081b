package io.clinicsync.insights;

import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks up names and zones of a connection's catalogue; built once, used for many patients. */
public final class CatalogueNames {

  private final Map<EmrRef, String> names = new HashMap<>();
  private final Map<EmrRef, ZoneId> zones = new HashMap<>();

  private CatalogueNames() {}

  /** Indexes a catalogue, inactive entries included. */
  public static CatalogueNames of(Catalogue catalogue) {
    CatalogueNames result = new CatalogueNames();
    catalogue.practitioners().forEach(each -> result.names.put(each.ref(), each.name()));
    catalogue.treatments().forEach(each -> result.names.put(each.ref(), each.name()));
    for (Catalogue.Site site : catalogue.sites()) {
      result.names.put(site.ref(), site.name());
      if (site.zone() != null) {
        result.zones.put(site.ref(), site.zone());
      }
    }
    return result;
  }

  @Nullable String name(@Nullable EmrRef ref) {
    return ref == null ? null : names.get(ref);
  }

  ZoneId zone(@Nullable EmrRef site, ZoneId otherwise) {
    return site == null ? otherwise : zones.getOrDefault(site, otherwise);
  }
}
