package io.clinicsync.emr.simplepractice;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.EmrException;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.Harvest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Clients and couples. There is no change time and no filter by it, so that they are read whole
 * once a day and one by one in between. A couple is a patient of its own, with its own
 * appointments.
 */
final class Clients implements PatientSource {

  private static final SourceFacts FACTS =
      new SourceFacts(
          false,
          false,
          SourceFacts.Deletions.SWEEP,
          Duration.ZERO,
          Frontend.PAGE,
          new SourceFacts.Near(Duration.ofDays(7), Duration.ofDays(90), Duration.ofHours(24)));
  private static final String INCLUDE = "clientBillingOverview,phones";

  private final Frontend frontend;

  Clients(Frontend frontend) {
    this.frontend = frontend;
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  @Override
  public Page<Patient> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    if (!(window instanceof ReadWindow.Everything)) {
      throw SimplePracticeConnector.unread(window);
    }
    int number = cursor == null ? 1 : number(cursor);
    Query query =
        new Query()
            .with("filter[thisType]", "Client,ClientCouple")
            .with("include", INCLUDE)
            .with("sort", "lastName")
            .with("page[number]", number)
            .with("page[size]", Frontend.PAGE);
    Loaded page = frontend.list(account, "simplepractice.clients.list", "base-clients", query);
    Harvest<Patient> harvest = new Harvest<>(RecordKind.PATIENT, "simplepractice.clients.list");
    for (Entry entry : page.data()) {
      harvest.take(entry, Loaded.id(entry), () -> Mapper.patient(entry, page));
    }
    // There is no total: a short page is the last.
    boolean more = page.data().size() >= Frontend.PAGE;
    return harvest.page(
        more ? new Cursor(Integer.toString(number + 1)) : null, null, page.vendorNow());
  }

  private static int number(Cursor cursor) {
    if (!cursor.value().matches("[1-9][0-9]{0,6}")) {
      throw new EmrException(
          EmrException.Kind.REQUEST_REJECTED, "This is no place in SimplePractice's list");
    }
    return Integer.parseInt(cursor.value());
  }

  @Override
  public Optional<Patient> get(EmrAccount account, EmrRef ref) {
    String id = ref.id().value();
    if (!Calendar.isId(id)) {
      return Optional.empty();
    }
    Query query = new Query().with("include", INCLUDE);
    // Assumed: a couple has an address of its own, as its type is another.
    return frontend
        .find(account, "simplepractice.clients.get", "clients/" + id, query)
        .or(
            () ->
                frontend.find(account, "simplepractice.couples.get", "client-couples/" + id, query))
        .map(
            loaded ->
                SimplePracticeConnector.readable(
                    loaded.first(), entry -> Mapper.patient(entry, loaded)));
  }
}
