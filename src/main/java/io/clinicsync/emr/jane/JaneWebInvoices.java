package io.clinicsync.emr.jane;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Invoice;
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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What each patient bought, which is all the web session says of bills. There is no list over all
 * patients, so that reading everything takes a request, and with it a second, for each of them.
 */
final class JaneWebInvoices implements InvoiceSource {

  private static final int PATIENTS = 20;
  private static final SourceFacts FACTS =
      new SourceFacts(
          false,
          false,
          SourceFacts.Deletions.SWEEP,
          Duration.ZERO,
          JaneWeb.PER_PAGE,
          new SourceFacts.Near(Duration.ofDays(14), Duration.ofDays(90), Duration.ofHours(24)));

  private final JaneWeb web;
  private final JaneWebPatients patients;
  private final Clock clock;

  JaneWebInvoices(JaneWeb web, JaneWebPatients patients, Clock clock) {
    this.web = web;
    this.patients = patients;
    this.clock = clock;
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  /**
   * Where a walk over all patients stands.
   *
   * @param place where their list goes on; null when it is read to its end
   * @param left patients of the list not looked at yet
   */
  private record Round(@Nullable JanePlace place, List<String> left) {

    private static final String BETWEEN = "#";

    String text() {
      return (place == null ? "" : place.text()) + BETWEEN + String.join(",", left);
    }

    static Round of(@Nullable Cursor cursor) {
      if (cursor == null) {
        return new Round(JanePlace.START, List.of());
      }
      String[] parts = cursor.value().split(BETWEEN, -1);
      if (parts.length != 2 || !parts[1].matches("[0-9,]*")) {
        throw new EmrException(
            EmrException.Kind.REQUEST_REJECTED, "This is no place in Jane's purchases");
      }
      return new Round(
          parts[0].isEmpty() ? null : JanePlace.of(parts[0]),
          parts[1].isEmpty() ? List.of() : List.of(parts[1].split(",")));
    }
  }

  @Override
  public Page<Invoice> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    if (!(window instanceof ReadWindow.Everything)) {
      throw JaneConnector.unread(window);
    }
    Round round = Round.of(cursor);
    Instant vendorNow = clock.instant();
    JanePlace place = round.place();
    List<String> left = new ArrayList<>(round.left());
    if (left.isEmpty() && place != null) {
      JaneWebPatients.Step step = patients.step(account, place);
      step.known().stream().map(JaneWebPatients::idOf).forEach(left::add);
      place = step.next();
      vendorNow = step.vendorNow();
    }
    Harvest<Invoice> harvest = new Harvest<>(RecordKind.INVOICE, "jane.web.purchases");
    JaneWebMapper mapper = new JaneWebMapper(account);
    List<String> now = left.subList(0, Math.min(PATIENTS, left.size()));
    for (String patient : now) {
      for (Entry entry : purchases(account, patient)) {
        String id = JaneApiPatients.id(entry);
        harvest.take(
            entry, id == null ? null : patient + "-" + id, () -> mapper.invoice(patient, entry));
      }
    }
    List<String> rest = left.subList(now.size(), left.size());
    boolean over = rest.isEmpty() && place == null;
    return harvest.page(over ? null : new Cursor(new Round(place, rest).text()), null, vendorNow);
  }

  /** All pages of one patient's; none when the patient is gone meanwhile. */
  private List<Entry> purchases(EmrAccount account, String patient) {
    List<Entry> all = new ArrayList<>();
    String path = JaneWebPatients.PATH + "/" + patient + "/purchases";
    try {
      long total;
      int page = 1;
      do {
        JaneQuery query = new JaneQuery().with("page", page).with("per_page", JaneWeb.PER_PAGE);
        JaneWeb.Listed listed = web.list(account, "jane.web.purchases", path, "purchases", query);
        all.addAll(listed.entries());
        total = listed.total();
      } while ((long) page++ * JaneWeb.PER_PAGE < total);
      return all;
    } catch (EmrException failure) {
      if (failure.kind() == EmrException.Kind.NOT_FOUND) {
        return List.of();
      }
      throw failure;
    }
  }

  @Override
  public Optional<Invoice> get(EmrAccount account, EmrRef ref) {
    String id = ref.id().value();
    if (!id.matches("\\d{1,18}-\\d{1,18}")) {
      return Optional.empty();
    }
    String patient = id.substring(0, id.indexOf('-'));
    String purchase = id.substring(id.indexOf('-') + 1);
    JaneWebMapper mapper = new JaneWebMapper(account);
    return purchases(account, patient).stream()
        .filter(entry -> purchase.equals(JaneApiPatients.id(entry)))
        .findFirst()
        .map(entry -> JaneConnector.readable(entry, each -> mapper.invoice(patient, each)));
  }
}
