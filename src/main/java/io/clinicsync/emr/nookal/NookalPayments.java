package io.clinicsync.emr.nookal;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Money;
import io.clinicsync.canonical.Payment;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.canonical.TimeRange;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.PaymentSource;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.Harvest;
import io.clinicsync.emr.wire.UnreadableEntry;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Payments of v3. Its ranges are loose, so a week more is asked for on both sides and what lies
 * outside is left out (seen 2026). A payment cannot be asked for by its id: ours begins with its
 * date.
 */
final class NookalPayments implements PaymentSource {

  private static final SourceFacts FACTS =
      new SourceFacts(
          false,
          true,
          SourceFacts.Deletions.SWEEP,
          Duration.ZERO,
          NookalGraph.PER_PAGE,
          new SourceFacts.Near(Duration.ofDays(14), Duration.ofDays(1), Duration.ofHours(24)));
  private static final int LOOSE = 7;
  private static final LocalDate BEGINNING = LocalDate.of(2000, 1, 1);
  private static final Pattern ID = Pattern.compile("(\\d{4}-\\d\\d-\\d\\d)\\.(\\d{1,18})");
  private static final String QUERY =
      "query Payments($from:String!,$to:String!,$p:Int!,$n:Int!){"
          + "payments(dateFrom:$from,dateTo:$to,page:$p,pageLength:$n)"
          + "{paymentID clientID invoiceID locationID method amount date active}}";
  private static final List<String> SOURCE =
      List.of(
          "paymentID", "clientID", "invoiceID", "locationID", "method", "amount", "date", "active");

  private final NookalGraph graph;
  private final InstantSource clock;

  NookalPayments(NookalGraph graph, InstantSource clock) {
    this.graph = graph;
    this.clock = clock;
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  @Override
  public Page<Payment> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    TimeRange range = null;
    LocalDate from = BEGINNING;
    LocalDate to = clock.instant().atZone(account.zone()).toLocalDate();
    switch (window) {
      case ReadWindow.Everything() -> {}
      case ReadWindow.StartingIn(TimeRange wanted) -> {
        range = wanted;
        from = wanted.from().atZone(account.zone()).toLocalDate();
        to = wanted.to().atZone(account.zone()).toLocalDate();
      }
      case ReadWindow.ChangedSince other -> throw NookalConnector.unread(other);
      case ReadWindow.OfPatients other -> throw NookalConnector.unread(other);
      case ReadWindow.NotByPatient other -> throw NookalConnector.unread(other);
    }
    NookalPlace place = cursor == null ? NookalPlace.first("y", 0) : NookalPlace.of(cursor);
    NookalGraph.Rows rows = ask(account, from, to, place.page());
    Harvest<Payment> harvest = new Harvest<>(RecordKind.PAYMENT, "nookal.v3.payments");
    for (Entry entry : rows.entries()) {
      harvest.take(entry, id(entry), () -> payment(entry, account));
    }
    if (range != null) {
      TimeRange wanted = range;
      harvest.records().removeIf(each -> !wanted.contains(each.paidAt()));
    }
    // No total is told: the first page that is not full is the last.
    boolean more = rows.entries().size() >= NookalGraph.PER_PAGE;
    NookalPlace next = new NookalPlace("y", place.page() + 1, 0, -1, 0, 0);
    return harvest.page(more ? next.cursor() : null, null, rows.vendorNow());
  }

  private NookalGraph.Rows ask(EmrAccount account, LocalDate from, LocalDate to, int page) {
    ObjectNode variables = JsonNodeFactory.instance.objectNode();
    variables.put("from", from.minusDays(LOOSE).toString());
    variables.put("to", to.plusDays(LOOSE).toString());
    variables.put("p", page).put("n", NookalGraph.PER_PAGE);
    return graph.rows(account, "payments", QUERY, variables);
  }

  private static @Nullable String id(Entry entry) {
    try {
      return NookalTimes.v3(entry, "date").toLocalDate() + "." + entry.requireText("paymentID");
    } catch (UnreadableEntry unreadable) {
      return null;
    }
  }

  @Override
  public Optional<Payment> get(EmrAccount account, EmrRef ref) {
    Matcher id = ID.matcher(ref.id().value());
    if (!id.matches()) {
      return Optional.empty();
    }
    LocalDate day;
    try {
      day = LocalDate.parse(id.group(1));
    } catch (DateTimeException noDay) {
      return Optional.empty();
    }
    for (int page = 1; ; page++) {
      NookalGraph.Rows rows = ask(account, day, day, page);
      Optional<Entry> found =
          rows.entries().stream().filter(each -> ref.id().value().equals(id(each))).findFirst();
      if (found.isPresent() || rows.entries().size() < NookalGraph.PER_PAGE) {
        return found.map(each -> NookalConnector.readable(each, entry -> payment(entry, account)));
      }
    }
  }

  private static Payment payment(Entry entry, EmrAccount account) {
    OffsetDateTime paid = NookalTimes.v3(entry, "date");
    BigDecimal amount = entry.decimal("amount");
    if (amount == null) {
      throw UnreadableEntry.shape("amount is missing");
    }
    boolean active = !Boolean.FALSE.equals(entry.flag("active"));
    String id = paid.toLocalDate() + "." + NookalMapper.id(entry, "paymentID");
    return new Payment(
        EmrRef.of(RecordKind.PAYMENT, id),
        null,
        // When it was taken back is not told.
        active ? null : paid.toInstant(),
        NookalMapper.pointed(entry, "clientID", RecordKind.PATIENT, ""),
        NookalMapper.pointed(entry, "invoiceID", RecordKind.INVOICE, ""),
        new Money(amount.abs(), account.currency()),
        amount.signum() < 0,
        // v3 does not say on whose behalf.
        Payment.Payer.PATIENT,
        paid.toInstant(),
        entry.text("method"),
        Map.of(),
        entry.storable(entry.trimmed(SOURCE)));
  }
}
