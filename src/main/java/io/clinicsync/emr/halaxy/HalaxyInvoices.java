package io.clinicsync.emr.halaxy;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.InvoiceSource;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.Harvest;
import io.clinicsync.emr.wire.UnreadableEntry;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Invoices; they say themselves what is paid. Quotes are left out. There is no search by date. What
 * an insurer was billed is found with its patient through the appointment.
 */
final class HalaxyInvoices implements InvoiceSource {

  private static final String TYPE = "Invoice";
  private static final SourceFacts FACTS =
      new SourceFacts(
          true, false, SourceFacts.Deletions.SWEEP, HalaxyConnector.OVERLAP, HalaxyApi.PER_PAGE);

  private final HalaxyApi api;
  private final HalaxyLinks links;

  HalaxyInvoices(HalaxyApi api) {
    this.api = api;
    this.links = new HalaxyLinks(api);
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://developers.halaxy.com/reference/invoice">GET /Invoice</a>
   */
  @Override
  public Page<Invoice> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    HalaxyPlace place = HalaxyPlace.of(cursor);
    HalaxyApi.Listed listed =
        api.page(account, TYPE, HalaxyConnector.byChange(window), place.page());
    List<Entry> bills = listed.matches().stream().filter(HalaxyMapper::isInvoice).toList();
    Map<String, HalaxyLinks.Link> linked = linked(account, bills);
    HalaxyRoles roles =
        bills.stream().anyMatch(each -> each.has("practitioner"))
            ? HalaxyRoles.all(api, account)
            : new HalaxyRoles(List.of());
    Harvest<Invoice> harvest = new Harvest<>(RecordKind.INVOICE, "halaxy.Invoice.list");
    for (Entry entry : bills) {
      String id = HalaxyMapper.id(entry);
      HalaxyLinks.Link link = linked.get(id == null ? "" : id);
      harvest.take(entry, id, () -> HalaxyMapper.invoice(entry, link, roles, account.currency()));
    }
    return harvest.page(place.next(listed), listed.changedUpTo(), listed.vendorNow());
  }

  private Map<String, HalaxyLinks.Link> linked(EmrAccount account, List<Entry> bills) {
    Set<LocalDate> dates = new HashSet<>();
    for (Entry entry : bills) {
      try {
        LocalDate date = entry.date("date");
        if (HalaxyReference.id(entry, "recipient", "Patient") == null && date != null) {
          dates.add(date);
        }
      } catch (UnreadableEntry unreadable) {
        // Rejected when it is mapped.
      }
    }
    return dates.isEmpty() ? Map.of() : links.around(account, dates);
  }

  @Override
  public Optional<Invoice> get(EmrAccount account, EmrRef ref) {
    String id = ref.id().value();
    Entry entry = HalaxyReference.isId(id) ? api.find(account, TYPE, id).orElse(null) : null;
    if (entry == null || !HalaxyMapper.isInvoice(entry)) {
      return Optional.empty();
    }
    HalaxyLinks.Link link = linked(account, List.of(entry)).get(id);
    HalaxyRoles roles =
        HalaxyRoles.one(
            api,
            account,
            HalaxyConnector.readable(
                entry, each -> HalaxyReference.id(each, "practitioner", HalaxyRoles.TYPE)));
    return Optional.of(
        HalaxyConnector.readable(
            entry, each -> HalaxyMapper.invoice(each, link, roles, account.currency())));
  }
}
