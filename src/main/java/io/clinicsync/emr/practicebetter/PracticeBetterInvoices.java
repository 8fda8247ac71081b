package io.clinicsync.emr.practicebetter;

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
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Invoices, by their date; what was paid of one is on it. */
final class PracticeBetterInvoices implements InvoiceSource {

  private static final String LIST = "practicebetter.invoices.list";
  private static final String PATH = "/consultant/payments/invoices";
  private static final SourceFacts FACTS =
      new SourceFacts(
          false,
          true,
          SourceFacts.Deletions.SWEEP,
          Duration.ofMinutes(10),
          PracticeBetterApi.PER_PAGE,
          // A day ahead, since an invoice of today may be dated by another zone's calendar.
          new SourceFacts.Near(Duration.ofDays(30), Duration.ofDays(1), Duration.ofHours(24)));

  private final PracticeBetterApi api;

  PracticeBetterInvoices(PracticeBetterApi api) {
    this.api = api;
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://api-docs.practicebetter.io">GET /consultant/payments/invoices</a>
   */
  @Override
  public Page<Invoice> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    PracticeBetterQuery query = new PracticeBetterQuery();
    switch (window) {
      case ReadWindow.StartingIn(var range) ->
          query.at("invoicedate_gte", range.from()).at("invoicedate_lte", range.to());
      case ReadWindow.Everything() -> {}
      case ReadWindow.ChangedSince other -> throw PracticeBetterConnector.unread(other);
      case ReadWindow.OfPatients other -> throw PracticeBetterConnector.unread(other);
      case ReadWindow.NotByPatient other -> throw PracticeBetterConnector.unread(other);
    }
    PracticeBetterApi.Listed page =
        api.list(account, LIST, PATH, query, PracticeBetterApi.PER_PAGE, cursor);
    Harvest<Invoice> harvest = new Harvest<>(RecordKind.INVOICE, LIST);
    for (Entry entry : page.entries()) {
      String id = entry.json().path("id").asText("");
      harvest.take(entry, id.isEmpty() ? null : id, () -> invoice(account, entry));
    }
    return harvest.page(page.next(), page.changedUpTo(), page.vendorNow());
  }

  private static Invoice invoice(EmrAccount account, Entry entry) {
    return PracticeBetterMapper.invoice(entry, account.currency(), account.zone());
  }

  @Override
  public Optional<Invoice> get(EmrAccount account, EmrRef ref) {
    return PracticeBetterApi.id(ref.id().value())
        .flatMap(id -> api.find(account, "practicebetter.invoices.get", PATH + "/" + id))
        .map(entry -> PracticeBetterConnector.readable(entry, each -> invoice(account, each)));
  }
}
