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
    return ClinikoConnector.BY_CHANGE_AND_PATIENT;
  }

  @Override
  public Page<Invoice> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    ClinikoPlace place = cursor == null ? ClinikoPlace.start("v") : ClinikoPlace.of(cursor);
    ClinikoWalk.Step step = walk.step(account, listing(window), place);
    ClinikoHarvest<Invoice> harvest = new ClinikoHarvest<>(RecordKind.INVOICE, "invoices");
    String currency = account.currency();
    step.fresh().forEach(row -> harvest.take(row, "", () -> ClinikoMapper.invoice(row, currency)));
    return harvest.page(step, step.next());
  }

  private static ClinikoWalk.Listing listing(ReadWindow window) {
    return switch (window) {
      case ReadWindow.ChangedSince(Instant since) -> listing(since, null);
      case ReadWindow.Everything() -> listing(null, null);
      case ReadWindow.OfPatients(List<EmrRef> patients) ->
          listing(null, ClinikoConnector.ofPatients(patients));
      case ReadWindow.NotByPatient() -> listing(null, ClinikoConnector.OF_NO_PATIENT);
      case ReadWindow.StartingIn starting -> throw ClinikoConnector.notOffered();
    };
  }

  private static ClinikoWalk.Listing listing(@Nullable Instant since, @Nullable String only) {
    return new ClinikoWalk.Listing(
        "/invoices", "invoices", "updated_at", since, null, HIDDEN, only);
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
