package io.clinicsync.emr.promptemr;

import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.CatalogueSource;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.ImportedRows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Who treats what where, as far as visits name it. Prompt's reports know providers, kinds of visits
 * and facilities by name only, so a name is the id.
 */
final class PromptEmrCatalogue implements CatalogueSource {

  private final ImportedRows imported;

  PromptEmrCatalogue(ImportedRows imported) {
    this.imported = imported;
  }

  @Override
  public Catalogue read(EmrAccount account) {
    Set<Map<RecordKind, String>> named = imported.named(account);
    return new Catalogue(
        each(
            named,
            RecordKind.PRACTITIONER,
            name ->
                new Catalogue.Practitioner(
                    EmrRef.of(RecordKind.PRACTITIONER, name), name, null, true, false)),
        each(
            named,
            RecordKind.TREATMENT,
            name ->
                new Catalogue.Treatment(
                    EmrRef.of(RecordKind.TREATMENT, name),
                    name,
                    null,
                    null,
                    null,
                    1,
                    null,
                    true,
                    false)),
        each(
            named,
            RecordKind.SITE,
            name ->
                new Catalogue.Site(
                    EmrRef.of(RecordKind.SITE, name), name, null, null, null, true, false)),
        List.of(),
        offerings(named));
  }

  private static <T> List<T> each(
      Set<Map<RecordKind, String>> named, RecordKind kind, Function<String, T> entry) {
    Set<String> names = new TreeSet<>();
    for (Map<RecordKind, String> each : named) {
      String name = each.get(kind);
      if (name != null) {
        names.add(name);
      }
    }
    return names.stream().map(entry).toList();
  }

  private static List<Catalogue.Offering> offerings(Set<Map<RecordKind, String>> named) {
    Map<String, Catalogue.Offering> offerings = new LinkedHashMap<>();
    for (Map<RecordKind, String> each : named) {
      String site = each.get(RecordKind.SITE);
      String treatment = each.get(RecordKind.TREATMENT);
      String practitioner = each.get(RecordKind.PRACTITIONER);
      if (site != null && treatment != null && practitioner != null) {
        offerings.put(
            String.join("\n", site, treatment, practitioner),
            new Catalogue.Offering(
                EmrRef.of(RecordKind.SITE, site),
                EmrRef.of(RecordKind.TREATMENT, treatment),
                EmrRef.of(RecordKind.PRACTITIONER, practitioner)));
      }
    }
    return offerings.keySet().stream()
        .sorted()
        .map(offerings::get)
        .map(java.util.Objects::requireNonNull)
        .collect(java.util.stream.Collectors.toCollection(ArrayList::new));
  }
}
