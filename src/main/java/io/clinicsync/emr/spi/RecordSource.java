package io.clinicsync.emr.spi;

import io.clinicsync.canonical.EmrRecord;
import io.clinicsync.canonical.EmrRef;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads one kind of record, page by page. Called by {@code sync}. */
public sealed interface RecordSource<T extends EmrRecord> extends Capability
    permits PatientSource, AppointmentSource, InvoiceSource, PaymentSource, PurchaseSource {

  /** How this source can be read; constant for the account. */
  SourceFacts facts();

  /**
   * Reads the next page of a window. Repeating a call with the same cursor is safe and may give
   * other records if the EMR changed in between; records may come twice, none may be missed.
   * Removed and cancelled records are included.
   *
   * @param cursor null for the first page, else the {@code next} of the page before, as it was
   *     stored
   * @throws EmrException any failure fails the page as a whole [R6]
   */
  Page<T> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor);

  /**
   * Reads one record as it stands now, removed or not; empty when the EMR has no such record (any
   * more).
   */
  Optional<T> get(EmrAccount account, EmrRef ref);
}
