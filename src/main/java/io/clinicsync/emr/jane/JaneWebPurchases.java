package io.clinicsync.emr.jane;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Purchase;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.PurchaseSource;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.Harvest;
import io.clinicsync.emr.wire.UnreadableEntry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Packages and memberships, which stand on their patients as passes. Seen of a pass: id, name and
 * package_type; price, quantity, remaining and expires_at are assumed.
 */
final class JaneWebPurchases implements PurchaseSource {

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

  JaneWebPurchases(JaneWeb web, JaneWebPatients patients) {
    this.web = web;
    this.patients = patients;
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  @Override
  public Page<Purchase> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    if (!(window instanceof ReadWindow.Everything)) {
      throw JaneConnector.unread(window);
    }
    JaneWebPatients.Step step =
        patients.step(account, cursor == null ? JanePlace.START : JanePlace.of(cursor));
    Harvest<Purchase> harvest = new Harvest<>(RecordKind.PURCHASE, "jane.web.passes");
    JaneWebMapper mapper = new JaneWebMapper(account);
    for (Entry patient : step.known()) {
      String of = JaneWebPatients.idOf(patient);
      for (Entry pass : passes(patient)) {
        String id = JaneApiPatients.id(pass);
        harvest.take(pass, id == null ? null : of + "-" + id, () -> mapper.pass(of, pass));
      }
    }
    JanePlace next = step.next();
    return harvest.page(next == null ? null : new Cursor(next.text()), null, step.vendorNow());
  }

  /** None where the patient is not readable, which the source of patients says. */
  private static List<Entry> passes(Entry patient) {
    try {
      return patient.each("passes");
    } catch (UnreadableEntry notAList) {
      return List.of();
    }
  }

  @Override
  public Optional<Purchase> get(EmrAccount account, EmrRef ref) {
    String id = ref.id().value();
    if (!id.matches("\\d{1,18}-\\d{1,18}")) {
      return Optional.empty();
    }
    String patient = id.substring(0, id.indexOf('-'));
    String wanted = id.substring(id.indexOf('-') + 1);
    JaneWebMapper mapper = new JaneWebMapper(account);
    return web.find(
            account, "jane.web.patients.get", JaneWebPatients.PATH + "/" + patient, new JaneQuery())
        .flatMap(
            got ->
                passes(got.document().entry()).stream()
                    .filter(pass -> wanted.equals(JaneApiPatients.id(pass)))
                    .findFirst())
        .map(pass -> JaneConnector.readable(pass, each -> mapper.pass(patient, each)));
  }
}
