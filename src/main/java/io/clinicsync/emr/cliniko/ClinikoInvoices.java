package io.clinicsync.emr.cliniko;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.InvoiceSource;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Invoices. Cliniko has no payments; an invoice only tells that it was settled.
 *
 * @see <a href="https://docs.api.cliniko.com/openapi/invoice">Invoice</a>
 */
final class ClinikoInvoices implements InvoiceSource {

  private static final List<String> HIDDEN = List.of("archived_at", "deleted_at");

  private final ClinikoApi api;
  private final ClinikoWalk walk;

  ClinikoInvoices(ClinikoApi api) {
    this.api = api;
    this.walk = new ClinikoWalk(api);
  }

  @Override
  public SourceFacts facts() {
    return ClinikoConnector.BY_CHANGE;
  }

  @Override
  public Page<Invoice> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    Instant since = ClinikoConnector.since(window);
    ClinikoPlace place = cursor == null ? ClinikoPlace.start("v") : ClinikoPlace.of(cursor);
    var listing =
        new ClinikoWalk.Listing("/invoices", "invoices", "updated_at", since, null, HIDDEN);
    ClinikoWalk.Step step = walk.step(account, listing, place);
    ClinikoHarvest<Invoice> harvest = new ClinikoHarvest<>(RecordKind.INVOICE, "invoices");
    String currency = account.currency();
    step.fresh().forEach(row -> harvest.take(row, "", () -> ClinikoMapper.invoice(row, currency)));
    return harvest.page(step, step.next());
  }

  @Override
  public Optional<Invoice> get(EmrAccount account, EmrRef ref) {
    return ClinikoConnector.number(ref, "")
        .flatMap(
            id ->
                api.find(
                    account,
                    "cliniko.invoices.get",
                    "/invoices/" + id,
                    ClinikoQuery.single().including(HIDDEN)))
        .map(
            found ->
                ClinikoConnector.readable(
                    found.entry(), row -> ClinikoMapper.invoice(row, account.currency())));
  }
}
