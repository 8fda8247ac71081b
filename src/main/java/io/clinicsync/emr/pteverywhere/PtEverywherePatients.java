package io.clinicsync.emr.pteverywhere;

import io.clinicsync.canonical.EmrRef;
import io.clinicsync.canonical.Patient;
import io.clinicsync.canonical.RecordKind;
import io.clinicsync.emr.spi.Cursor;
import io.clinicsync.emr.spi.EmrAccount;
import io.clinicsync.emr.spi.Page;
import io.clinicsync.emr.spi.PatientSource;
import io.clinicsync.emr.spi.ReadWindow;
import io.clinicsync.emr.spi.SourceFacts;
import io.clinicsync.emr.wire.Entry;
import io.clinicsync.emr.wire.Harvest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Patients of the master data with what only the reports say of them. Nothing tells what changed,
 * so the list is read whole once a day; a deleted patient vanishes without a sign.
 */
final class PtEverywherePatients implements PatientSource {

  private static final String LIST = "pteverywhere.patients.list";
  private static final SourceFacts FACTS =
      new SourceFacts(
          false,
          false,
          SourceFacts.Deletions.SWEEP,
          Duration.ofMinutes(10),
          PtEverywhereApi.PER_PAGE,
          new SourceFacts.Near(Duration.ofDays(3), Duration.ofDays(14), Duration.ofHours(24)));

  private final PtEverywhereApi api;
  private final PtEverywhereFigures figures;

  PtEverywherePatients(PtEverywhereApi api, PtEverywhereFigures figures) {
    this.api = api;
    this.figures = figures;
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://openapi.pteverywhere.com/api/v2/swagger.html">GET /masterdata/patients,
   *     POST /report/patient, POST /report/demographics</a>
   */
  @Override
  public Page<Patient> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    if (!(window instanceof ReadWindow.Everything)) {
      throw PtEverywhereConnector.unread(window);
    }
    int page = 1;
    String before = "";
    if (cursor != null) {
      int colon = cursor.value().indexOf(':');
      page = Integer.parseInt(cursor.value().substring(0, colon));
      before = cursor.value().substring(colon + 1);
    }
    PtEverywhereApi.Listed listed = api.master(account, "patients", page);
    boolean again = listed.print().equals(before);
    Harvest<Patient> harvest = new Harvest<>(RecordKind.PATIENT, LIST);
    if (!again && !listed.entries().isEmpty()) {
      Map<String, PtEverywhereFigures.Figures> all = figures.all(account, cursor == null);
      for (Entry entry : listed.entries()) {
        String id = PtEverywhereApi.idOf(entry, "_id");
        harvest.take(
            entry,
            id,
            () ->
                PtEverywhereMapper.patient(
                    entry, all.getOrDefault(id, PtEverywhereFigures.Figures.NONE), account.zone()));
      }
    }
    boolean more = listed.more() && !again;
    if (!more) {
      figures.forget(account);
    }
    return harvest.page(
        more ? new Cursor((page + 1) + ":" + listed.print()) : null, null, listed.vendorNow());
  }

  @Override
  public Optional<Patient> get(EmrAccount account, EmrRef ref) {
    String id = ref.id().value();
    if (!PtEverywhereApi.isId(id)) {
      return Optional.empty();
    }
    return api.patient(account, id)
        .map(
            entry -> {
              PtEverywhereFigures.Figures theirs = figures.of(account, entry);
              return PtEverywhereConnector.readable(
                  entry, each -> PtEverywhereMapper.patient(each, theirs, account.zone()));
            });
  }
}
