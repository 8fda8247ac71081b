package io.clinicsync.emr.practicebetter;

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
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Clients. A deleted one vanishes without a sign.
 *
 * <p>The diet and lifestyle sheet is a call of its own for each client. It is read only where the
 * connection says so, and then with each client that is read anyway: one left out would lose its
 * sheet's values. A page is therefore no larger than what may be spent on sheets at once.
 */
final class PracticeBetterPatients implements PatientSource {

  static final String SHEETS = "dietLifestyle";
  static final int MOST_SHEETS = 40;

  private static final String LIST = "practicebetter.records.list";
  private static final String PATH = "/consultant/records";
  private static final Set<String> YES = Set.of("yes", "true", "1", "on");
  private static final SourceFacts FACTS =
      new SourceFacts(
          true,
          false,
          SourceFacts.Deletions.SWEEP,
          Duration.ofMinutes(10),
          PracticeBetterApi.PER_PAGE);

  private final PracticeBetterApi api;

  PracticeBetterPatients(PracticeBetterApi api) {
    this.api = api;
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://api-docs.practicebetter.io">GET /consultant/records</a>
   */
  @Override
  public Page<Patient> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    // Without details the profile holds names only.
    PracticeBetterQuery query = new PracticeBetterQuery().with("details", true);
    switch (window) {
      case ReadWindow.ChangedSince(var since) -> query.at("modified_gte", since);
      case ReadWindow.Everything() -> {}
      case ReadWindow.StartingIn other -> throw PracticeBetterConnector.unread(other);
      case ReadWindow.OfPatients other -> throw PracticeBetterConnector.unread(other);
      case ReadWindow.NotByPatient other -> throw PracticeBetterConnector.unread(other);
    }
    int limit = wantsSheets(account) ? MOST_SHEETS : PracticeBetterApi.PER_PAGE;
    PracticeBetterApi.Listed page = api.list(account, LIST, PATH, query, limit, cursor);
    Map<Entry, Optional<Entry>> sheets = new HashMap<>();
    for (Entry entry : page.entries()) {
      sheets.put(entry, sheet(account, entry.json().path("id").asText("")));
    }
    Harvest<Patient> harvest = new Harvest<>(RecordKind.PATIENT, LIST);
    for (Entry entry : page.entries()) {
      String id = entry.json().path("id").asText("");
      harvest.take(
          entry,
          id.isEmpty() ? null : id,
          () -> patient(entry, sheets.getOrDefault(entry, Optional.empty())));
    }
    return harvest.page(page.next(), page.changedUpTo(), page.vendorNow());
  }

  private static Patient patient(Entry entry, Optional<Entry> sheet) {
    return PracticeBetterMapper.patient(
        entry, sheet.map(each -> PracticeBetterMapper.sheet(each.bounded())).orElse(Map.of()));
  }

  private static boolean wantsSheets(EmrAccount account) {
    return account
        .credentials()
        .find(SHEETS)
        .filter(word -> YES.contains(word.strip().toLowerCase(java.util.Locale.ROOT)))
        .isPresent();
  }

  /**
   * A client's sheet; empty when it was never filled in, or nobody wants it.
   *
   * @see <a href="https://api-docs.practicebetter.io">GET /consultant/dietlifestyle/{recordId}</a>
   */
  private Optional<Entry> sheet(EmrAccount account, String record) {
    if (!wantsSheets(account)) {
      return Optional.empty();
    }
    try {
      return PracticeBetterApi.id(record)
          .flatMap(
              id ->
                  api.find(
                      account,
                      "practicebetter.dietlifestyle.get",
                      "/consultant/dietlifestyle/" + id));
    } catch (EmrException failure) {
      if (failure.kind() != EmrException.Kind.PERMISSION_MISSING) {
        throw failure;
      }
      // Who may see whose sheet differs by consultant; the client itself may be read.
      return Optional.empty();
    }
  }

  @Override
  public Optional<Patient> get(EmrAccount account, EmrRef ref) {
    return PracticeBetterApi.id(ref.id().value())
        .flatMap(id -> api.find(account, "practicebetter.records.get", PATH + "/" + id))
        .map(
            entry -> {
              Optional<Entry> sheet = sheet(account, ref.id().value());
              return PracticeBetterConnector.readable(entry, each -> patient(each, sheet));
            });
  }
}
