package io.clinicsync.emr.promptemr;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.InvoiceSource;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Charges, each line an invoice with what was paid of it. A line does not say when it was paid, so
 * there are no payments of their own.
 */
final class PromptEmrCharges implements InvoiceSource {

  private final PromptEmrRows rows;

  PromptEmrCharges(PromptEmrRows rows) {
    this.rows = rows;
  }

  @Override
  public SourceFacts facts() {
    return PromptEmrRows.FACTS;
  }

  @Override
  public Page<Invoice> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    return rows.page(
        account,
        RecordKind.INVOICE,
        window,
        cursor,
        (row, entry) -> PromptEmrMapper.charge(row, entry, account));
  }

  @Override
  public Optional<Invoice> get(EmrAccount account, EmrRef ref) {
    return rows.get(account, ref, (row, entry) -> PromptEmrMapper.charge(row, entry, account));
  }
}
