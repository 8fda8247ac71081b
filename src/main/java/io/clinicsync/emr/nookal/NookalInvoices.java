package io.clinicsync.emr.nookal;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Money;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.InvoiceSource;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.Harvest;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Invoices, those that count first and void ones after them, since the latter are left out unless
 * they are asked for (assumed, as in v3). Invoices of deleted patients stay, as those of client 0.
 */
final class NookalInvoices implements InvoiceSource {

  private static final SourceFacts FACTS =
      new SourceFacts(
          true, false, SourceFacts.Deletions.SWEEP, NookalPatients.OVERLAP, NookalApi.PER_PAGE);
  private static final String VALID = "i";
  private static final String VOID = "v";
  private static final List<String> SOURCE =
      List.of(
          "ID",
          "invoiceNumber",
          "patientID",
          "providerID",
          "locationID",
          "dateCreated",
          "isThirdPartyInvoice",
          "void",
          "totalDebits",
          "totalPayments",
          "totalAdjustments",
          "totalDiscounts",
          "totalCredits",
          "totalRefunds",
          "totalBalance");

  private final NookalApi api;

  NookalInvoices(NookalApi api) {
    this.api = api;
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://api.nookal.com/developers">getAllInvoices</a>
   */
  @Override
  public Page<Invoice> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    NookalPlace place = cursor == null ? NookalPlace.first(VALID, 0) : NookalPlace.of(cursor);
    boolean voided = place.list().equals(VOID);
    NookalForm form = new NookalForm().with("expanded", 1).with("void", voided ? 1 : 0);
    switch (window) {
      case ReadWindow.ChangedSince(var since) ->
          form.with("last_modified", NookalTimes.stamp(since));
      case ReadWindow.Everything() -> {}
      case ReadWindow.StartingIn other -> throw NookalConnector.unread(other);
      case ReadWindow.OfPatients other -> throw NookalConnector.unread(other);
      case ReadWindow.NotByPatient other -> throw NookalConnector.unread(other);
    }
    NookalApi.Listed page = api.list(account, "getAllInvoices", "invoices", form, place.page());
    Harvest<Invoice> harvest = new Harvest<>(RecordKind.INVOICE, "nookal.getAllInvoices");
    for (Entry entry : page.entries()) {
      harvest.take(entry, NookalSingles.idOf(entry), () -> invoice(entry, account));
    }
    NookalPlace next = place.after(page);
    if (next == null && !voided) {
      next = NookalPlace.first(VOID, 0);
    }
    return harvest.page(next == null ? null : next.cursor(), changedUpTo(page), page.vendorNow());
  }

  /**
   * Invoices can be asked for by change but carry no stamp of it: all that changed before this
   * answer is in it. Without that the engine would read every invoice in every run.
   */
  private static @Nullable Instant changedUpTo(NookalApi.Listed page) {
    Instant latest = NookalTimes.latest(page.entries(), "lastModified");
    return latest == null && !page.entries().isEmpty() ? page.vendorNow() : latest;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://api.nookal.com/developers">getInvoice</a>
   */
  @Override
  public Optional<Invoice> get(EmrAccount account, EmrRef ref) {
    String id = ref.id().value();
    if (!id.matches("\\d{1,18}")) {
      return Optional.empty();
    }
    NookalForm form = new NookalForm().with("invoice_id", id).with("expanded", 1);
    return NookalConnector.single(() -> api.find(account, "getInvoice", "invoice", form))
        .map(
            found -> {
              if (!NookalSingles.idOf(found.entry()).equals(id)) {
                throw new EmrException(
                    EmrException.Kind.CONTRACT_BROKEN, "nookal.getInvoice gave another invoice");
              }
              return NookalConnector.readable(found.entry(), entry -> invoice(entry, account));
            });
  }

  private static Invoice invoice(Entry entry, EmrAccount account) {
    BigDecimal total = amount(entry, "totalDebits").subtract(amount(entry, "totalDiscounts"));
    BigDecimal paid = amount(entry, "totalPayments").subtract(amount(entry, "totalRefunds"));
    BigDecimal balance = entry.decimal("totalBalance");
    Invoice.Status status = status(entry, total, balance);
    // Sums that cannot be right are nothing owed, as in the vendor's own report (seen 2026).
    boolean owes =
        status == Invoice.Status.OPEN && balance != null && balance.compareTo(total) <= 0;
    Money owed = new Money(owes && balance != null ? balance : BigDecimal.ZERO, account.currency());
    boolean open = status == Invoice.Status.UNKNOWN;
    boolean thirdParty = Boolean.TRUE.equals(entry.flag("isThirdPartyInvoice"));
    Money got = new Money(paid, account.currency());
    LocalDate issued = NookalTimes.date(entry, "dateCreated");
    return new Invoice(
        EmrRef.of(RecordKind.INVOICE, NookalMapper.id(entry, "ID")),
        NookalTimes.stamp(entry, "lastModified"),
        null,
        NookalMapper.pointed(entry, "patientID", RecordKind.PATIENT, ""),
        NookalMapper.pointed(entry, "providerID", RecordKind.PRACTITIONER, ""),
        null,
        entry.text("invoiceNumber"),
        issued,
        status,
        new Money(total, account.currency()),
        tax(entry, account),
        open || thirdParty ? null : owed,
        open || !thirdParty ? null : owed,
        thirdParty ? null : got,
        thirdParty ? got : null,
        status == Invoice.Status.PAID ? settled(entry, account) : null,
        Map.of(),
        entry.storable(entry.trimmed(SOURCE)));
  }

  private static BigDecimal amount(Entry entry, String member) {
    BigDecimal amount = entry.decimal(member);
    return amount == null ? BigDecimal.ZERO : amount;
  }

  private static Invoice.Status status(
      Entry entry, BigDecimal total, @Nullable BigDecimal balance) {
    if (Boolean.TRUE.equals(entry.flag("void"))) {
      return Invoice.Status.VOID;
    }
    if (total.signum() < 0) {
      return Invoice.Status.CREDIT;
    }
    if (balance == null) {
      return Invoice.Status.UNKNOWN;
    }
    if (balance.signum() > 0 && total.signum() > 0) {
      return Invoice.Status.OPEN;
    }
    BigDecimal covered = amount(entry, "totalPayments").add(amount(entry, "totalCredits"));
    return covered.compareTo(total) >= 0 ? Invoice.Status.PAID : Invoice.Status.CLOSED;
  }

  private static @Nullable Money tax(Entry entry, EmrAccount account) {
    List<Entry> items = NookalApi.items(entry.in("details"), "entries");
    BigDecimal tax = BigDecimal.ZERO;
    for (Entry item : items) {
      if (!Boolean.TRUE.equals(item.flag("void"))) {
        tax = tax.add(amount(item, "tax"));
      }
    }
    return items.isEmpty() ? null : new Money(tax, account.currency());
  }

  /** The day of the last payment, at its beginning: no time of day is told. */
  private static @Nullable Instant settled(Entry entry, EmrAccount account) {
    LocalDate last = null;
    for (Entry payment : NookalApi.items(entry.in("details"), "payments")) {
      LocalDate day = NookalTimes.date(payment, "date");
      boolean counts = !Boolean.TRUE.equals(payment.flag("void"));
      if (counts && day != null && (last == null || day.isAfter(last))) {
        last = day;
      }
    }
    return last == null ? null : last.atStartOfDay(account.zone()).toInstant();
  }
}
