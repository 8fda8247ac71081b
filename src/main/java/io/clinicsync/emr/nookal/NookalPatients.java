package io.clinicsync.emr.nookal;

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
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Patients. Inactive ones are listed; deleted and merged ones are gone without a sign. */
final class NookalPatients implements PatientSource {

  /** The zone of Nookal's stamps is not known: no zone is further from another than this. */
  static final Duration OVERLAP = Duration.ofHours(26);

  static final String CHANGED = "DateModified";

  private static final SourceFacts FACTS =
      new SourceFacts(true, false, SourceFacts.Deletions.SWEEP, OVERLAP, NookalApi.PER_PAGE);

  private final NookalApi api;

  NookalPatients(NookalApi api) {
    this.api = api;
  }

  @Override
  public SourceFacts facts() {
    return FACTS;
  }

  /**
   * {@inheritDoc}
   *
   * @see <a href="https://api.nookal.com/developers">getPatients</a>
   */
  @Override
  public Page<Patient> read(EmrAccount account, ReadWindow window, @Nullable Cursor cursor) {
    NookalForm form = new NookalForm();
    switch (window) {
      case ReadWindow.ChangedSince(var since) ->
          form.with("last_modified", NookalTimes.stamp(since));
      case ReadWindow.Everything() -> {}
      case ReadWindow.StartingIn other -> throw NookalConnector.unread(other);
      case ReadWindow.OfPatients other -> throw NookalConnector.unread(other);
      case ReadWindow.NotByPatient other -> throw NookalConnector.unread(other);
    }
    NookalPlace place = cursor == null ? NookalPlace.first("p", 0) : NookalPlace.of(cursor);
    NookalApi.Listed page = api.list(account, "getPatients", "patients", form, place.page());
    Harvest<Patient> harvest = new Harvest<>(RecordKind.PATIENT, "nookal.getPatients");
    for (Entry entry : page.entries()) {
      harvest.take(entry, NookalSingles.idOf(entry), () -> NookalMapper.patient(entry));
    }
    NookalPlace next = place.after(page);
    return harvest.page(
        next == null ? null : next.cursor(),
        NookalTimes.latest(page.entries(), CHANGED),
        page.vendorNow());
  }

  /**
   * {@inheritDoc} An ignored filter gives an arbitrary first page, so the id is compared.
   *
   * @see <a href="https://api.nookal.com/developers">searchPatients</a>
   */
  @Override
  public Optional<Patient> get(EmrAccount account, EmrRef ref) {
    String id = ref.id().value();
    if (!id.matches("\\d{1,18}")) {
      return Optional.empty();
    }
    NookalForm form = new NookalForm().with("patient_id", id);
    List<Entry> found =
        NookalConnector.single(
                () -> Optional.of(api.list(account, "searchPatients", "patients", form, 1)))
            .map(NookalApi.Listed::entries)
            .orElse(List.of());
    List<Entry> matching =
        found.stream().filter(each -> NookalSingles.idOf(each).equals(id)).toList();
    if (matching.isEmpty() && !found.isEmpty()) {
      return new NookalSingles(api)
          .find(account, "getPatients", "patients", "patient_id", id)
          .map(each -> NookalConnector.readable(each.entry(), NookalMapper::patient));
    }
    return matching.stream()
        .findFirst()
        .map(each -> NookalConnector.readable(each, NookalMapper::patient));
  }
}
