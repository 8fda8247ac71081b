package io.clinicsync.booking;

import io.clinicsync.canonical.Catalogue;
import io.clinicsync.canonical.EmrRef;
import java.util.Optional;
import java.util.function.Supplier;

/** Who and what of a catalogue is meant by an id, an e-mail or an exact name, as in bookings. */
public final class CatalogueNames {

  private CatalogueNames() {}

  /**
   * The one practitioner that is meant; empty when nobody or more than one is. By id also somebody
   * who has left: what stands in their diary still does.
   */
  public static Optional<EmrRef> practitioner(Catalogue catalogue, String wanted) {
    return catalogue.practitioners().stream()
        .map(Catalogue.Practitioner::ref)
        .filter(each -> each.id().value().equals(wanted.strip()))
        .findFirst()
        .or(() -> one(() -> new References(catalogue).practitioner(wanted).ref()));
  }

  /** The one treatment that is meant; empty when none or more than one is. */
  public static Optional<EmrRef> treatment(Catalogue catalogue, String wanted) {
    return one(() -> new References(catalogue).treatment(wanted, null, null, null, null).ref());
  }

  private static Optional<EmrRef> one(Supplier<EmrRef> sought) {
    try {
      return Optional.of(sought.get());
    } catch (Stopped notOne) {
      return Optional.empty();
    }
  }
}
