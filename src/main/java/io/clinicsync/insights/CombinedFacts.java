package io.clinicsync.insights;

import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.Money;
import io.clinicsync.canonical.RecordKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Facts of one person who is a patient in several EMRs: appointments and packages of all of them
 * together, money as the sum of each EMR's own, and person, consent and extras as the leading EMR
 * has them. A pure function, like {@link PatientFacts}.
 */
final class CombinedFacts {

  private static final Set<FactPath> IDS =
      Set.of(FactPath.UPCOMING_ID, FactPath.LAST_ID, FactPath.CURRENT_ID);
  private static final String MONEY = "money.";
  private static final String INVOICE = "lastInvoice.";

  private CombinedFacts() {}

  /**
   * One EMR's share.
   *
   * @param settings with that EMR's basis of money
   */
  record Part(PatientRecords records, Catalogue catalogue, FactSettings settings) {}

  /**
   * The facts of all parts together.
   *
   * @param parts at least one; the first leads
   */
  static Facts of(List<Part> parts, Instant now) {
    Part leader = parts.getFirst();
    Union union = new Union();
    parts.forEach(part -> union.add(part.records(), part.catalogue()));
    Facts together =
        PatientFacts.of(
            union.records(leader.records(), leader.records().asOf()),
            union.names(),
            now,
            leader.settings().with(FactSettings.MoneyBasis.NONE));
    SortedMap<String, FactValue> values = new TreeMap<>(together.values());
    for (FactPath path : IDS) {
      if (values.get(path.path()) instanceof FactValue.Text(String id)) {
        values.put(path.path(), new FactValue.Text(union.original(RecordKind.APPOINTMENT, id)));
      }
    }
    List<Facts> own =
        parts.stream()
            .map(
                part ->
                    PatientFacts.of(
                        part.records(), CatalogueNames.of(part.catalogue()), now, part.settings()))
            .toList();
    money(values, own);
    newestInvoice(values, own);
    return new Facts(values, together.dueAt());
  }

  /** What one EMR does not know is left to the others; two currencies are not added up. */
  private static void money(SortedMap<String, FactValue> values, List<Facts> own) {
    for (Facts facts : own) {
      facts
          .values()
          .forEach(
              (path, value) -> {
                if (path.startsWith(MONEY) && value instanceof FactValue.Amount amount) {
                  values.merge(path, amount, CombinedFacts::sum);
                }
              });
    }
  }

  private static FactValue sum(FactValue one, FactValue other) {
    Money first = ((FactValue.Amount) one).money();
    Money second = ((FactValue.Amount) other).money();
    return first.currency().equals(second.currency())
        ? new FactValue.Amount(first.plus(second))
        : one;
  }

  private static void newestInvoice(SortedMap<String, FactValue> values, List<Facts> own) {
    Facts newest = null;
    for (Facts facts : own) {
      if (newest == null || issued(facts).compareTo(issued(newest)) > 0) {
        newest = facts;
      }
    }
    if (newest != null) {
      Map<String, FactValue> from = newest.values();
      from.forEach(
          (path, value) -> {
            if (path.startsWith(INVOICE)) {
              values.put(path, value);
            }
          });
    }
  }

  private static String issued(Facts facts) {
    return facts.find(FactPath.LAST_INVOICE_ISSUED_ON).map(FactValue::canonical).orElse("");
  }
}
